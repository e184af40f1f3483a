// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents

extension SignatureScheme {
    /// The media type of a plain signature.
    var mediaType: String {
        switch self {
        case .rsaPSS: "application/vnd.ocm.signature.rsa.pss"
        case .rsaPKCS1v15: "application/vnd.ocm.signature.rsa"
        case .ecdsaP256, .ecdsaP384: "application/vnd.sovereign.signature.ecdsa"
        case .ed25519: "application/vnd.sovereign.signature.ed25519"
        }
    }
}

extension ComponentDescriptor {
    /// Makes a signature of this descriptor; it is not added.
    ///
    /// - Parameters:
    ///   - chain: the key's certificate and its issuers, leaf first. With a chain the signature is PEM and carries it,
    ///     without those that signed themselves, which a verifier must know by itself.
    /// - Throws: `.invalid` when scheme, key and certificate do not belong together, or when a resource or reference
    ///   has no digest, so that the signature would not cover it.
    public func sign(
        name: String, scheme: SignatureScheme, hash: Digest.Algorithm, normalisation: NormalisationAlgorithm,
        key: PrivateKey, chain: [Certificate]
    ) throws(Fault) -> SignatureEntry {
        if let finding = undigested.first {
            throw Fault(.invalid, "\(identity) cannot be signed: \(finding)", fix: "add the digest first")
        }
        let digest = Digest(of: try normalised(normalisation), algorithm: hash)
        let value = try key.sign(digest, scheme: scheme)
        var signature: JSON = ["algorithm": .string(scheme.rawValue)]
        if let leaf = chain.first {
            guard leaf.publicKey == key.publicKey else {
                throw Fault(.invalid, "the certificate of \(leaf.subject) is not that of the private key", fix: "give the matching certificate")
            }
            var text = PEM.encode(label: "SIGNATURE", headers: [("Signature Algorithm", scheme.rawValue)], bytes: value)
            for certificate in chain where !certificate.isSelfSigned { text += certificate.pem() }
            signature["mediaType"] = "application/x-pem-file"
            signature["value"] = .string(text)
            signature["issuer"] = .string(leaf.subject.description)
        } else {
            signature["mediaType"] = .string(scheme.mediaType)
            signature["value"] = .string(value.hex)
        }
        let specification = DigestSpecification(
            hashAlgorithm: hash.ocmName, normalisationAlgorithm: normalisation.rawValue, value: digest.hex)
        return SignatureEntry(json: ["name": .string(name), "digest": specification.json, "signature": signature])
    }

    /// What a signature would not cover: resources with content and references that have no digest.
    public var undigested: [String] {
        resources.filter { resource in
            resource.digest == nil && resource.access != nil && !NormalisationFilter.isNone(resource.json["access"])
        }.map { "the resource “\($0.name)” has no digest" }
            + references.filter { $0.digest == nil }.map { "the reference “\($0.name)” has no digest" }
    }
}
