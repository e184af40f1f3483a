// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A private key that signs digests. It has no description that shows it.
public final class PrivateKey: Sendable, CustomStringConvertible {
    let handle: KeyHandle
    /// The public part.
    public let publicKey: PublicKey
    /// What kind of key it is; never the key.
    public var description: String { "private \(publicKey.summary)" }

    /// The fewest bits of an RSA key that signs. Signatures of smaller keys can be forged.
    public static let minimumRSABits = 2048

    /// Reads the first private key of a PEM text: PKCS #8, PKCS #1 or SEC 1.
    ///
    /// Throws `.invalid` when there is none, `.unsupported` when it is encrypted.
    public convenience init(pem: [UInt8], source: String) throws(Fault) {
        guard let block = try PEM.blocks(in: pem, source: source).first(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            throw Fault(.invalid, "\(source) holds no private key", fix: "give a PEM file with PRIVATE KEY")
        }
        try self.init(block, source: source)
    }

    init(_ block: PEM.Block, source: String) throws(Fault) {
        guard block.label != "ENCRYPTED PRIVATE KEY", block.header("DEK-Info") == nil else {
            throw Fault(
                .unsupported, "the private key in \(source) is encrypted",
                fix: "decrypt it for this use: openssl pkey -in \(source) -out key.pem")
        }
        let handle = KeyHandle.privateKey(der: block.bytes)
        publicKey = try PublicKey(handle, source: source)
        self.handle = publicKey.handle
    }

    private init(handle: KeyHandle) throws(Fault) {
        publicKey = try PublicKey(handle, source: "the new key")
        self.handle = handle
    }

    /// Makes a new key. RSA keys have at least 2048 bits.
    public static func generate(_ kind: KeyKind) throws(Fault) -> PrivateKey {
        let pointer: OpaquePointer?
        switch kind {
        case .rsa(let bits):
            guard (minimumRSABits...16_384).contains(bits) else {
                throw Fault(.invalid, "an RSA key of \(bits) bits is not made here", fix: "use 3072 or 4096")
            }
            unsafe pointer = sovereign_generate_rsa(UInt32(bits))
        case .ecdsaP256: unsafe pointer = sovereign_generate_ec("P-256")
        case .ecdsaP384: unsafe pointer = sovereign_generate_ec("P-384")
        case .ed25519: unsafe pointer = sovereign_generate_ed25519()
        }
        guard let pointer = unsafe pointer else { throw openSSLFault(.system, "no \(kind) key could be made") }
        return try PrivateKey(handle: unsafe KeyHandle(takingOwnership: pointer))
    }

    /// The key as PEM, label `PRIVATE KEY` (PKCS #8). Keep it secret.
    public func pem() -> String { PEM.encode(label: "PRIVATE KEY", bytes: handle.privateKeyInfo) }

    /// Signs a digest; the digest is not hashed again, but by Ed25519, whose message it is.
    ///
    /// PSS salts have the length of the digest. Throws `.invalid` when the scheme does not fit the key.
    public func sign(_ digest: Digest, scheme: SignatureScheme) throws(Fault) -> [UInt8] {
        guard publicKey.kind.fits(scheme) else {
            throw Fault(.invalid, "\(scheme.rawValue) cannot be made with the \(publicKey.kind) key", fix: "choose another algorithm or key")
        }
        if case .rsa(let bits) = publicKey.kind, bits < Self.minimumRSABits {
            throw Fault(.invalid, "an RSA key of \(bits) bits is too short to sign with", fix: "make one of 3072 bits or more")
        }
        let message = digest.bytes
        guard let signature = scheme == .ed25519 ? signMessage(message) : sign(message, digest.algorithm, scheme) else {
            throw openSSLFault(.system, "\(scheme.rawValue) with the \(publicKey.kind) key failed")
        }
        return signature
    }

    private func sign(_ message: [UInt8], _ hash: Digest.Algorithm, _ scheme: SignatureScheme) -> [UInt8]? {
        guard let context = unsafe EVP_PKEY_CTX_new(handle.pointer, nil) else { return nil }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_sign_init(context) == 1,
            unsafe configure(context, scheme, hash, saltLength: RSA_PSS_SALTLEN_DIGEST)
        else { return nil }
        var length = 0
        guard unsafe EVP_PKEY_sign(context, nil, &length, message, message.count) == 1 else { return nil }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_PKEY_sign(context, &signature, &length, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(length))
    }

    private func signMessage(_ message: [UInt8]) -> [UInt8]? {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestSignInit(context, nil, nil, nil, handle.pointer) == 1 else { return nil }
        var length = 64
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
        return Array(signature.prefix(length))
    }
}
