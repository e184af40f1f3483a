// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Documents
internal import OCI
public import Repositories

/// Reads descriptors and decides what a transfer has to do. Moves nothing.
///
/// Each descriptor is read once, whatever the number of targets.
public struct TransferPlanner: Sendable {
    private let source: ComponentVersionSource
    private let targets: [any ComponentVersionRepository]
    private let access: AccessMethods
    private let options: TransferOptions

    /// A planner from `source` to `targets`.
    public init(
        source: ComponentVersionSource, targets: [any ComponentVersionRepository], access: AccessMethods,
        options: TransferOptions
    ) {
        (self.source, self.targets, self.access, self.options) = (source, targets, access, options)
    }

    /// Plans the transfer of these versions and, if recursive, of all they refer to.
    ///
    /// Signatures that the options demand are verified here, for each root, before anything is planned; the digests
    /// that references pin are checked in any case. What is wrong with one target is thrown when there are no others,
    /// and is that target's failure else.
    public func plan(_ roots: [ComponentVersionIdentity]) async throws -> TransferPlan {
        let selection = TransferSelection(source: source, targets: targets, options: options)
        let versions = try await selection.select(roots)
        let contents = ContentPlanner(access: access, options: options)
        var planned: [[PlannedContent]?] = Array(repeating: nil, count: versions.count)
        var plans: [TargetPlan] = []
        for (number, target) in targets.enumerated() {
            do {
                if let failure = await selection.failure(of: number) { throw failure }
                let decision = ExistingVersionDecision(options: options, target: target.locator)
                var list: [PlannedVersion] = []
                for (index, selected) in versions.enumerated() where selected.wantedBy.contains(number) {
                    let action = try decision.decide(selected.version, selected.existing[number] ?? nil)
                    if case .copy = action, planned[index] == nil {
                        planned[index] = try await contents.contents(of: selected.version, selected.repository)
                    }
                    let carried: [PlannedContent] =
                        if case .copy = action { contents.routed(planned[index] ?? [], to: target.locator) } else { [] }
                    list.append(
                        PlannedVersion(
                            version: selected.version, repository: selected.repository, action: action,
                            contents: carried))
                }
                plans.append(TargetPlan(repository: target, versions: list, failure: nil))
            } catch {
                guard targets.count > 1, !(error is CancellationError) else { throw error }
                plans.append(TargetPlan(repository: target, versions: [], failure: Fault(wrapping: error)))
            }
        }
        return TransferPlan(
            source: source.repositories[0].locator, verdicts: await selection.verdicts, targets: plans)
    }
}
