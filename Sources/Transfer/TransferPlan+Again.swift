// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
public import Repositories

extension TransferPlan {
    /// What is copied into one target by a plan that was made before.
    public struct Copies: Sendable {
        let target: any ComponentVersionRepository
        let versions: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)]

        /// - Parameter versions: each with the repository that it is read from.
        public init(
            to target: any ComponentVersionRepository,
            _ versions: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)]
        ) {
            (self.target, self.versions) = (target, versions)
        }
    }

    /// The part of an earlier plan that copies versions, made again.
    ///
    /// - Parameter access: finds the contents of the versions; nil when nobody will ask for them.
    public init(
        again copies: [Copies], from source: RepositoryLocator, _ access: AccessMethods?, _ options: TransferOptions
    ) async throws {
        let planner = access.map { ContentPlanner(access: $0, options: options) }
        var targets: [TargetPlan] = []
        for copy in copies {
            var versions: [PlannedVersion] = []
            for (version, repository) in copy.versions {
                let contents = try await planner?.contents(of: version, repository) ?? []
                versions.append(
                    PlannedVersion(version: version, repository: repository, action: .copy, contents: contents))
            }
            targets.append(TargetPlan(repository: copy.target, versions: versions, failure: nil))
        }
        self.init(source: source, verdicts: [], targets: targets)
    }
}
