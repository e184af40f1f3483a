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

    /// Reads the first private key of a PEM text: `PRIVATE KEY` (PKCS #8), `RSA PRIVATE KEY` (PKCS #1) or
    /// `EC PRIVATE KEY` (SEC 1).
    ///
    /// Throws `.invalid` when there is none, `.unsupported` for encrypted keys and other kinds.
    public convenience init(pem: [UInt8], source: String) throws(Fault) {
        guard let block = try PEM.blocks(in: pem, source: source).first(where: { $0.label.hasSuffix("PRIVATE KEY") })
        else {
            throw Fault(.invalid, "\(source) holds no private key", fix: "give a PEM file with a PRIVATE KEY block")
        }
        try self.init(block, source: source)
    }

    init(_ block: PEM.Block, source: String) throws(Fault) {
        guard !block.isEncrypted else {
            throw Fault(
                .unsupported, "the private key in \(source) is encrypted, which is not supported",
                fix: "decrypt it: openssl pkey -in FILE -out decrypted.pem; keep the result where only you can read it")
        }
        guard let encoding = KeyHandle.Encoding(rawValue: block.label), encoding.isPrivate else {
            throw Fault(
                .unsupported, "\(source) holds a key in the format “\(block.label)”",
                fix: "convert it to PKCS #8, for OpenSSH keys with: ssh-keygen -p -m PKCS8 -f FILE")
        }
        publicKey = try PublicKey(KeyHandle.decode(block.bytes, as: encoding), source: source)
        handle = publicKey.handle
    }

    private init(handle: KeyHandle) throws(Fault) {
        publicKey = try PublicKey(handle, source: "the new key")
        self.handle = handle
    }

    /// Makes a new key. RSA keys have 2048 to 16 384 bits; `KeyKind.usual` is the one to take without a reason.
    public static func generate(_ kind: KeyKind = .usual) throws(Fault) -> PrivateKey {
        let pointer: OpaquePointer?
        switch kind {
        case .rsa(let bits):
            guard (minimumRSABits...PublicKey.maximumRSABits).contains(bits) else {
                throw Fault(
                    .invalid, "an RSA key of \(bits) bits is not made here",
                    fix: "use \(minimumRSABits) to \(PublicKey.maximumRSABits) bits, best 4096")
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
    /// PSS salts have the length of the digest. What is returned was verified with the public key: a damaged key, or a
    /// fault in the computation, gives an error and no signature from which the key could be derived.
    /// Throws `.invalid` when the scheme does not fit the key or the RSA key is too short.
    public func sign(_ digest: Digest, scheme: SignatureScheme) throws(Fault) -> [UInt8] {
        guard publicKey.kind.fits(scheme) else {
            throw Fault(
                .invalid, "the \(publicKey.kind) key cannot sign with \(scheme.rawValue)",
                fix: "choose another algorithm or another key")
        }
        if case .rsa(let bits) = publicKey.kind, bits < Self.minimumRSABits {
            throw Fault(
                .invalid, "an RSA key of \(bits) bits is too short to sign with; \(Self.minimumRSABits) are needed",
                fix: "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -out key.pem")
        }
        let message = digest.bytes
        guard let signature = scheme == .ed25519 ? signMessage(message) : sign(message, digest.algorithm, scheme) else {
            throw openSSLFault(
                .invalid, "the \(publicKey.kind) key does not sign", fix: "check the key or make a new one")
        }
        guard publicKey.isValid(signature: signature, over: digest, scheme: scheme) else {
            throw Fault(
                .invalid, "the \(publicKey.kind) key makes signatures that do not verify",
                fix: "its private and public part do not belong together; make a new one")
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

extension PrivateKey {
    /// The scheme to use when nobody asks for another.
    public var usualScheme: SignatureScheme {
        switch publicKey.kind {
        case .rsa: .rsaPSS
        case .ecdsaP256: .ecdsaP256
        case .ecdsaP384: .ecdsaP384
        case .ed25519: .ed25519
        }
    }
}
