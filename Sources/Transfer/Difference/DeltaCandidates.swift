// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
public import OCI
public import Repositories

/// Finds for blobs that are carried what the receiver has of the same kind: the same resource of the version before,
/// and of an OCI artifact the layer at the same place.
public struct DeltaCandidates: Sendable {
    private let source: ComponentVersionSource
    private let planner: TransferPlanner

    /// A finder that reads earlier versions in `source`.
    public init(source: ComponentVersionSource, access: AccessMethods, options: TransferOptions) {
        var options = options
        options.isRecursive = false
        self.source = source
        planner = TransferPlanner(ofEarlierVersionsIn: source, access: access, options: options)
    }

    /// A base for each blob of a plan that has a likely one.
    ///
    /// - Parameters:
    ///   - earlier: for a component, the version of it that the receiver has; nil when it has none.
    ///   - isThere: whether the receiver is taken to have a blob.
    public func find(
        for plan: TargetPlan, earlier: (ComponentName) -> ComponentVersion?,
        isThere: @Sendable (Digest, Int64) -> Bool
    ) async throws -> [Digest: BlobSource] {
        var found: [Digest: BlobSource] = [:]
        for planned in plan.versions where !planned.contents.isEmpty {
            let name = planned.version.identity.name
            guard let version = earlier(name), version != planned.version.identity.version else { continue }
            let identity = ComponentVersionIdentity(name: name, version: version)
            guard try await source.find(identity) != nil,
                let before = try await planner.plan([identity]).targets.first?.versions.first
            else { continue }
            for content in planned.contents {
                guard let old = before.contents.first(where: { $0.isSameElement(as: content, before, planned) }) else {
                    continue
                }
                let (olds, news) = (try await Self.blobs(old), try await Self.blobs(content))
                for (digest, base) in Self.pairs(olds.filter { isThere($0.digest, $0.size) }, olds, news)
                where found[digest] == nil && !isThere(digest, news.first { $0.digest == digest }?.size ?? 0) {
                    found[digest] = base
                }
            }
        }
        return found
    }

    /// For each new blob the old one at its place, or else, of those that went, the one of the nearest size.
    private static func pairs(
        _ usable: [BlobSource], _ olds: [BlobSource], _ news: [BlobSource]
    ) -> [(Digest, BlobSource)] {
        let kept = Set(news.map(\.digest)), known = Set(usable.map(\.digest)), before = Set(olds.map(\.digest))
        let gone = usable.filter { !kept.contains($0.digest) }
        return news.enumerated().compactMap { place, new in
            guard new.size >= CommonTransportArchive.smallestDeltaTarget, !before.contains(new.digest) else {
                return nil
            }
            if olds.indices.contains(place), known.contains(olds[place].digest), !kept.contains(olds[place].digest) {
                return (new.digest, olds[place])
            }
            return gone.min { abs($0.size - new.size) < abs($1.size - new.size) }.map { (new.digest, $0) }
        }
    }

    private static func blobs(_ planned: PlannedContent) async throws -> [BlobSource] {
        switch planned.content {
        case .artifact(let artifact):
            return try await artifact.nodes().filter { $0.manifest == nil }.map { node in
                let (digest, size) = (node.descriptor.digest, node.descriptor.size)
                return BlobSource(digest: digest, size: size) {
                    try await artifact.store.openBlob(digest, size: size, in: artifact.repository)
                }
            }
        case .blob(let blob):
            guard let digest = blob.digest, let size = blob.size else { return [] }
            return [BlobSource(digest: digest, size: size, open: blob.open)]
        }
    }
}

extension PlannedContent {
    /// Whether it is the same resource or source of another version.
    fileprivate func isSameElement(as other: PlannedContent, _ own: PlannedVersion, _ others: PlannedVersion) -> Bool {
        guard kind == other.kind else { return false }
        func attributes(_ content: PlannedContent, _ version: PlannedVersion) -> [String: String] {
            let descriptor = version.version.descriptor
            var attributes =
                content.kind == .resource
                ? descriptor.resources[content.index].identity.attributes
                : descriptor.sources[content.index].identity.attributes
            attributes["version"] = nil
            return attributes
        }
        return attributes(self, own) == attributes(other, others)
    }
}
