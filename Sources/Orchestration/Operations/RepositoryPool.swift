// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Repositories

/// Each repository opened once.
actor RepositoryPool {
    nonisolated let connections: RepositoryConnections
    private var opened:
        [RepositoryLocator.Kind: (task: Task<any ComponentVersionRepository, any Error>, writing: Bool)] = [:]

    init(_ connections: RepositoryConnections) { self.connections = connections }

    func open(_ locator: RepositoryLocator, writing: Bool) async throws -> any ComponentVersionRepository {
        if let known = opened[locator.kind], known.writing || !writing { return try await known.task.value }
        let connections = connections
        let task = Task { try await connections.open(locator, writing ? .create(nil) : .read) }
        opened[locator.kind] = (task, writing)
        return try await task.value
    }

    func adopt(_ repository: any ComponentVersionRepository, writing: Bool) {
        opened[repository.locator.kind] = (Task { repository }, writing)
    }

    func refuse(_ locator: RepositoryLocator, _ fault: Fault) {
        opened[locator.kind] = (Task { throw fault }, true)
    }

    func finish() async throws {
        for (task, writing) in opened.values where writing {
            // What could not be opened has nothing to finish, and the operations that wanted it have failed.
            guard let repository = try? await task.value else { continue }
            try await repository.finish()
        }
    }
}
