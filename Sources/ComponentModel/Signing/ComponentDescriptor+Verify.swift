// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

extension ComponentDescriptor {
    /// Verifies a signature: the descriptor's own bytes have the signed digest, and the key made the signature.
    ///
    /// Throws `.unsupported` when the signature cannot be checked here (algorithm, encoding, hash or normalisation
    /// unknown, no certificate to follow), and `.unverified` when it is wrong.
    public func verify(_ entry: SignatureEntry, with key: VerificationKey) throws(Fault) -> VerifiedSignature {
        let scheme = try Self.scheme(of: entry)
        let normalisation = try Self.normalisation(of: entry)
        let digest = try signedDigest(of: entry, normalisation)
        let (bytes, chain) = try Self.signature(of: entry, scheme)
        let (publicKey, certificate) = try Self.publicKey(key, chain, entry)
        guard publicKey.kind.fits(scheme) else {
            throw Fault(
                .unverified, "the signature “\(entry.name)” is of \(scheme.rawValue) and the key is \(publicKey.kind)",
                fix: "give the key that made the signature")
        }
        guard publicKey.isValid(signature: bytes, over: digest, scheme: scheme) else {
            throw Fault(
                .unverified,
                "the signature “\(entry.name)” of \(identity) was not made with the key \(publicKey.summary)",
                fix: "check that the key is the signer's; if it is, the signature was altered")
        }
        return VerifiedSignature(
            identity: identity, name: entry.name, scheme: scheme, normalisation: normalisation, digest: digest,
            key: publicKey, certificate: certificate)
    }

    /// Algorithm and media type must agree; one that we do not know is not verifiable, which is not the same as wrong.
    private static func scheme(of entry: SignatureEntry) throws(Fault) -> SignatureScheme {
        guard let scheme = SignatureScheme(rawValue: entry.algorithm) else {
            throw Fault(
                .unsupported,
                "the signature “\(entry.name)” has the algorithm “\(entry.algorithm.prefix(60))”, which is not verifiable here",
                fix: "known are \(SignatureScheme.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard entry.mediaType != scheme.mediaType, entry.mediaType != PEMSignature.mediaType else { return scheme }
        let isKnown = SignatureScheme.allCases.contains { $0.mediaType == entry.mediaType }
        throw Fault(
            isKnown ? .unverified : .unsupported,
            "the signature “\(entry.name)” is of \(scheme.rawValue) and has the media type “\(entry.mediaType.prefix(100))”",
            fix: "it should be \(scheme.mediaType) or \(PEMSignature.mediaType)")
    }

    private static func normalisation(of entry: SignatureEntry) throws(Fault) -> NormalisationAlgorithm {
        let name = entry.digest.normalisationAlgorithm
        guard let normalisation = NormalisationAlgorithm(rawValue: name) else {
            throw Fault(
                .unsupported,
                "the signature “\(entry.name)” has the normalisation “\(name.prefix(60))”, which is not verifiable here",
                fix: "known are \(NormalisationAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return normalisation
    }

    /// The digest the entry names, recomputed from this descriptor in each flavour it may have been made in.
    private func signedDigest(
        of entry: SignatureEntry, _ normalisation: NormalisationAlgorithm
    ) throws(Fault) -> Digest {
        guard Digest.Algorithm(ocmName: entry.digest.hashAlgorithm) != nil else {
            throw Fault(
                .unsupported,
                "the signature “\(entry.name)” has the hash “\(entry.digest.hashAlgorithm.prefix(60))”, which is not verifiable here",
                fix: "known are SHA-256 and SHA-512")
        }
        let expected: Digest
        do { expected = try entry.digest.digest() } catch {
            throw Fault(.unverified, "the signature “\(entry.name)”: \(error.message)", fix: "sign the version again")
        }
        do { try validate() } catch { throw Fault(.unverified, error.message, fix: error.fix) }
        for flavour in NormalisationFlavour.all(normalisation) {
            let digest = Digest(of: try normalised(normalisation, flavour), algorithm: expected.algorithm)
            if digest == expected { return expected }
        }
        let found = Digest(of: try normalised(normalisation, NormalisationFlavour()), algorithm: expected.algorithm)
        throw Fault(
            .unverified, "the signature “\(entry.name)” is over \(expected), and the digest of \(identity) is \(found)",
            fix: "the descriptor was altered after signing; fetch it again from its origin")
    }

    private static func signature(
        of entry: SignatureEntry, _ scheme: SignatureScheme
    ) throws(Fault) -> (bytes: [UInt8], chain: [Certificate]) {
        guard entry.mediaType != PEMSignature.mediaType else {
            let pem = try PEMSignature(entry.value, algorithm: entry.algorithm, name: entry.name)
            return (pem.signature, pem.chain)
        }
        guard let bytes = [UInt8](hex: entry.value), !bytes.isEmpty else {
            throw Fault(
                .unverified, "the value of the signature “\(entry.name)” is not hexadecimal",
                fix: "sign the version again")
        }
        return (bytes, [])
    }

    private static func publicKey(
        _ key: VerificationKey, _ chain: [Certificate], _ entry: SignatureEntry
    ) throws(Fault) -> (PublicKey, Certificate?) {
        switch key {
        case .key(let key): return (key, nil)
        case .roots(let roots, let issuer):
            guard !roots.isEmpty else {
                throw Fault(
                    .unverified, "no root certificate is given for the signature “\(entry.name)”",
                    fix: "pass --ca-cert FILE")
            }
            return try certified(chain, roots, issuer, entry)
        case .systemRoots(let issuer): return try certified(chain, nil, issuer, entry)
        }
    }

    /// The key of the leaf, after the chain and the names were checked.
    private static func certified(
        _ chain: [Certificate], _ roots: [Certificate]?, _ issuer: String?, _ entry: SignatureEntry
    ) throws(Fault) -> (PublicKey, Certificate?) {
        guard let leaf = chain.first else {
            throw Fault(
                .unsupported, "the signature “\(entry.name)” carries no certificate, so roots cannot verify it",
                fix: "pass the signer's --public-key instead")
        }
        // At the start of the leaf: a certificate that has expired since does not undo what it signed before.
        try CertificateChain.verify(
            leaf: leaf, intermediates: Array(chain.dropFirst()), roots: roots, at: leaf.notBefore)
        if let issuer, !leaf.subject.contains(try DistinguishedName(issuer)) {
            throw Fault(
                .unverified, "the signature “\(entry.name)” is by \(leaf.subject), which is not \(issuer)",
                fix: "check who should have signed, and --issuer")
        }
        if let claimed = entry.issuer { try check(claimed, leaf, entry) }
        return (leaf.publicKey, leaf)
    }

    /// The older tools note the subject of the leaf as the issuer of a signature, the newer ones its issuer.
    private static func check(_ claimed: String, _ leaf: Certificate, _ entry: SignatureEntry) throws(Fault) {
        if claimed == leaf.subject.description || claimed == leaf.issuer.description { return }
        if let name = try? DistinguishedName(claimed), !name.attributes.isEmpty,
            leaf.subject.contains(name) || leaf.issuer.attributes == name.attributes
        {
            return
        }
        throw Fault(
            .unverified,
            "the signature “\(entry.name)” claims to be by \(claimed.prefix(200)), and its certificate is for \(leaf.subject)",
            fix: "the signature was altered; fetch it again from its origin")
    }
}
