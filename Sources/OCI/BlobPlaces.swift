// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// A blob or manifest in one repository of a registry.
struct ContentPlace: Hashable, Sendable {
    let repository: String
    let digest: Digest
    var isManifest = false
}

/// What a run knows of one registry: where blobs and manifests are, where they are not, and between which repositories
/// blobs can be mounted.
///
/// What is known is that the registry said so, of a digest and a size: in answer to a question, or when it took the bytes
/// of a push, which were verified on their way. Bounded: what nobody has used for long is forgotten and asked for again.
struct BlobPlaces: Sendable {
    /// The most places that are remembered: some MiB.
    static let limit = 32_768
    /// So many mounts that are refused between different repositories, and none that is not, show a registry that has no
    /// mounts.
    private static let refusalLimit = 3

    private enum Presence: Sendable {
        case there(Int64)
        case absent
        /// Somebody is bringing it, and will know whether it is there.
        case onItsWay
    }
    private struct Route: Hashable, Sendable { let from: String, into: String }

    private var presences: BoundedTable<ContentPlace, Presence>
    /// A repository that holds a blob.
    private var holders: BoundedTable<Digest, String>
    private var refused: BoundedTable<Route, Bool>
    private var refusals = 0
    private var hasMounted = false

    init(limit: Int = Self.limit) {
        (presences, holders, refused) = (
            BoundedTable(limit: limit), BoundedTable(limit: limit), BoundedTable(limit: limit)
        )
    }

    /// How many places are remembered.
    var count: Int { presences.weight }

    /// Whether a content of that size is known to be there.
    mutating func holds(_ place: ContentPlace, size: Int64) -> Bool {
        if case .there(size)? = presences.find(place) { true } else { false }
    }

    /// Whether nothing is known, so that the registry has to be asked.
    mutating func isUnknown(_ place: ContentPlace) -> Bool { presences.find(place) == nil }

    /// Notes that a content is being brought; returns whether it is known not to be there.
    ///
    /// That is known once: who fails must `forget` the place, since the registry may have it and its answer was lost.
    mutating func begin(_ place: ContentPlace) -> Bool {
        defer { presences.set(place, to: .onItsWay) }
        if case .absent? = presences.find(place) { return true }
        return false
    }

    /// Notes what the registry has there; nil stands for nothing.
    mutating func note(_ place: ContentPlace, size: Int64?) {
        presences.set(place, to: size.map { .there($0) } ?? .absent)
        guard size != nil, !place.isManifest else { return }
        // The first that is known stays: a mount from there needs a token, which is kept.
        if holders.find(place.digest) == nil { holders.set(place.digest, to: place.repository) }
    }

    /// Forgets what is known of a place: it was not brought there, or what was said of it cannot be true.
    mutating func forget(_ place: ContentPlace) {
        presences.remove(place)
        if holders.find(place.digest) == place.repository { holders.remove(place.digest) }
    }

    // MARK: Mounts

    /// Whether it is worth waiting for a blob that is on its way into another repository.
    var mayMount: Bool { hasMounted || refusals < Self.refusalLimit }

    /// The repository to mount a blob from; nil when none is known, or when that was refused before.
    ///
    /// - Parameter preferred: where the pusher knows it to be.
    mutating func mountSource(of place: ContentPlace, preferring preferred: String?) -> String? {
        guard mayMount else { return nil }
        for source in [preferred, holders.find(place.digest)] {
            guard let source, source != place.repository else { continue }
            if refused.find(Route(from: source, into: place.repository)) == nil { return source }
        }
        return nil
    }

    /// Notes what came of a mount. One that was refused is not tried again.
    mutating func noteMount(from source: String, into repository: String, succeeded: Bool) {
        guard !succeeded else {
            hasMounted = true
            return
        }
        let route = Route(from: source, into: repository)
        if refused.find(route) == nil { refusals += 1 }
        refused.set(route, to: true)
    }
}
