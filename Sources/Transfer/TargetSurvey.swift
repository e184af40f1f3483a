// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
public import Documents
internal import OCI
public import Repositories

/// What a target has of the contents that a plan carries, found out without moving any.
public struct TargetSurvey: Sendable {
    /// How many blobs and manifests the contents consist of, each digest once for each component, but for those that
    /// are left out.
    public var blobs = 0
    /// How many of them the target has where they belong.
    public var blobsThere = 0
    /// Bytes to move.
    public var bytesToMove: Int64 = 0
    /// Bytes that are there already.
    public var bytesThere: Int64 = 0
    /// How many blobs an archive leaves out, since its receiver is taken to have them; they are in no other sum.
    public var blobsLeftOut = 0
    /// Bytes that an archive leaves out.
    public var bytesLeftOut: Int64 = 0
    /// How many contents have a size or digest that only reading them will show; they are in no sum.
    public var unknownContents = 0
    /// How many requests registries will get, reading and writing. An estimate: retries, tokens and redirects come on
    /// top.
    public var requests = 0
    /// How many bytes of disk are needed on this machine.
    public var diskNeeded: Int64 = 0

    /// The survey as data.
    public var json: JSON {
        func number(_ value: some BinaryInteger) -> JSON { .number(JSONNumber(Int64(value))) }
        return [
            "blobs": number(blobs), "blobsThere": number(blobsThere), "bytesToMove": number(bytesToMove),
            "bytesThere": number(bytesThere), "blobsLeftOut": number(blobsLeftOut),
            "bytesLeftOut": number(bytesLeftOut), "unknownContents": number(unknownContents),
            "requests": number(requests), "diskNeeded": number(diskNeeded),
        ]
    }
}

extension TransferPlan {
    /// The plan with what each target has already; asks for every blob by digest, many at once.
    ///
    /// - Parameter assumed: what the receiver of the archives has, so that it is left out of them.
    public func surveyed(leavingOut assumed: AssumedBlobs? = nil) async throws -> TransferPlan {
        var targets = targets
        for index in targets.indices where targets[index].failure == nil {
            targets[index].survey = try await TargetSurveyor(targets[index], assumed).survey()
        }
        return TransferPlan(source: source, verdicts: verdicts, targets: targets)
    }
}

/// Asks a target for blobs.
private struct TargetSurveyor {
    private let plan: TargetPlan
    private let store: StoreRepository?
    private let assumed: AssumedBlobs?

    /// A new blob costs a registry two requests beside the question whether it is there.
    private static let requestsOfUpload = 2

    init(_ plan: TargetPlan, _ assumed: AssumedBlobs?) {
        (self.plan, self.assumed, store) = (plan, assumed, plan.repository as? StoreRepository)
    }

    private struct Blob: Hashable, Sendable {
        let repository: String
        let digest: Digest
        let size: Int64
        let isManifest: Bool
        let isRemote: Bool
        /// Whether it goes to a place of its own instead of beside its descriptor.
        var isElsewhere = false
    }

    func survey() async throws -> TargetSurvey {
        var survey = TargetSurvey()
        var blobs: Set<Blob> = []
        for version in plan.versions {
            for content in version.contents {
                var found = try await self.blobs(of: content, version)
                if content.upload != nil { for index in found.indices { found[index].isElsewhere = true } }
                if found.isEmpty { survey.unknownContents += 1 }
                blobs.formUnion(found)
            }
            if case .copy = version.action { survey.requests += isRegistry ? 4 : 0 }
        }
        for blob in blobs where leavesOut(blob) {
            blobs.remove(blob)
            survey.blobsLeftOut += 1
            survey.bytesLeftOut += blob.size
        }
        let there = try await presence(of: Array(blobs))
        var elsewhere: Int64 = 0
        for (blob, isThere) in there {
            let asksRegistry = isRegistry || blob.isElsewhere
            survey.blobs += 1
            if isThere {
                survey.blobsThere += 1
                survey.bytesThere += blob.size
            } else {
                survey.bytesToMove += blob.size
                if blob.isElsewhere { elsewhere += blob.size }
                if blob.isRemote && !blob.isManifest { survey.requests += 1 }
                if asksRegistry { survey.requests += blob.isManifest ? 1 : Self.requestsOfUpload }
            }
            // Reading a manifest, and asking the target for a blob.
            if blob.isRemote && blob.isManifest { survey.requests += 1 }
            if asksRegistry { survey.requests += 1 }
        }
        survey.diskNeeded = diskFactor * (survey.bytesToMove - elsewhere)
        return survey
    }

    private func leavesOut(_ blob: Blob) -> Bool {
        !blob.isManifest && !blob.isElsewhere && assumed?.contains(blob.digest, size: blob.size) == true
    }

    private var isRegistry: Bool { if case .registry = plan.locator.kind { true } else { false } }

    /// A packed archive is collected in a folder first.
    private var diskFactor: Int64 {
        guard case .archive(let path, let format) = plan.locator.kind else { return 0 }
        return (format ?? ArchiveFormat(path: path)) == .directory ? 1 : 2
    }

    private func blobs(of content: PlannedContent, _ version: PlannedVersion) async throws -> [Blob] {
        let repository = store?.repository(of: version.identity.name) ?? ""
        switch content.content {
        case .blob(let blob):
            guard let digest = try content.digest, let size = blob.size ?? content.bytes else { return [] }
            return [
                Blob(
                    repository: repository, digest: digest, size: size, isManifest: false,
                    isRemote: blob.home != nil && blob.file == nil)
            ]
        case .artifact(let artifact):
            let isRemote = artifact.store is RegistryClient
            return try await artifact.nodes().map { node in
                Blob(
                    repository: repository, digest: node.descriptor.digest, size: node.descriptor.size,
                    isManifest: node.manifest != nil, isRemote: isRemote)
            }
        }
    }

    private func presence(of blobs: [Blob]) async throws -> [(Blob, Bool)] {
        guard let store = store?.store else { return blobs.map { ($0, false) } }
        return try await blobs.mapConcurrently(limit: RegistryClient.questionsAtOnce) { blob in
            // Whether a place of its own has it, only the upload finds out.
            if blob.isElsewhere { return (blob, false) }
            let isThere =
                try await blob.isManifest
                ? store.resolve(blob.digest.description, in: blob.repository) != nil
                : store.blobSize(blob.digest, in: blob.repository) == blob.size
            return (blob, isThere)
        }
    }
}
