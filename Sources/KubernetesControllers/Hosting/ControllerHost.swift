// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Controllers and the caches they read, started and stopped together.
public struct ControllerHost: Sendable {
    private let caches: [ObjectCache]
    private let controllers: [@Sendable () async -> Void]

    /// Runs controllers on caches.
    public init(_ caches: [ObjectCache], _ controllers: [@Sendable () async -> Void]) {
        (self.caches, self.controllers) = (caches, controllers)
    }

    /// Whether all caches are filled.
    public var isReady: Bool { caches.allSatisfy(\.isSynced) }

    /// Runs until the task is cancelled; throws when a cache cannot be kept. Controllers finish what they have begun.
    public func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for cache in caches { group.addTask { try await cache.run() } }
            for controller in controllers { group.addTask { await controller() } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
