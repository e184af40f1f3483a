// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import OCI
public import Repositories

// Looking ahead: a target is asked for all blobs of a component version before the first of them is read.
extension OperationContext {
    /// Notes which blobs will be placed for a component version, so that the target can be asked for all of them before
    /// the first is read.
    public func expect(
        _ blobs: [OCIDescriptor], for identity: ComponentVersionIdentity, in repository: RepositoryLocator
    ) {
        let key = OperationRun.PlaceKey(repository: repository.kind, identity: identity)
        run.expected.withLock { $0[key] = blobs }
    }

    /// Asks a repository for the blobs that are expected for a component version, once; others wait for the answer.
    ///
    /// Throws when the repository cannot be asked; whoever comes next asks again.
    public func lookAhead(
        for identity: ComponentVersionIdentity, in repository: any ComponentVersionRepository
    ) async throws {
        let key = OperationRun.PlaceKey(repository: repository.locator.kind, identity: identity)
        let run = run
        guard let store = repository.storeRepository, run.expected.withLock({ $0[key] != nil }) else { return }
        try await run.lookups.run(key) {
            guard let blobs = run.expected.withLock({ $0[key] }) else { return }
            try await store.lookUp(blobs, of: identity.name)
            run.expected.withLock { $0[key] = nil }
        }
    }
}
