// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A public key that verifies signatures.
public final class PublicKey: Sendable {
    let handle: KeyHandle
    /// What kind of key it is.
    public let kind: KeyKind

    /// Reads the first key of a PEM text: `PUBLIC KEY`, `RSA PUBLIC KEY`, the key of a `CERTIFICATE`, or the public part
    /// of a private key.
    ///
    /// Throws `.invalid` when there is none, `.unsupported` for other kinds of keys and encrypted ones.
    public convenience init(pem: [UInt8], source: String) throws(Fault) {
        for block in try PEM.blocks(in: pem, source: source) {
            switch block.label {
            case "PUBLIC KEY": try self.init(KeyHandle.publicKey(info: block.bytes), source: source)
            case "RSA PUBLIC KEY": try self.init(KeyHandle.rsaPublicKey(der: block.bytes), source: source)
            case "CERTIFICATE": try self.init(Certificate(der: block.bytes, source: source).publicKey.handle, source: source)
            case let label where label.hasSuffix("PRIVATE KEY"):
                try self.init(PrivateKey(block, source: source).handle, source: source)
            default: continue
            }
            return
        }
        throw Fault(.invalid, "\(source) holds no public key", fix: "give a PEM file with PUBLIC KEY or CERTIFICATE")
    }

    init(_ handle: KeyHandle?, source: String) throws(Fault) {
        guard let handle else {
            throw openSSLFault(.invalid, "\(source) holds no readable key", fix: "check that the file was copied whole")
        }
        guard let kind = handle.kind else {
            throw Fault(.unsupported, "the key in \(source) is of a kind that is not used here", fix: "use RSA, P-256, P-384 or Ed25519")
        }
        (self.handle, self.kind) = (handle, kind)
    }

    /// The key as PEM, label `PUBLIC KEY`.
    public func pem() -> String { PEM.encode(label: "PUBLIC KEY", bytes: handle.publicKeyInfo) }

    /// SHA-256 of the key's SubjectPublicKeyInfo; equal keys have equal fingerprints.
    public var fingerprint: Digest { Digest(of: handle.publicKeyInfo) }

    /// Kind and start of the fingerprint, for people.
    public var summary: String { "\(kind) key sha256:\(fingerprint.hex.prefix(16))" }

    /// Whether a signature over a digest is one of this key's. False for a scheme that does not fit the key.
    public func isValid(signature: [UInt8], over digest: Digest, scheme: SignatureScheme) -> Bool {
        guard kind.fits(scheme), !signature.isEmpty else { return false }
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
        // RSA_PSS_SALTLEN_AUTO recovers the salt length: the Go tools sign with the longest salt that fits.
        guard unsafe EVP_PKEY_verify_init(context) == 1,
            unsafe configure(context, scheme, digest.algorithm, saltLength: RSA_PSS_SALTLEN_AUTO)
        else { return false }
        return unsafe EVP_PKEY_verify(context, signature, signature.count, message, message.count) == 1
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
    let kind = unsafe hash == .sha256 ? EVP_sha256() : EVP_sha512()
    guard unsafe EVP_PKEY_CTX_set_signature_md(context, kind) == 1 else { return false }
    switch scheme {
    case .rsaPKCS1v15: return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
    case .rsaPSS:
        return unsafe EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
            && EVP_PKEY_CTX_set_rsa_mgf1_md(context, kind) == 1
            && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, saltLength) == 1
    case .ecdsaP256, .ecdsaP384, .ed25519: return true
    }
}
