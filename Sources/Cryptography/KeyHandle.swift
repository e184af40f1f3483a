// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import COpenSSL

/// OpenSSL's key, owned once and freed with its owner.
@safe final class KeyHandle: @unchecked Sendable {
    // Proof of Sendable: an EVP_PKEY is not changed after it was made, and OpenSSL 3 counts its references and fills its
    // caches under locks of its own.
    let pointer: OpaquePointer

    init(takingOwnership pointer: OpaquePointer) { unsafe self.pointer = pointer }
    deinit { unsafe EVP_PKEY_free(pointer) }

    /// Which kind of key it is; nil for kinds that sign nothing here.
    var kind: KeyKind? {
        if unsafe sovereign_is_rsa(pointer) == 1 { return .rsa(bits: Int(unsafe EVP_PKEY_get_bits(pointer))) }
        if unsafe EVP_PKEY_is_a(pointer, "ED25519") == 1 { return .ed25519 }
        guard unsafe EVP_PKEY_is_a(pointer, "EC") == 1 else { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(pointer, &name, name.count, &length) == 1 else { return nil }
        let group = String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ["prime256v1": .ecdsaP256, "P-256": .ecdsaP256, "secp384r1": .ecdsaP384, "P-384": .ecdsaP384][group]
    }

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
        defer { unsafe CRYPTO_free(output, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: output, count: Int(length)))
    }

    /// Reads a private key: PKCS #8, PKCS #1 or SEC 1, as the label says.
    static func privateKey(der: [UInt8]) -> KeyHandle? {
        unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let key = unsafe d2i_AutoPrivateKey(nil, &cursor, der.count) else { return nil }
            return unsafe KeyHandle(takingOwnership: key)
        }
    }

    /// Reads SubjectPublicKeyInfo.
    static func publicKey(info der: [UInt8]) -> KeyHandle? {
        unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let key = unsafe d2i_PUBKEY(nil, &cursor, der.count) else { return nil }
            return unsafe KeyHandle(takingOwnership: key)
        }
    }

    /// Reads an RSA public key of PKCS #1 (RFC 8017 appendix A.1.1).
    static func rsaPublicKey(der: [UInt8]) -> KeyHandle? {
        unsafe der.withUnsafeBufferPointer { buffer in
            var cursor = buffer.baseAddress
            guard let key = unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, &cursor, der.count) else { return nil }
            return unsafe KeyHandle(takingOwnership: key)
        }
    }
}
