// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
internal import Documents
public import Orchestration
internal import Repositories
public import Transfer

/// Carries out a transfer specification: one that was generated from a plan just now, or one that was printed before.
///
/// Contents move first, each checked while it moves; in each target versions become visible when all its contents are
/// there, children before their parents. What goes wrong in one target ends the work for that target and no other.
public struct TransferRun: Sendable {
    let graph: OrchestrationGraph
    let context: OperationContext
    private let operations: [Operation]
    let record: TransferRecord
    /// How many operations run at once, and what is told about them.
    public var settings = ExecutionSettings()

    /// Prepares a run of a specification that was generated from a plan.
    ///
    /// - Throws: `invalid` when the specification is wrong or was not generated from a plan.
    public init(
        _ specification: OrchestrationSpecification, operations: [Operation] = Operation.builtIn,
        context: OperationContext
    ) throws(Fault) {
        record = try TransferRecord(of: specification)
        graph = try OrchestrationGraph(specification, types: operations.map(\.type), together: true)
        (self.operations, self.context) = (operations, context)
        for (id, origin) in record.read { context.expect(origin, from: id) }
    }

    /// Whether a specification was generated from a plan.
    public static func isGenerated(_ specification: OrchestrationSpecification) -> Bool {
        specification.environment[TransferRecord.name] != nil
    }

    /// Refuses when a source is not what it was when the specification was generated.
    ///
    /// - Returns: the descriptors of the versions to which no other of them refers.
    /// - Throws: `conflict` with all that is different.
    public func requireFreshness() async throws -> [ComponentDescriptor] {
        try await record.requireFreshness(graph.environment, context)
    }

    /// Refuses a specification that writes other things than its record says: they would not be checked, and nobody
    /// would be told what became of them.
    ///
    /// - Throws: `invalid`, naming the operation.
    public func requireCompleteness() throws(Fault) {
        let groups = Set(record.targets.map(\.group)), known = Set(record.sources.map(\.identity))
        var writers: Set<String> = []
        for node in graph.nodes where node.group != nil && node.type.role != .ordinary {
            let id = node.operation.id
            guard let group = node.group, groups.contains(group) else {
                throw Self.incomplete("the operation '\(id)' writes to a repository that is not among its targets")
            }
            guard node.type.role == .writesDescriptor else { continue }
            guard let identity = record.written[id]?.identity, known.contains(identity) else {
                throw Self.incomplete("it does not say which of its versions the operation '\(id)' writes")
            }
            writers.insert(id)
        }
        for id in record.written.keys.sorted() where !writers.contains(id) {
            throw Self.incomplete("it says that '\(id)' writes a version, and there is no such operation")
        }
    }

    private static func incomplete(_ reason: String) -> Fault {
        Fault(
            .invalid, "the record of the plan does not fit the specification: \(reason)",
            fix: "print it again with ocm transfer cv --dry-run -o yaml; what was changed by hand runs with "
                + "ocm transfer specification")
    }

    /// How many contents are placed.
    public var placements: Int { graph.nodes.count { $0.type.role == .placesContent } }

    /// One line: `3 component versions for 2 targets`.
    public var summary: String {
        let versions = graph.nodes.count { $0.type.role == .writesDescriptor }, targets = record.targets.count
        return
            "\(versions) component version\(versions == 1 ? "" : "s") for \(targets) target\(targets == 1 ? "" : "s")"
    }

    /// Runs it.
    ///
    /// - Returns: what happened in each target; failures of targets are in their reports.
    /// - Throws: `CancellationError` when the task is cancelled.
    public func run() async throws -> TransferReport {
        let written = Guarded<[String: Digest]>([:])
        try await expectLocalBlobs()
        var settings = settings
        settings.keepsOutputs = false
        settings.namesOperations = false
        settings.observe = { [observe = settings.observe] event in
            if case .finished(let id, let outputs) = event, let text = outputs["digest"]?.string,
                let digest = try? Digest(text)
            {
                written.withLock { $0[id] = digest }
            }
            observe(event)
        }
        let reports = try await GraphExecutor(graph, settings, operations: operations, context: context).run()
        let outcomes = Dictionary(reports.map { ($0.id, $0.outcome) }) { first, _ in first }
        var targets: [TargetReport] = []
        for target in record.targets {
            targets.append(try await report(on: target, outcomes, written.withLock { $0 }))
        }
        return TransferReport(source: record.source, targets: targets)
    }

    /// Local blobs travel with every version that is copied, so that a target can be asked for all of them at once.
    private func expectLocalBlobs() async throws {
        var placed: [String: Set<ComponentVersionIdentity>] = [:]
        for node in graph.nodes where node.type.role == .placesContent {
            guard let group = node.group, let identity = try? ComponentVersionIdentity(of: node.operation.properties)
            else { continue }
            placed[group, default: []].insert(identity)
        }
        for source in record.sources {
            let targets = record.targets.filter { placed[$0.group]?.contains(source.identity) == true }
            guard !targets.isEmpty else { continue }
            let repository = try await context.repository(source.repository)
            let contents = try await context.stored(source.identity, in: repository).contents
            let blobs = contents.blobs.sorted { $0.key < $1.key }.map(\.value)
            for target in targets { context.expect(blobs, for: source.identity, in: target.locator) }
        }
    }

    private func report(
        on target: TransferRecord.Target, _ outcomes: [String: GraphExecutor.Outcome], _ digests: [String: Digest]
    ) async throws -> TargetReport {
        let nodes = graph.nodes.filter { $0.group == target.group }
        var versions = target.present.map { TargetReport.Version(identity: $0, action: "skip", digest: nil) }
        var visible = 0, writers = 0
        for node in nodes where node.type.role == .writesDescriptor {
            writers += 1
            guard outcomes[node.operation.id]?.isFinished == true, let version = record.written[node.operation.id]
            else { continue }
            visible += 1
            versions.append(
                TargetReport.Version(
                    identity: version.identity, action: version.action, digest: digests[node.operation.id]))
        }
        var failure = cause(of: nodes, outcomes)
        if failure == nil {
            do {
                try await context.repository(target.repository, writing: true).finish()
            } catch {
                guard !(error is CancellationError) else { throw error }
                failure = Fault(wrapping: error)
            }
        } else if let cause = failure, visible > 0,
            try await context.repository(target.repository, writing: true).showsVersionsOneByOne
        {
            failure = CommitSequence.fault(visible: visible, of: writers, cause: cause)
        }
        // What an uploader sent elsewhere was moved for this target, too.
        let moved = context.moved(by: Set(nodes.flatMap { [$0.operation.id] + $0.dependencies }))
        return TargetReport(
            target: target.locator, versions: versions, bytesMoved: moved.moved, bytesSpared: moved.spared,
            failure: failure)
    }

    /// Why a target is not complete: the failure that everything else waited for.
    private func cause(of nodes: [OrchestrationGraph.Node], _ outcomes: [String: GraphExecutor.Outcome]) -> Fault? {
        var open = nodes.map(\.operation.id), seen: Set<String> = []
        var found: Fault?
        while let id = open.popLast() {
            guard seen.insert(id).inserted else { continue }
            switch outcomes[id] {
            case .failed(let fault):
                if found == nil || (found?.code == .cancelled && fault.code != .cancelled) { found = fault }
            case .skipped(let other): open.append(other)
            case .finished, nil: break
            }
        }
        return found
    }
}
