// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Operations
internal import Orchestration
internal import Repositories
internal import Transfer

/// Carries one component version, and what it refers to if that is wanted, to another repository.
///
/// The version has the digest of the one that was resolved, or nothing is carried. Contents are compared with their
/// digests while they move and pass in pieces; the descriptor follows behind its contents and references.
struct VersionTransfer: Sendable {
    let version: ResolvedVersion
    let target: RepositoryAddress
    let configuration: LoadedConfiguration
    let options: TransferOptions
    let temporaryFolder: String?

    func run() async throws -> TransferSummary {
        // What a client has been told of a registry, it believes for as long as it lives: here, one transfer.
        let connections = RepositoryConnections(
            credentials: configuration.credentials, http: version.open.connections.http,
            temporaryFolder: temporaryFolder)
        let opened = try await connections.open(target.locator, .create(nil))
        let plan = try await plan(to: opened, AccessMethods(connections))
        var generator = TransferGenerator(plan, publishesArtifacts: options.uploadAs == .ociArtifact)
        let specification = generator.specification()
        let failures = Guarded<FailedOperations>(FailedOperations())
        let context = OperationContext(connections: connections, budgets: options.budgets)
        var run = try await TransferRun(carryingOut: plan, specification, by: generator, in: context)
        run.settings.width = options.budgets?.width ?? options.concurrency
        run.settings.observe = { event in failures.withLock { $0.note(event) } }
        let report = try await DiskBudget.$current.withValue(options.budgets?.disk) { [run] in try await run.run() }
        guard let result = report.targets.first else {
            throw Fault(.internal, "the transfer of \(version.identity) reports no target")
        }
        if let failure = result.failure {
            var operations = failures.withLock { $0 }
            operations.cause = failure.cause
            throw Fault(failure.code, failure.message, fix: failure.fix, cause: operations)
        }
        return TransferSummary(
            versions: result.versions.count, bytesMoved: result.bytesMoved, bytesSpared: result.bytesSpared)
    }

    private func plan(
        to target: any ComponentVersionRepository, _ access: AccessMethods
    ) async throws -> TransferPlan {
        // Signatures may have come since, which the digest does not cover.
        let (stored, repository) = try await version.open.source.get(version.identity)
        try stored.descriptor.check(version.digest)
        var first = repository
        if let digest = stored.storedDigest {
            first = PinnedRepository(first, version.identity, storedAs: digest)
        }
        let source = ComponentVersionSource(
            first, lookup: [version.open.repository], resolver: version.open.resolver)
        let planner = TransferPlanner(source: source, targets: [target], access: access, options: options)
        return try await planner.plan([version.identity]).receiving(
            lookup: [], concurrency: options.concurrency, mounting: true, temporaryFolder: temporaryFolder)
    }
}

/// What a transfer did.
struct TransferSummary: Hashable, Sendable {
    /// How many component versions are in the target now.
    let versions: Int
    /// How much moved, and how much was there.
    let bytesMoved: Int64, bytesSpared: Int64
}

/// The operations of a transfer that failed, as a status shows them.
struct FailedOperations: Error, CustomStringConvertible {
    private(set) var entries: [JSON] = []
    private var types: [String: String] = [:]
    /// What is behind the failure.
    var cause: (any Error)?

    /// The most operations that are noted, and the most characters of each error: the status is one object of the API.
    private static let limit = 32, longestError = 1000

    /// What stands behind the message of the failure.
    var description: String {
        cause.map { "\($0)" } ?? "\(entries.count) operation\(entries.count == 1 ? "" : "s") failed"
    }

    mutating func note(_ event: OperationEvent) {
        switch event {
        case .started(let id, let type, _): types[id] = type
        case .finished(let id, _): types[id] = nil
        case .failed(let id, _, let fault):
            guard entries.count < Self.limit, fault.code != .cancelled else { return }
            entries.append([
                "id": .string(id), "name": .string("\(id) [\(types[id] ?? "")]"),
                "error": .string(String(fault.description.prefix(Self.longestError))),
            ])
        case .retrying, .skipped: break
        }
    }
}
