// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Documents
internal import Operations
internal import Orchestration
internal import Repositories
internal import Transfer

/// Runs specifications that were generated from plans.
struct GeneratedTransfer {
    let context: OCMContext
    let options: TransferOptions

    /// Carries out a plan.
    func run(_ plan: TransferPlan, _ generator: TransferGenerator, _ specification: JSON) async throws -> TransferReport
    {
        try await context.withProgress { observer in
            let run = OperationContext(
                connections: context.connections, observer: observer, budgets: options.budgets,
                evidence: options.evidence)
            var transfer = try await TransferRun(
                carryingOut: plan, specification, by: generator, in: run)
            transfer.settings.width = options.budgets?.width ?? options.concurrency
            transfer.settings.observe = telling(observer)
            plan.announce(to: observer)
            return try await transfer.run()
        }
    }

    /// Carries out a specification that was printed before; refuses when a source is not what it was then.
    ///
    /// Signatures that the options demand are verified first, of each version to which no other refers.
    func run(_ specification: OrchestrationSpecification) async throws -> TransferReport {
        try await context.withProgress { observer in
            let run = OperationContext(
                connections: context.connections, observer: observer, budgets: options.budgets,
                evidence: options.evidence)
            var transfer = try TransferRun(specification, context: run)
            transfer.settings.width = options.budgets?.width ?? options.concurrency
            transfer.settings.observe = telling(observer)
            try transfer.requireCompleteness()
            let roots = try await transfer.requireFreshness()
            if !options.trust.isEmpty {
                for root in roots { _ = try options.verifySignatures(of: root) }
            }
            let targets = try await transfer.prepare(resolver: context.resolver, concurrency: options.concurrency)
            observer(
                .planned(
                    items: transfer.placements, bytes: 0, text: "\(specification.document.source): \(transfer.summary)")
            )
            let report = try await transfer.run()
            DifferenceOptions.report(targets, context)
            return report
        }
    }

    /// Tells attempts that failed. The last failure is that of the command or stands in its report, so people read it
    /// there; programs that read events get it as one.
    private func telling(_ observer: @escaping ProgressObserver) -> @Sendable (OperationEvent) -> Void {
        let isForPeople = context.globals.progress != .json
        return { event in
            if case .failed = event, isForPeople { return }
            event.failure.map(observer)
        }
    }
}
