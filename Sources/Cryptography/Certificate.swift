// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// An X.509 certificate (RFC 5280).
public final class Certificate: Sendable {
    let handle: CertificateHandle
    /// The certificate in DER.
    public let der: [UInt8]
    /// Whom it is for.
    public let subject: DistinguishedName
    /// Who issued it.
    public let issuer: DistinguishedName
    /// From when it is valid.
    public let notBefore: Timestamp
    /// Until when it is valid.
    public let notAfter: Timestamp
    /// The key it vouches for.
    public let publicKey: PublicKey
    /// Whether it names itself as its issuer and signed itself.
    public let isSelfSigned: Bool

    /// The most bytes of a certificate.
    public static let sizeLimit = 64 * 1024

    /// Reads a certificate; anything but one certificate in DER is refused.
    ///
    /// Throws `.invalid`, `.limitExceeded`, and `.unsupported` when its key is of a kind that is not used here.
    public init(der: [UInt8], source: String) throws(Fault) {
        guard der.count <= Self.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "\(source) holds a certificate of \(ByteCount(Int64(der.count))), more than the"
                    + " \(ByteCount(Int64(Self.sizeLimit))) accepted here")
        }
        guard let handle = CertificateHandle(der: der) else {
            throw openSSLFault(
                .invalid, "\(source) holds a certificate that cannot be read",
                fix: "copy the file again from its origin")
        }
        (self.handle, self.der) = (handle, der)
        publicKey = try PublicKey(handle.publicKey, source: source)
        subject = try handle.subject(source)
        issuer = try handle.issuer(source)
        guard let validity = handle.validity, validity.start <= validity.end else {
            throw Fault(
                .invalid, "\(source) holds a certificate without a readable time of validity", fix: "issue another one")
        }
        (notBefore, notAfter) = (validity.start, validity.end)
        isSelfSigned = handle.isSelfSigned
        _ = drainOpenSSLErrors()
    }

    /// All certificates of a PEM text, in order. Throws `.invalid` when there is none.
    public static func all(inPEM text: [UInt8], source: String) throws(Fault) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try PEM.blocks(in: text, source: source) where block.label == "CERTIFICATE" {
            certificates.append(try Certificate(der: block.bytes, source: source))
        }
        guard !certificates.isEmpty else {
            throw Fault(.invalid, "\(source) holds no certificate", fix: "give a PEM file with CERTIFICATE blocks")
        }
        return certificates
    }

    /// Whether it says that its key may be used for a purpose: the extended key usage, and digital signatures when it
    /// limits the usage of its key at all (RFC 5280 sections 4.2.1.3 and 4.2.1.12).
    public func isFor(_ purpose: CertificatePurpose) -> Bool { handle.usage.names(purpose) }

    /// Whether it says that its key may sign code.
    public var isCodeSigning: Bool { isFor(.codeSigning) }

    /// The certificate as PEM.
    public func pem() -> String { PEM.encode(label: "CERTIFICATE", bytes: der) }
}

extension Certificate: Equatable {
    /// Certificates are equal when their bytes are.
    public static func == (a: Certificate, b: Certificate) -> Bool { a.der == b.der }
}
