// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

extension ComponentDescriptor {
    /// Signs the normalised descriptor. The entry is returned, not added.
    ///
    /// Digests are signed as they stand: see to it first that every resource and reference has its own
    /// (`digestibilityFindings`).
    /// - Parameters:
    ///   - scheme: must fit the key; its name becomes the algorithm of the entry.
    ///   - chain: the certificates of the key, leaf first; a root need not be among them.
    ///   - encoding: nil means PEM when there are certificates, else plain.
    ///   - issuer: what to note as the issuer. The two families of tools compare it with different names of the
    ///     certificate, so that it is best left out.
    public func sign(
        name: String, scheme: SignatureScheme, hash: Digest.Algorithm = .sha256, normalisation: NormalisationAlgorithm,
        key: PrivateKey, chain: [Certificate] = [], encoding: SignatureEncoding? = nil, issuer: String? = nil
    ) throws(Fault) -> SignatureEntry {
        let encoding = encoding ?? (chain.isEmpty ? .plain : .pem)
        if let leaf = chain.first, leaf.publicKey != key.publicKey {
            throw Fault(
                .invalid, "the certificate of \(leaf.subject) is for another key than the one to sign with",
                fix: "give the certificate of the key first, then those of its issuers")
        }
        guard chain.count <= PEMSignature.certificateLimit else {
            throw Fault(.limitExceeded, "a signature carries at most \(PEMSignature.certificateLimit) certificates")
        }
        guard encoding == .pem || chain.isEmpty else {
            throw Fault(.invalid, "a plain signature cannot carry certificates", fix: "encode it as PEM")
        }
        let digest = Digest(of: try normalised(normalisation), algorithm: hash)
        let bytes = try key.sign(digest, scheme: scheme)
        return try SignatureEntry(
            name: name,
            digest: DigestSpecification(
                hashAlgorithm: hash.ocmName, normalisationAlgorithm: normalisation.rawValue, value: digest.hex),
            algorithm: scheme.rawValue,
            mediaType: encoding == .pem ? PEMSignature.mediaType : scheme.mediaType,
            value: encoding == .pem
                ? PEMSignature.text(bytes, algorithm: scheme.rawValue, chain: chain) : bytes.hex,
            issuer: issuer)
    }
}
