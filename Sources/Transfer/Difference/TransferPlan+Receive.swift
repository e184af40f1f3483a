// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Repositories

extension TransferPlan {
    /// The plan, after all that its source archives leave out was found: in each target, or in other repositories.
    ///
    /// Nothing is written before everything is found. Throws `.notFound`, naming all that is missing, when there is one
    /// target; of several, one that lacks something has that as its failure.
    /// - Parameters:
    ///   - lookup: other repositories that may have what a target lacks.
    ///   - mounting: whether what other repositories of a target hold is taken over into those that need it.
    ///   - temporaryFolder: where bases of deltas take space.
    public func receiving(
        lookup: [any ComponentVersionRepository], concurrency: Int, mounting: Bool,
        temporaryFolder: String? = nil
    ) async throws -> TransferPlan {
        var plans: [TargetPlan] = []
        var mounts: [(receiver: DifferenceReceiver, blobs: [SuppliedBlob])] = []
        for plan in targets {
            let receiver = DifferenceReceiver(
                target: plan.repository, suppliers: lookup, concurrency: concurrency,
                temporaryFolder: temporaryFolder)
            do {
                mounts.append((receiver, try await receiver.check(plan.copied)))
                plans.append(plan)
            } catch let fault as Fault {
                guard targets.count > 1 else { throw fault }
                plans.append(
                    TargetPlan(repository: plan.repository, versions: [], failure: fault, survey: plan.survey))
            }
        }
        if mounting { for (receiver, blobs) in mounts { try await receiver.mount(blobs) } }
        return TransferPlan(source: source, verdicts: verdicts, targets: plans)
    }
}

extension TargetPlan {
    /// The versions whose contents are carried, with where they are read.
    fileprivate var copied: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)] {
        versions.compactMap { planned in
            if case .copy = planned.action { (planned.version, planned.repository) } else { nil }
        }
    }
}
