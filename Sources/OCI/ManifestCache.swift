// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// Manifests that a run has read, so that it reads each of them once: planning wants their sizes, moving their blobs.
///
/// They were checked against their digests when they were read, and a digest names the same bytes for ever. A manifest
/// counts for the repository it was read from alone, since another may not show it to whoever reads this one. Bounded:
/// what nobody has used for long is forgotten and read again.
struct ManifestCache: Sendable {
    /// The most bytes of all manifests together: a thousand of usual size.
    static let limit = 4 * 1024 * 1024
    /// The most bytes of one that is kept; larger ones are rare and would drive out many others.
    static let largest = 256 * 1024
    /// What an entry takes beside its bytes, about.
    private static let overhead = 256

    typealias Manifest = (bytes: [UInt8], mediaType: String)

    private var manifests: BoundedTable<ContentPlace, Manifest>

    init(limit: Int = Self.limit) {
        manifests = BoundedTable(limit: limit) { $0.bytes.count + Self.overhead }
    }

    /// How many bytes are kept, about.
    var size: Int { manifests.weight }

    /// A manifest, which counts as used now; nil when it was not read or is forgotten.
    mutating func find(_ place: ContentPlace) -> Manifest? { manifests.find(place) }

    /// Keeps a manifest whose bytes have the digest.
    mutating func keep(_ manifest: Manifest, at place: ContentPlace) {
        guard manifest.bytes.count <= Self.largest else { return manifests.remove(place) }
        manifests.set(place, to: manifest)
    }
}
