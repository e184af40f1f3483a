// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents
public import Orchestration
internal import Repositories
public import Transfer

extension TransferRun {
    /// Prepares to carry out a plan that was made just now: with the versions that it has read, and with the repositories
    /// that are open.
    ///
    /// - Parameters:
    ///   - specification: the plan as `generator` wrote it.
    ///   - context: of a new run.
    public init(
        carryingOut plan: TransferPlan, _ specification: JSON, by generator: TransferGenerator,
        in context: OperationContext
    ) async throws {
        for version in plan.targets.flatMap(\.versions) {
            await context.adopt(version.repository, writing: false)
            context.note(version.version, in: version.repository)
        }
        for target in plan.targets { await context.adopt(target.repository, writing: true) }
        let document = LocatedDocument(specification, source: "the plan")
        try self.init(OrchestrationSpecification(document), context: context)
        settings.weights = generator.weights
    }
}
