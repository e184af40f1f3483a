// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// How a descriptor becomes the bytes that are signed. Once published, an algorithm never changes.
public enum NormalisationAlgorithm: String, Sendable, CaseIterable {
    /// The entry-list form of the first releases.
    case v1 = "jsonNormalisation/v1"
    /// Canonical JSON with defaulted identities.
    case v2 = "jsonNormalisation/v2"
    /// Canonical JSON.
    case v3 = "jsonNormalisation/v3"
    /// Canonical JSON, as the newer tools name it.
    case v4alpha1 = "jsonNormalisation/v4alpha1"
}

extension ComponentDescriptor {
    /// The bytes to hash and sign.
    public func normalised(_ algorithm: NormalisationAlgorithm) throws(Fault) -> [UInt8] {
        switch algorithm {
        case .v1: EntryListNormalisation(self).bytes(forcingNullIdentities: true)
        case .v2: try CanonicalNormalisation(self).bytes(defaultingIdentities: true)
        case .v3, .v4alpha1: try CanonicalNormalisation(self).bytes(defaultingIdentities: false)
        }
    }

    /// All byte sequences that tools have signed under the algorithm's name for this descriptor, the regular one first.
    ///
    /// Early releases of v1 left missing identities out; the newer tools' v4alpha1 loses some fields of labels.
    public func normalisationCandidates(_ algorithm: NormalisationAlgorithm) throws(Fault) -> [[UInt8]] {
        let regular = try normalised(algorithm)
        let other: [UInt8]
        switch algorithm {
        case .v1: other = EntryListNormalisation(self).bytes(forcingNullIdentities: false)
        case .v4alpha1: other = try CanonicalNormalisation(self, withLossyLabels: true).bytes(defaultingIdentities: false)
        case .v2, .v3: return [regular]
        }
        return other == regular ? [regular] : [regular, other]
    }
}
