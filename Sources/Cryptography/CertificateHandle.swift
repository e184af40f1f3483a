// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import COpenSSL

/// OpenSSL's certificate, owned once and freed with its owner.
@safe final class CertificateHandle: @unchecked Sendable {
    // Proof of Sendable: the X509 is not changed after it was read; OpenSSL counts references and fills its cache of
    // extensions under locks.
    let pointer: OpaquePointer

    /// Reads DER to its last byte; nil for anything else, and for extensions that contradict each other.
    init?(der: [UInt8]) {
        let pointer = unsafe der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            return unsafe d2i_X509(nil, &cursor, der.count)
        }
        guard let pointer = unsafe pointer else { return nil }
        unsafe self.pointer = pointer
        // d2i takes BER and leaves bytes behind the certificate; writing it again shows both.
        guard encoded == der, unsafe X509_get_extension_flags(pointer) & UInt32(EXFLAG_INVALID) == 0 else { return nil }
    }

    deinit { unsafe X509_free(pointer) }

    private var encoded: [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        let length = unsafe i2d_X509(pointer, &output)
        guard length > 0, let output = unsafe output else { return [] }
        defer { unsafe CRYPTO_free(output, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }

    var publicKey: KeyHandle? { unsafe X509_get_pubkey(pointer).map { unsafe KeyHandle(takingOwnership: $0) } }

    func subject(_ source: String) throws(Fault) -> DistinguishedName {
        try unsafe DistinguishedName(X509_get_subject_name(pointer), source: source)
    }

    func issuer(_ source: String) throws(Fault) -> DistinguishedName {
        try unsafe DistinguishedName(X509_get_issuer_name(pointer), source: source)
    }

    /// The subject in DER.
    var subjectEncoding: [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        let length = unsafe i2d_X509_NAME(X509_get_subject_name(pointer), &output)
        guard length > 0, let output = unsafe output else { return [] }
        defer { unsafe CRYPTO_free(output, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }

    /// The identifier that it gives its key; nil when it gives none.
    var subjectKeyID: [UInt8]? {
        guard let value = unsafe X509_get0_subject_key_id(pointer), let start = unsafe ASN1_STRING_get0_data(value)
        else {
            return nil
        }
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(value))))
    }

    var isSelfSigned: Bool { unsafe X509_self_signed(pointer, 1) == 1 }

    var usage: CertificateUsage { unsafe CertificateUsage(pointer) }

    var validity: (start: Timestamp, end: Timestamp)? {
        guard let start = unsafe Self.timestamp(X509_get0_notBefore(pointer)),
            let end = unsafe Self.timestamp(X509_get0_notAfter(pointer))
        else { return nil }
        return (start, end)
    }

    @unsafe private static func timestamp(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        var parts = unsafe tm()
        guard unsafe ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return Timestamp(seconds: Int64(unsafe timegm(&parts)))
    }
}

/// What a certificate says its key may be used for.
struct CertificateUsage {
    private let flags: UInt32, keyUsage: UInt32, extendedKeyUsage: UInt32
    /// Whether it says in its basic constraints that it may issue certificates, and its key usage does not deny it.
    let isAuthority: Bool

    @unsafe init(_ pointer: OpaquePointer) {
        unsafe flags = X509_get_extension_flags(pointer)
        unsafe keyUsage = X509_get_key_usage(pointer)
        unsafe extendedKeyUsage = X509_get_extended_key_usage(pointer)
        // The other positive answers stand for certificates without basic constraints, as in the nineties.
        unsafe isAuthority = X509_check_ca(pointer) == 1
    }

    private var namesUsages: Bool { flags & UInt32(EXFLAG_XKUSAGE) != 0 }
    private var maySign: Bool { flags & UInt32(EXFLAG_KUSAGE) == 0 || keyUsage & UInt32(KU_DIGITAL_SIGNATURE) != 0 }

    /// For the end of a chain: the purpose must be named.
    func names(_ purpose: CertificatePurpose) -> Bool {
        namesUsages && extendedKeyUsage & purpose.flag != 0 && maySign
    }
    /// For issuers: usages they name limit what stands below them; naming none allows all, as in Go and Windows.
    func mayIssue(for purpose: CertificatePurpose) -> Bool {
        !namesUsages || extendedKeyUsage & (purpose.flag | UInt32(XKU_ANYEKU)) != 0
    }
}
