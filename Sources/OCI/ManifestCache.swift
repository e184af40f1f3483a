// SPDX-License-Identifier: Apache-2.0

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

    private let half: Int
    private var recent: [ContentPlace: Manifest] = [:]
    private var older: [ContentPlace: Manifest] = [:]
    private var recentSize = 0, olderSize = 0

    init(limit: Int = Self.limit) { half = max(1, limit / 2) }

    /// How many bytes are kept, about.
    var size: Int { recentSize + olderSize }

    /// A manifest, which counts as used now; nil when it was not read or is forgotten.
    mutating func find(_ place: ContentPlace) -> Manifest? {
        if let manifest = recent[place] { return manifest }
        guard let manifest = older[place] else { return nil }
        keep(manifest, at: place)
        return manifest
    }

    /// Keeps a manifest whose bytes have the digest.
    mutating func keep(_ manifest: Manifest, at place: ContentPlace) {
        forget(place)
        let size = Self.size(manifest)
        guard size <= min(Self.largest, half) else { return }
        if recentSize + size > half {
            (older, olderSize) = (recent, recentSize)
            (recent, recentSize) = ([:], 0)
        }
        recent[place] = manifest
        recentSize += size
    }

    private mutating func forget(_ place: ContentPlace) {
        if let manifest = recent.removeValue(forKey: place) { recentSize -= Self.size(manifest) }
        if let manifest = older.removeValue(forKey: place) { olderSize -= Self.size(manifest) }
    }

    private static func size(_ manifest: Manifest) -> Int { manifest.bytes.count + overhead }
}
