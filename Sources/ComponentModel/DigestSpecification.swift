// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// A digest as a descriptor carries it. The names are kept as they were written: they are part of what is signed.
public struct DigestSpecification: Hashable, Sendable {
    /// `SHA-256`, `SHA-512`, an older spelling, or `NO-DIGEST`.
    public let hashAlgorithm: String
    /// How the bytes were found: `genericBlobDigest/v1`, `ociArtifactDigest/v1` or a normalisation.
    public let normalisationAlgorithm: String
    /// Lower-case hexadecimal digits without a prefix.
    public let value: String

    /// A digest.
    public init(hashAlgorithm: String, normalisationAlgorithm: String, value: String) {
        (self.hashAlgorithm, self.normalisationAlgorithm, self.value) = (hashAlgorithm, normalisationAlgorithm, value)
    }

    /// Reads a digest. Nil for null, for a missing one, and for one whose fields are all empty, which some tools write.
    init?(json: JSON?) {
        guard let json, json.object != nil else { return nil }
        self.init(
            hashAlgorithm: json["hashAlgorithm"]?.string ?? "",
            normalisationAlgorithm: json["normalisationAlgorithm"]?.string ?? "", value: json["value"]?.string ?? "")
        if hashAlgorithm.isEmpty && normalisationAlgorithm.isEmpty && value.isEmpty { return nil }
    }

    /// The digest as an object.
    public var json: JSON {
        [
            "hashAlgorithm": .string(hashAlgorithm), "normalisationAlgorithm": .string(normalisationAlgorithm),
            "value": .string(value),
        ]
    }

    /// Whether the producer keeps the content out of signatures.
    public var isExcluded: Bool { normalisationAlgorithm == "EXCLUDE-FROM-SIGNATURE" }

    /// Whether the value is that of an OCI manifest.
    public var isArtifactDigest: Bool { ["ociArtifactDigest/v1", "ociArtefactDigest/v1"].contains(normalisationAlgorithm) }

    /// The digest as a value. Throws `.invalid` for an unknown hash or a malformed value.
    public func digest() throws(Fault) -> Digest {
        guard let algorithm = Digest.Algorithm(ocmName: hashAlgorithm) else {
            throw Fault(.unsupported, "the hash algorithm “\(hashAlgorithm)” is unknown here", fix: "known are SHA-256 and SHA-512")
        }
        return try Digest(algorithm: algorithm, hex: value)
    }

    /// Whether both are digests of one content. Tools name the digest of an OCI manifest in two ways, and hashes in
    /// two spellings; neither makes another content.
    public func isSameContent(as other: DigestSpecification) -> Bool {
        guard let a = try? digest(), let b = try? other.digest(), a == b else { return false }
        let names: (DigestSpecification) -> String = { $0.isArtifactDigest ? "genericBlobDigest/v1" : $0.normalisationAlgorithm }
        return names(self) == names(other)
    }
}
