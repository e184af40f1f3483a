// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Repositories

/// Carries out a plan: contents first, descriptors after their contents and children, the tag of each last.
///
/// Stopped anywhere, the target has whole versions only; run again, it goes on from what is there.
public struct TransferExecutor: Sendable {
    private let target: any ComponentVersionRepository
    private let options: TransferOptions
    private let observer: ProgressObserver

    /// An executor that writes to `target`, which must be the one of the plan.
    public init(
        target: any ComponentVersionRepository, options: TransferOptions,
        observer: @escaping ProgressObserver = { _ in }
    ) {
        (self.target, self.options, self.observer) = (target, options, observer)
    }

    /// Runs the plan.
    ///
    /// Throws `.mismatch`, naming component, resource and both digests, as soon as a byte is not what the descriptor
    /// says; nothing of that run has become visible then.
    public func execute(_ plan: TransferPlan) async throws -> TransferReport {
        let work = plan.versions.flatMap { version in version.contents.map { Item(version: version, content: $0) } }
        observer(.planned(items: work.count, bytes: plan.bytes, text: plan.summary))
        for version in plan.versions {
            guard case .skip(let reason) = version.action else { continue }
            let name = version.version.identity.description
            observer(.skipped(id: name, name: name, reason: reason))
        }
        let moved = Guarded<Int64>(0), spared = Guarded<Int64>(0)
        let placed = Guarded<[Item.Key: Placement]>([:])
        try await work.forEachConcurrently(limit: options.concurrency) { item in
            let placement = try await place(item, moved: moved, spared: spared)
            placed.withLock { $0[item.key] = placement }
        }
        var versions: [TransferReport.Version] = []
        var sequence = CommitSequence(of: plan.versions.filter { !$0.action.isSkip }.count)
        for version in plan.versions {
            try Task.checkCancellation()
            versions.append(try await commit(version, placed.withLock { $0 }, &sequence))
        }
        try await target.finish()
        return TransferReport(
            source: plan.source, target: plan.target, versions: versions, bytesMoved: moved.withLock { $0 },
            bytesSpared: spared.withLock { $0 })
    }

    /// One content of one version.
    private struct Item: Sendable {
        struct Key: Hashable, Sendable {
            let identity: ComponentVersionIdentity, kind: PlannedContent.Kind, index: Int
        }
        let version: PlannedVersion
        let content: PlannedContent
        var key: Key { Key(identity: version.version.identity, kind: content.kind, index: content.index) }
    }

    /// Where content went, and the access that says so.
    private struct Placement: Sendable {
        let access: JSON
        let placed: PlacedContent?
    }

    private func place(_ item: Item, moved: Guarded<Int64>, spared: Guarded<Int64>) async throws -> Placement {
        let planned = item.content
        let id = "\(item.version.version.identity)/\(planned.kind)/\(planned.index)"
        observer(.started(id: id, name: planned.thing, bytes: planned.bytes))
        let observer = observer
        let watch = PlacementObserver(
            moved: { bytes in
                moved.withLock { $0 += bytes }
                observer(.moved(id: id, bytes: bytes))
            },
            skipped: { bytes in
                spared.withLock { $0 += bytes }
                observer(.moved(id: id, bytes: bytes))
            })
        do {
            let content = try await checked(planned)
            let placement: Placement
            if options.uploadAs == .ociArtifact, case .artifact(let artifact) = content,
                let published = try await publish(artifact, planned, watch)
            {
                placement = published
            } else {
                let placed = try await target.place(content, for: item.version.version.identity, observer: watch)
                placement = Placement(
                    access: LocalBlobAccess.specification(for: placed, referenceName: planned.referenceName),
                    placed: placed)
            }
            observer(.finished(id: id))
            return placement
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw Fault(wrapping: error).about(planned.thing)
        }
    }

    /// The content with the signed digest bound to it, so that the bytes are checked against it while they move.
    private func checked(_ planned: PlannedContent) async throws -> ResourceContent {
        guard let expected = planned.expected else { return planned.content }
        let digest = try expected.digest()
        switch planned.content {
        case .artifact(let artifact):
            guard artifact.root.digest == digest else { throw mismatch(planned, digest, artifact.root.digest) }
            return planned.content
        case .blob(var blob):
            if expected.isArtifactDigest && MediaType.isArtifactArchive(blob.mediaType) {
                _ = try await ContentVerifier(temporaryFolder: options.temporaryFolder).verify(
                    planned.content, against: expected, thing: planned.thing)
                return planned.content
            }
            if let known = blob.digest, known.algorithm == digest.algorithm {
                guard known == digest else { throw mismatch(planned, digest, known) }
                return planned.content
            }
            let (open, size) = (blob.open, blob.size)
            blob.open = { try await open().verified(digest: digest, size: size, of: planned.thing) }
            if blob.digest == nil && digest.algorithm == .sha256 { blob.digest = digest }
            return .blob(blob)
        }
    }

    private func mismatch(_ planned: PlannedContent, _ expected: Digest, _ found: Digest) -> Fault {
        Fault(
            .mismatch, "\(planned.thing) should have the digest \(expected) and has \(found)",
            fix: "the content was damaged or replaced; fetch it again from its origin")
    }

    /// Pushes an artifact under its own name into the target's registry; nil when the target is no registry.
    private func publish(
        _ artifact: ArtifactContent, _ planned: PlannedContent, _ observer: PlacementObserver
    ) async throws -> Placement? {
        guard let repository = target as? StoreRepository,
            case .registry(let origin, let subPath) = repository.locator.kind,
            let name = planned.referenceName
        else { return nil }
        let reference = try ImageReference("\(origin.repositoryHost)/\(subPath.isEmpty ? "" : subPath + "/")\(name)")
        try await artifact.copy(
            to: repository.store, repository: reference.repository, tag: reference.tag, observer: observer)
        let pinned =
            "\(origin.repositoryHost)/\(reference.repository)"
            + "\(reference.tag.map { ":\($0)" } ?? "")@\(artifact.root.digest)"
        return Placement(access: ["type": "ociArtifact", "imageReference": .string(pinned)], placed: nil)
    }

    private func commit(
        _ planned: PlannedVersion, _ placed: [Item.Key: Placement], _ sequence: inout CommitSequence
    ) async throws -> TransferReport.Version {
        let identity = planned.version.identity
        switch planned.action {
        case .skip:
            return TransferReport.Version(identity: identity, action: "skip", digest: nil)
        case .update(let descriptor, let contents):
            let digest = try await sequence.commit(descriptor, contents: contents, to: target)
            return TransferReport.Version(identity: identity, action: "update", digest: digest)
        case .copy:
            var descriptor = planned.version.descriptor
            var contents = LocalContents()
            for content in planned.contents {
                let key = Item.Key(identity: identity, kind: content.kind, index: content.index)
                guard let placement = placed[key] else {
                    throw Fault(.internal, "\(content.thing) was planned and not carried")
                }
                if let stored = placement.placed { contents.add(stored) }
                let access = try TypedSpecification(placement.access)
                switch content.kind {
                case .resource: descriptor.resources[content.index].access = access
                case .source: descriptor.sources[content.index].access = access
                }
            }
            let digest = try await sequence.commit(descriptor, contents: contents, to: target)
            return TransferReport.Version(identity: identity, action: "copy", digest: digest)
        }
    }
}
