// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// How a descriptor becomes the bytes that are hashed and signed.
public enum NormalisationAlgorithm: String, Sendable, CaseIterable {
    /// Objects as lists of their entries; covers the document in its own schema.
    case v1 = "jsonNormalisation/v1"
    /// RFC 8785 over a model that does not depend on the schema, with versions added to ambiguous identities.
    case v2 = "jsonNormalisation/v2"
    /// As v2 without the added versions.
    case v3 = "jsonNormalisation/v3"
    /// As v3, without `null` in signed values; what the newer tools sign.
    case v4alpha1 = "jsonNormalisation/v4alpha1"
}

/// Deviations of programs that have signed descriptors; each is tried when a signature is verified.
struct NormalisationFlavour: Hashable, Sendable {
    /// v1: old releases did not write `"extraIdentity":null` for elements without one.
    var omitsAbsentIdentity = false
    /// v4alpha1: the Go library loses the versions of labels and their merge rules, and digests every reference.
    var followsGoLibrary = false
    /// An all-empty digest that stands in the document was taken as it stands.
    var keepsEmptyDigests = false
    /// v4alpha1: `null` was kept, as v3 does.
    var keepsNulls = false

    /// Flavours to try for an algorithm, the regular one first.
    static func all(_ algorithm: NormalisationAlgorithm) -> [NormalisationFlavour] {
        switch algorithm {
        case .v1:
            [
                NormalisationFlavour(), NormalisationFlavour(omitsAbsentIdentity: true),
                NormalisationFlavour(keepsEmptyDigests: true),
            ]
        case .v2, .v3: [NormalisationFlavour(), NormalisationFlavour(keepsEmptyDigests: true)]
        case .v4alpha1:
            [
                NormalisationFlavour(), NormalisationFlavour(followsGoLibrary: true),
                NormalisationFlavour(keepsNulls: true),
            ]
        }
    }
}

extension ComponentDescriptor {
    /// The bytes that are hashed for a digest or a signature. Two descriptors with equal bytes say the same in all
    /// that a signature covers, wherever their contents are.
    public func normalised(_ algorithm: NormalisationAlgorithm) throws(Fault) -> [UInt8] {
        try validate()
        return try normalised(algorithm, NormalisationFlavour())
    }

    /// All bytes a signature with this algorithm may have been made over, the regular ones first, each once.
    public func normalisationCandidates(_ algorithm: NormalisationAlgorithm) throws(Fault) -> [[UInt8]] {
        try validate()
        var candidates: [[UInt8]] = []
        for flavour in NormalisationFlavour.all(algorithm) {
            let bytes = try normalised(algorithm, flavour)
            if !candidates.contains(bytes) { candidates.append(bytes) }
        }
        return candidates
    }

    func normalised(_ algorithm: NormalisationAlgorithm, _ flavour: NormalisationFlavour) throws(Fault) -> [UInt8] {
        let model = NormalisedModel(descriptor: self, algorithm: algorithm, flavour: flavour)
        do {
            return algorithm == .v1 ? try EntryEncoding.bytes(of: model.entryDocument) : try model.document.canonical()
        } catch {
            throw error.during("normalising \(identity)")
        }
    }
}
