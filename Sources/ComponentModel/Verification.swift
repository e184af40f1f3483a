// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// What a signature is verified with.
public enum VerificationKey: Sendable {
    /// A public key.
    case key(PublicKey)
    /// Roots that the certificate in the signature must lead to, and the name it must be for.
    case roots([Certificate], issuer: String?)
}

/// Proof that a signature is one of the key and covers the descriptor it was made for. Only `verify` makes one.
public struct VerifiedSignature: Sendable, Hashable {
    /// The signature's name.
    public let name: String
    /// The signature algorithm.
    public let algorithm: String
    /// The normalisation that was signed.
    public let normalisation: NormalisationAlgorithm
    /// The digest that was signed.
    public let digest: Digest
    /// The key, or the certificate's subject with its key.
    public let signer: String

    fileprivate init(name: String, algorithm: String, normalisation: NormalisationAlgorithm, digest: Digest, signer: String) {
        (self.name, self.algorithm, self.normalisation) = (name, algorithm, normalisation)
        (self.digest, self.signer) = (digest, signer)
    }
}

extension ComponentDescriptor {
    /// Verifies a signature: this descriptor has the signed digest, and the signature over it is one of the key's.
    ///
    /// - Throws: `.unsupported` when the signature's kind is unknown here, so that nothing is said about it;
    ///   `.mismatch` when the descriptor is another than was signed; `.unverified` when key or certificate do not fit.
    public func verify(_ entry: SignatureEntry, with key: VerificationKey) throws(Fault) -> VerifiedSignature {
        let thing = "the signature “\(entry.name)” of \(identity)"
        guard let scheme = SignatureScheme(rawValue: entry.algorithm) else {
            throw Fault(
                .unsupported, "\(thing) has the algorithm “\(entry.algorithm)”, which is not verified here",
                fix: "known are \(SignatureScheme.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let normalisation = NormalisationAlgorithm(rawValue: entry.digest.normalisationAlgorithm) else {
            throw Fault(
                .unsupported, "\(thing) has the normalisation “\(entry.digest.normalisationAlgorithm)”, which is unknown here",
                fix: "known are \(NormalisationAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let digest = try entry.digest.digest()
        try checkDigest(digest, normalisation, thing)
        let (value, chain) = try signatureValue(entry, scheme, thing)
        let publicKey: PublicKey, signer: String
        switch key {
        case .key(let given): (publicKey, signer) = (given, given.summary)
        case .roots(let roots, let issuer):
            let leaf = try trustedLeaf(chain, roots, issuer: issuer, entry, thing)
            (publicKey, signer) = (leaf.publicKey, "\(leaf.subject) (\(leaf.publicKey.summary))")
        }
        guard publicKey.kind.fits(scheme) else {
            throw Fault(.unverified, "\(thing) is \(scheme.rawValue), which the \(publicKey.summary) cannot have made", fix: "use the signer's key")
        }
        guard publicKey.isValid(signature: value, over: digest, scheme: scheme) else {
            throw Fault(
                .unverified, "\(thing) was not made with the \(publicKey.summary)",
                fix: "use the signer's key; if it is the right one, the signature was altered")
        }
        return VerifiedSignature(
            name: entry.name, algorithm: scheme.rawValue, normalisation: normalisation, digest: digest, signer: signer)
    }

    private func checkDigest(_ signed: Digest, _ normalisation: NormalisationAlgorithm, _ thing: String) throws(Fault) {
        let candidates = try normalisationCandidates(normalisation).map { Digest(of: $0, algorithm: signed.algorithm) }
        guard candidates.contains(signed) else {
            throw Fault(
                .mismatch, "\(thing) is over the digest \(signed), and the descriptor has \(candidates[0])",
                fix: "the descriptor was altered after it was signed; fetch it again from its origin")
        }
    }

    /// The signature's bytes and the certificates it carries. Media type, header and algorithm must agree.
    private func signatureValue(
        _ entry: SignatureEntry, _ scheme: SignatureScheme, _ thing: String
    ) throws(Fault) -> ([UInt8], [Certificate]) {
        func wrong(_ what: String) -> Fault { Fault(.unverified, "\(thing) \(what)", fix: "the signature was altered; fetch it again") }
        // Go's tools write PSS under the media type of PKCS #1, too.
        let isPlain = entry.mediaType == scheme.mediaType
            || (scheme == .rsaPSS && entry.mediaType == SignatureScheme.rsaPKCS1v15.mediaType)
        if isPlain {
            guard entry.value.utf8.count <= 8192, let bytes = [UInt8](hex: entry.value) else { throw wrong("is not hexadecimal") }
            return (bytes, [])
        }
        guard entry.mediaType == "application/x-pem-file" else {
            throw Fault(.unsupported, "\(thing) has the media type “\(entry.mediaType)”, which is not verified here")
        }
        guard entry.value.utf8.count <= 1 << 20 else { throw wrong("is larger than a signature with certificates can be") }
        let blocks = try PEM.blocks(in: Array(entry.value.utf8), source: thing)
        guard let block = blocks.first, block.label == "SIGNATURE" else { throw wrong("holds no SIGNATURE block") }
        if let stated = block.header("Signature Algorithm"), stated != scheme.rawValue {
            throw wrong("says it is \(stated) inside and \(scheme.rawValue) outside")
        }
        var chain: [Certificate] = []
        for block in blocks.dropFirst() {
            guard block.label == "CERTIFICATE" else { throw wrong("holds a block “\(block.label)”") }
            chain.append(try Certificate(der: block.bytes, source: thing))
        }
        return (block.bytes, chain)
    }

    /// The leaf of the chain in a signature, once it leads to one of the roots and has the expected name.
    private func trustedLeaf(
        _ chain: [Certificate], _ roots: [Certificate], issuer: String?, _ entry: SignatureEntry, _ thing: String
    ) throws(Fault) -> Certificate {
        guard let leaf = chain.first else {
            throw Fault(.unverified, "\(thing) carries no certificate", fix: "verify it with the public key (--public-key)")
        }
        // A signature says nothing trustworthy about its time, so the chain is checked as of the certificate's start:
        // a signature stays valid when its certificate ends, as in the other tools.
        try CertificateChain.verify(leaf: leaf, intermediates: Array(chain.dropFirst()), roots: roots, at: leaf.notBefore)
        if let stated = entry.issuer {
            let name = try DistinguishedName(stated)
            // One family of tools states the subject here, the other the issuer.
            guard leaf.subject.contains(name) || leaf.issuer.contains(name) else {
                throw Fault(.unverified, "\(thing) names \(stated), and its certificate is for \(leaf.subject)")
            }
        }
        if let issuer {
            guard leaf.subject.contains(try DistinguishedName(issuer)) else {
                throw Fault(.unverified, "\(thing) is by \(leaf.subject), not by \(issuer)", fix: "check --issuer")
            }
        }
        return leaf
    }
}
