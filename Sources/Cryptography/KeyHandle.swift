// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import COpenSSL

/// OpenSSL's key, owned once and freed with its owner.
@safe final class KeyHandle: @unchecked Sendable {
    // Proof of Sendable: an EVP_PKEY is not changed after it was made, and OpenSSL 3 counts its references and fills its
    // caches under locks of its own.
    let pointer: OpaquePointer

    /// Takes a key before anybody else sees it.
    init(takingOwnership pointer: OpaquePointer) {
        unsafe self.pointer = pointer
        // A point can be written in two ways; one of them is to have one fingerprint. Other kinds of keys ignore this.
        if unsafe EVP_PKEY_is_a(pointer, "EC") == 1 {
            unsafe EVP_PKEY_set_utf8_string_param(pointer, "point-format", "uncompressed")
        }
    }
    deinit { unsafe EVP_PKEY_free(pointer) }

    /// Which kind of key it is; nil for kinds that sign nothing here, such as P-521, DSA or RSA keys that allow PSS only.
    var kind: KeyKind? {
        if unsafe EVP_PKEY_is_a(pointer, "RSA") == 1 { return .rsa(bits: Int(unsafe EVP_PKEY_get_bits(pointer))) }
        if unsafe EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
        guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1, hasNamedCurve else { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else { return nil }
        let group = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ["prime256v1": .ecdsaP256, "P-256": .ecdsaP256, "secp384r1": .ecdsaP384, "P-384": .ecdsaP384][group]
    }

    /// Curves spelled out in numbers have been used to forge signatures (CVE-2020-0601); a name says all.
    private var hasNamedCurve: Bool {
        var isExplicit: Int32 = 0
        return unsafe EVP_PKEY_get_int_param(pointer, "decoded-from-explicit", &isExplicit) == 1 && isExplicit == 0
    }

    /// Whether the public part is a usable point of its curve. RSA keys are looked at by their size only.
    var isUsable: Bool {
        guard unsafe EVP_PKEY_is_a(pointer, "RSA") != 1 else { return true }
        guard let context = unsafe EVP_PKEY_CTX_new(pointer, nil) else { return false }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        return unsafe EVP_PKEY_public_check(context) == 1
    }

    /// How many bytes a signature of an RSA key has; the most bytes for other keys.
    var signatureSize: Int { Int(unsafe EVP_PKEY_get_size(pointer)) }

    /// The public part as SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7), in DER.
    var publicKeyInfo: [UInt8] {
        var output: UnsafeMutablePointer<UInt8>?
        let length = unsafe i2d_PUBKEY(pointer, &output)
        guard length > 0, let output = unsafe output else { return [] }
        defer { unsafe CRYPTO_free(output, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }

    /// The private part as PKCS #8 (RFC 5958), in DER.
    var privateKeyInfo: [UInt8] {
        guard let info = unsafe EVP_PKEY2PKCS8(pointer) else { return [] }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        var output: UnsafeMutablePointer<UInt8>?
        let length = unsafe i2d_PKCS8_PRIV_KEY_INFO(info, &output)
        guard length > 0, let output = unsafe output else { return [] }
        defer { unsafe CRYPTO_clear_free(output, Int(length), #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }
}

extension KeyHandle {
    /// The encodings of keys, named by their PEM labels.
    enum Encoding: String {
        /// PKCS #8 (RFC 5958).
        case privateKeyInfo = "PRIVATE KEY"
        /// PKCS #1 (RFC 8017 appendix A.1.2).
        case rsaPrivateKey = "RSA PRIVATE KEY"
        /// SEC 1 (RFC 5915).
        case ecPrivateKey = "EC PRIVATE KEY"
        /// SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
        case publicKeyInfo = "PUBLIC KEY"
        /// PKCS #1 (RFC 8017 appendix A.1.1).
        case rsaPublicKey = "RSA PUBLIC KEY"

        var isPrivate: Bool { self == .privateKeyInfo || self == .rsaPrivateKey || self == .ecPrivateKey }
    }

    /// The most bytes of an encoded key: RSA with 16 384 bits has 9.3 KiB.
    static let sizeLimit = 16 * 1024

    /// Reads DER in the named encoding only, and to its last byte; nil otherwise.
    static func decode(_ der: [UInt8], as encoding: Encoding) -> KeyHandle? {
        guard der.count <= sizeLimit else { return nil }
        let count = der.count
        return unsafe der.withUnsafeBufferPointer { buffer -> KeyHandle? in
            guard let start = buffer.baseAddress else { return nil }
            var cursor: UnsafePointer<UInt8>? = unsafe start
            let key: OpaquePointer?
            switch encoding {
            case .privateKeyInfo:
                guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &cursor, count) else { return nil }
                defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
                unsafe key = EVP_PKCS82PKEY(info)
            case .rsaPrivateKey: unsafe key = d2i_PrivateKey(EVP_PKEY_RSA, nil, &cursor, count)
            case .ecPrivateKey: unsafe key = d2i_PrivateKey(EVP_PKEY_EC, nil, &cursor, count)
            case .publicKeyInfo: unsafe key = d2i_PUBKEY(nil, &cursor, count)
            case .rsaPublicKey: unsafe key = d2i_PublicKey(EVP_PKEY_RSA, nil, &cursor, count)
            }
            guard let key = unsafe key else { return nil }
            let handle = unsafe KeyHandle(takingOwnership: key)
            return unsafe cursor == start + count ? handle : nil
        }
    }
}
