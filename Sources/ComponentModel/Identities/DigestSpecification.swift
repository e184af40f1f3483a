// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// A digest as a descriptor carries it. Its three texts are part of what is signed, so they are kept as written:
/// legacy names such as `sha256` and `ociArtefactDigest/v1` are understood and never renamed.
public struct DigestSpecification: Hashable, Sendable {
    /// The hash: `SHA-256`, `SHA-512`, or a legacy spelling.
    public let hashAlgorithm: String
    /// What was hashed: `genericBlobDigest/v1`, `ociArtifactDigest/v1`, or a component normalisation.
    public let normalisationAlgorithm: String
    /// The value in hexadecimal digits.
    public let value: String

    /// Takes the texts as they are.
    public init(hashAlgorithm: String, normalisationAlgorithm: String, value: String) {
        (self.hashAlgorithm, self.normalisationAlgorithm, self.value) = (hashAlgorithm, normalisationAlgorithm, value)
    }

    /// What marks content that its producer left out of the signature.
    public static let excluded = DigestSpecification(
        hashAlgorithm: "NO-DIGEST", normalisationAlgorithm: "EXCLUDE-FROM-SIGNATURE", value: "NO-DIGEST")

    /// Reads a digest. Nil for `null` and for one whose texts are all empty, which the newer tools write for “none”.
    public static func read(_ json: JSON?, of thing: String) throws(Fault) -> DigestSpecification? {
        guard let json, json != .null else { return nil }
        guard json.object != nil else {
            throw Fault(.invalid, "the digest of \(thing) is a \(json.kindName), not an object")
        }
        func text(_ key: String) throws(Fault) -> String {
            switch json[key] {
            case .string(let text): text
            case nil, .null: ""
            case let other?:
                throw Fault(.invalid, "“\(key)” in the digest of \(thing) is a \(other.kindName), not a string")
            }
        }
        let digest = DigestSpecification(
            hashAlgorithm: try text("hashAlgorithm"), normalisationAlgorithm: try text("normalisationAlgorithm"),
            value: try text("value"))
        return digest.isEmpty ? nil : digest
    }

    /// Reads an object that was checked before.
    init?(checked json: JSON?) {
        guard let json, json.object != nil else { return nil }
        self.init(
            hashAlgorithm: json["hashAlgorithm"]?.string ?? "",
            normalisationAlgorithm: json["normalisationAlgorithm"]?.string ?? "", value: json["value"]?.string ?? "")
        if isEmpty { return nil }
    }

    /// The digest as an object.
    public var json: JSON {
        [
            "hashAlgorithm": .string(hashAlgorithm), "normalisationAlgorithm": .string(normalisationAlgorithm),
            "value": .string(value),
        ]
    }

    private var isEmpty: Bool { hashAlgorithm.isEmpty && normalisationAlgorithm.isEmpty && value.isEmpty }

    /// Whether the producer left the content out of the signature.
    public var isExcluded: Bool { self == Self.excluded }

    /// Whether it is the digest of an OCI manifest or index (`ociArtifactDigest/v1`, formerly `ociArtefactDigest/v1`).
    ///
    /// False does not mean that it is not: the newer tools write `genericBlobDigest/v1` for manifests too.
    public var isArtifactDigest: Bool { Self.artifactNames.contains(normalisationAlgorithm) }

    /// Whether it is the digest of content, and not of a component descriptor.
    public var isContentDigest: Bool { isArtifactDigest || normalisationAlgorithm == Self.blobName }

    private static let artifactNames = ["ociArtifactDigest/v1", "ociArtefactDigest/v1"]
    private static let blobName = "genericBlobDigest/v1"

    /// Whether both are digests of the same content: equal hash and value, under whichever of the names of content
    /// digests, as the two families of tools name the digest of an OCI manifest differently.
    public func isSameContent(as other: DigestSpecification) -> Bool {
        guard !isExcluded, !other.isExcluded, let ours = Digest.Algorithm(ocmName: hashAlgorithm),
            ours == Digest.Algorithm(ocmName: other.hashAlgorithm), value == other.value
        else { return false }
        return normalisationAlgorithm == other.normalisationAlgorithm || (isContentDigest && other.isContentDigest)
    }

    /// The value as a digest.
    ///
    /// Throws `.unsupported` for an unknown hash, `.invalid` for a value that is not one.
    public func digest() throws(Fault) -> Digest {
        guard let algorithm = Digest.Algorithm(ocmName: hashAlgorithm) else {
            throw Fault(
                .unsupported, "the hash algorithm “\(hashAlgorithm.prefix(60))” is unknown here",
                fix: "known are SHA-256 and SHA-512")
        }
        return try Digest(algorithm: algorithm, hex: value)
    }
}
