// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
public import Documents
public import Evidence
public import Repositories
public import Transfer

/// What an operation works with: the run it belongs to, connections, and contents on their way.
///
/// A content that one operation hands to another is named by a file object as specifications know it, whose `uri` is
/// `content:` and a number. Nothing is read until someone needs the bytes, so what goes from one repository to another
/// is never written in between. A file object that no operation of the run made is refused, so that a specification
/// cannot read files of the machine.
public struct OperationContext: Sendable {
    let run: OperationRun
    /// The id of the operation.
    public let operation: String

    /// Finds the operations that it waited for, in the order of the document; nil when it belongs to no graph, and all
    /// that ran before count.
    private let predecessors: (@Sendable () -> [String])?

    /// The context of a new run.
    ///
    /// - Parameters:
    ///   - keys: the keys that operations may name.
    ///   - budgets: the bounds that contents keep while they move; nil when there are none.
    ///   - evidence: told what is moved and refused.
    public init(
        connections: RepositoryConnections, keys: OperationKeys = OperationKeys(),
        observer: @escaping ProgressObserver = { _ in }, budgets: TransferBudgets? = nil,
        evidence: @escaping EvidenceObserver = { _ in }
    ) {
        self.init(
            run: OperationRun(connections, keys, observer, budgets, evidence), operation: "", predecessors: nil)
    }

    private init(run: OperationRun, operation: String, predecessors: (@Sendable () -> [String])?) {
        (self.run, self.operation, self.predecessors) = (run, operation, predecessors)
    }

    /// The context of one operation of the run.
    func of(_ operation: String, after predecessors: @escaping @Sendable () -> [String]) -> OperationContext {
        OperationContext(run: run, operation: operation, predecessors: predecessors)
    }

    /// Whose notes count: those from before the run and of operations that this one waited for, in the order of the
    /// document; nil for all.
    ///
    /// What others noted may be there or not, as it happens; to depend on it would give one result today and another
    /// tomorrow.
    var visible: [String]? { predecessors.map { [""] + $0() + [operation] } }

    /// The keys that the caller allows operations to name.
    public var keys: OperationKeys { run.keys }

    /// Flushes what was written; archives are whole after this.
    public func finish() async throws { try await run.repositories.finish() }

    /// The connections of the run.
    public var connections: RepositoryConnections { run.repositories.connections }

    /// Where evidence of what operations verify, move and refuse goes.
    public var evidence: EvidenceObserver { run.evidence }

    /// Where operations put what they cannot stream.
    public var temporaryFolder: String? { connections.temporaryFolder }

    /// The repository that a specification describes; an archive that is not there is made when it is written to.
    ///
    /// Each is opened once for a run.
    public func repository(
        _ specification: JSON, writing: Bool = false
    ) async throws -> any ComponentVersionRepository {
        try await run.repositories.open(RepositoryLocator(json: specification), writing: writing)
    }

    /// Uses a repository that is open already for whatever names it.
    public func adopt(_ repository: any ComponentVersionRepository, writing: Bool) async {
        await run.repositories.adopt(repository, writing: writing)
    }

    /// Lets every operation fail that names a repository; for one that cannot be used when others of the run can.
    public func refuse(_ locator: RepositoryLocator, because fault: Fault) async {
        await run.repositories.refuse(locator, fault)
    }
}
