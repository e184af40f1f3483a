// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A public key that verifies signatures.
public final class PublicKey: Sendable {
    let handle: KeyHandle
    /// What kind of key it is.
    public let kind: KeyKind
    /// SHA-256 of the key's SubjectPublicKeyInfo; equal keys have equal fingerprints.
    public let fingerprint: Digest

    /// The fewest bits of an RSA key that is looked at: anybody can factor smaller ones.
    public static let minimumRSABits = 1024
    /// The most bits of an RSA key that is looked at: larger ones only burn time.
    public static let maximumRSABits = 16_384

    /// Reads the first key of a PEM text: `PUBLIC KEY`, `RSA PUBLIC KEY`, the key of a `CERTIFICATE`, or the public part
    /// of a private key.
    ///
    /// Throws `.invalid` when there is none, `.unsupported` for other kinds of keys and encrypted ones.
    public convenience init(pem: [UInt8], source: String) throws(Fault) {
        for block in try PEM.blocks(in: pem, source: source) {
            if block.label == "CERTIFICATE" {
                try self.init(Certificate(der: block.bytes, source: source).publicKey.handle, source: source)
                return
            }
            if block.label.hasSuffix("PRIVATE KEY") {
                try self.init(PrivateKey(block, source: source).handle, source: source)
                return
            }
            if let encoding = KeyHandle.Encoding(rawValue: block.label) {
                try self.init(KeyHandle.decode(block.bytes, as: encoding), source: source)
                return
            }
        }
        throw Fault(
            .invalid, "\(source) holds no public key",
            fix: "give a PEM file with a PUBLIC KEY, RSA PUBLIC KEY or CERTIFICATE block")
    }

    init(_ handle: KeyHandle?, source: String) throws(Fault) {
        guard let handle else {
            throw openSSLFault(
                .invalid, "\(source) holds a key that cannot be read", fix: "copy the file again from its origin")
        }
        guard let kind = handle.kind else {
            throw openSSLFault(
                .unsupported, "\(source) holds a key of a kind that is not used here",
                fix: "use a key of RSA, ECDSA on P-256 or P-384, or Ed25519")
        }
        if case .rsa(let bits) = kind, !(Self.minimumRSABits...Self.maximumRSABits).contains(bits) {
            throw Fault(
                .invalid, "\(source) holds an RSA key of \(bits) bits",
                fix: "use one of \(Self.minimumRSABits) to \(Self.maximumRSABits) bits, best 4096")
        }
        guard handle.isUsable else {
            throw openSSLFault(.invalid, "\(source) holds a key that is no point of its curve", fix: "make a new key")
        }
        (self.handle, self.kind) = (handle, kind)
        fingerprint = Digest(of: handle.publicKeyInfo)
    }

    /// The key as PEM, label `PUBLIC KEY`.
    public func pem() -> String { PEM.encode(label: "PUBLIC KEY", bytes: handle.publicKeyInfo) }

    /// Kind and start of the fingerprint, for people: `RSA 4096 sha256:ab12cd34ef56ab78`.
    public var summary: String { "\(kind) sha256:\(fingerprint.hex.prefix(16))" }

    /// Whether a signature over a digest is one of this key's. False for a scheme that does not fit the key.
    ///
    /// The mask of PSS uses the hash of the digest; its salt may have any length, as the Go tools use the longest.
    public func isValid(signature: [UInt8], over digest: Digest, scheme: SignatureScheme) -> Bool {
        guard kind.fits(scheme), hasPlausibleLength(signature) else { return false }
        defer { _ = drainOpenSSLErrors() }
        let message = digest.bytes
        if scheme == .ed25519 {
            guard let context = unsafe EVP_MD_CTX_new() else { return false }
            defer { unsafe EVP_MD_CTX_free(context) }
            guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, handle.pointer) == 1 else { return false }
            return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
        guard let context = unsafe EVP_PKEY_CTX_new(handle.pointer, nil) else { return false }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_verify_init(context) == 1,
            unsafe configure(context, scheme, digest.algorithm, saltLength: RSA_PSS_SALTLEN_AUTO)
        else { return false }
        return unsafe EVP_PKEY_verify(context, signature, signature.count, message, message.count) == 1
    }

    /// RSA signatures are as long as the modulus (RFC 8017 section 8); OpenSSL takes shorter ones for PSS.
    private func hasPlausibleLength(_ signature: [UInt8]) -> Bool {
        guard case .rsa = kind else { return (1...handle.signatureSize).contains(signature.count) }
        return signature.count == handle.signatureSize
    }
}

extension PublicKey: Equatable {
    /// Keys are equal when their fingerprints are.
    public static func == (a: PublicKey, b: PublicKey) -> Bool { a.fingerprint == b.fingerprint }
}

/// Sets padding and hash of an operation on a digest.
@unsafe func configure(
    _ context: OpaquePointer, _ scheme: SignatureScheme, _ hash: Digest.Algorithm, saltLength: Int32
) -> Bool {
    let kind = unsafe hash.openSSL
    switch scheme {
    case .rsaPKCS1v15:
        return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
            && EVP_PKEY_CTX_set_signature_md(context, kind) == 1
    case .rsaPSS:
        return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_signature_md(context, kind) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(context, kind) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltLength) == 1
    case .ecdsaP256, .ecdsaP384: return unsafe EVP_PKEY_CTX_set_signature_md(context, kind) == 1
    case .ed25519: return true
    }
}
