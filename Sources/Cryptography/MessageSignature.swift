// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// Signatures over whole messages, in the form of RFC 7518 and RFC 8037.
///
/// The key alone says how: RSA with PKCS #1 v1.5 and SHA-256, P-256 with SHA-256, P-384 with SHA-384, Ed25519 over the
/// message itself. Signatures of elliptic curves are the two numbers one behind the other, each as long as the curve's.
extension PublicKey {
    /// Whether a signature over a message is one of this key's.
    public func isValid(signature: [UInt8], ofMessage message: [UInt8]) -> Bool {
        guard let encoded = openSSLForm(of: signature) else { return false }
        defer { _ = drainOpenSSLErrors() }
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit_ex(context, nil, kind.messageHash, nil, nil, handle.pointer, nil) == 1 else {
            return false
        }
        return unsafe EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    }

    /// The signature as OpenSSL wants it; nil when it has a length that no signature of this key has.
    private func openSSLForm(of signature: [UInt8]) -> [UInt8]? {
        guard let size = kind.coordinateSize else {
            return signature.count == handle.signatureSize ? signature : nil
        }
        guard signature.count == 2 * size else { return nil }
        return DERText.sequence(
            DERText.integer(Array(signature.prefix(size))), DERText.integer(Array(signature.suffix(size))))
    }
}

extension PrivateKey {
    /// Signs a message; see `PublicKey.isValid(signature:ofMessage:)`.
    ///
    /// What is returned was verified with the public key. Throws `.invalid` when the RSA key is too short.
    public func sign(message: [UInt8]) throws(Fault) -> [UInt8] {
        if case .rsa(let bits) = publicKey.kind, bits < Self.minimumRSABits {
            throw Fault(
                .invalid, "an RSA key of \(bits) bits is too short to sign with; \(Self.minimumRSABits) are needed",
                fix: "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out key.pem")
        }
        guard let encoded = digestSign(message), let signature = joseForm(of: encoded) else {
            throw openSSLFault(
                .invalid, "the \(publicKey.kind) key does not sign", fix: "check the key or make a new one")
        }
        guard publicKey.isValid(signature: signature, ofMessage: message) else {
            throw Fault(
                .invalid, "the \(publicKey.kind) key makes signatures that do not verify",
                fix: "its private and public part do not belong together; make a new one")
        }
        return signature
    }

    private func digestSign(_ message: [UInt8]) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        let hash = publicKey.kind.messageHash
        guard unsafe EVP_DigestSignInit_ex(context, nil, hash, nil, nil, handle.pointer, nil) == 1 else { return nil }
        var length = handle.signatureSize
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(length))
    }

    private func joseForm(of encoded: [UInt8]) -> [UInt8]? {
        guard let size = publicKey.kind.coordinateSize else { return encoded }
        var rest = encoded[...]
        guard var pair = DERText.take(DERText.sequenceTag, from: &rest), let r = DERText.takeInteger(from: &pair),
            let s = DERText.takeInteger(from: &pair), r.count <= size, s.count <= size
        else { return nil }
        return [UInt8](repeating: 0, count: size - r.count) + r + [UInt8](repeating: 0, count: size - s.count) + s
    }
}

extension KeyKind {
    /// The name of the hash in OpenSSL; nil for Ed25519, which has its own.
    fileprivate var messageHash: String? {
        switch self {
        case .rsa, .ecdsaP256: "SHA2-256"
        case .ecdsaP384: "SHA2-384"
        case .ed25519: nil
        }
    }

    /// How many bytes each of the two numbers of a signature has; nil for signatures that are one string of bytes.
    fileprivate var coordinateSize: Int? {
        switch self {
        case .ecdsaP256: 32
        case .ecdsaP384: 48
        case .rsa, .ed25519: nil
        }
    }
}
