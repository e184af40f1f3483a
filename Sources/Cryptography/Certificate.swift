// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// An X.509 certificate (RFC 5280).
@safe public final class Certificate: @unchecked Sendable {
    // Proof of Sendable: the X509 is not changed after it was read; OpenSSL counts references and fills caches under locks.
    let pointer: OpaquePointer
    /// The certificate in DER.
    public let der: [UInt8]
    /// Whom it is for, as Go prints it: RFC 2253, last attribute first, `CN=…,OU=…,O=…,C=…`.
    public let subject: DistinguishedName
    /// Who issued it.
    public let issuer: DistinguishedName
    /// From when it is valid.
    public let notBefore: Timestamp
    /// Until when it is valid.
    public let notAfter: Timestamp
    /// The key it vouches for.
    public let publicKey: PublicKey

    /// The most bytes of a certificate.
    public static let sizeLimit = 64 * 1024

    /// Reads a certificate; bytes behind it are refused.
    public init(der: [UInt8], source: String) throws(Fault) {
        guard der.count <= Self.sizeLimit else { throw Fault(.limitExceeded, "\(source) holds a certificate of \(der.count) bytes") }
        let pointer = unsafe der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let read = unsafe d2i_X509(nil, &cursor, der.count) else { return nil }
            guard unsafe cursor == buffer.baseAddress.map({ unsafe $0 + der.count }) else {
                unsafe X509_free(read)
                return nil
            }
            return unsafe read
        }
        guard let pointer = unsafe pointer else {
            throw openSSLFault(.invalid, "\(source) holds a certificate that cannot be read", fix: "copy it again")
        }
        guard let key = unsafe X509_get_pubkey(pointer) else {
            unsafe X509_free(pointer)
            throw openSSLFault(.unsupported, "\(source) holds a certificate whose key cannot be read")
        }
        let handle = unsafe KeyHandle(takingOwnership: key)
        do {
            publicKey = try PublicKey(handle, source: source)
        } catch {
            unsafe X509_free(pointer)
            throw error
        }
        unsafe self.pointer = pointer
        self.der = der
        subject = unsafe DistinguishedName(X509_get_subject_name(pointer))
        issuer = unsafe DistinguishedName(X509_get_issuer_name(pointer))
        notBefore = unsafe Self.timestamp(X509_get0_notBefore(pointer))
        notAfter = unsafe Self.timestamp(X509_get0_notAfter(pointer))
    }

    deinit { unsafe X509_free(pointer) }

    /// All certificates of a PEM text, in order. Throws `.invalid` when there is none.
    public static func all(inPEM text: [UInt8], source: String) throws(Fault) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try PEM.blocks(in: text, source: source) where block.label == "CERTIFICATE" {
            certificates.append(try Certificate(der: block.bytes, source: source))
        }
        guard !certificates.isEmpty else {
            throw Fault(.invalid, "\(source) holds no certificate", fix: "give a PEM file with CERTIFICATE")
        }
        return certificates
    }

    /// Whether it names itself as its issuer and signed itself.
    public var isSelfSigned: Bool { unsafe X509_self_signed(pointer, 1) == 1 }

    /// Whether it says that its key may sign code (extended key usage 1.3.6.1.5.5.7.3.3).
    public var isCodeSigning: Bool { unsafe X509_get_extended_key_usage(pointer) & UInt32(XKU_CODE_SIGN) != 0 && hasExtendedKeyUsage }

    private var hasExtendedKeyUsage: Bool { unsafe X509_get_extension_flags(pointer) & UInt32(EXFLAG_XKUSAGE) != 0 }

    /// The certificate as PEM.
    public func pem() -> String { PEM.encode(label: "CERTIFICATE", bytes: der) }

    private static func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return Timestamp(seconds: 0) }
        return Timestamp(seconds: Int64(unsafe timegm(&parts)))
    }
}
