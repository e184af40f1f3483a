// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import TestRegistry
import WebClient

/// A row of the table: what is done, against what, and how it has to end.
struct HostileRow: Sendable, CustomStringConvertible {
    let direction: Direction
    let access: HostileRegistry.Access
    let fault: RegistryFault
    var description: String { "\(direction) (\(access)), \(fault)" }

    /// How a run has ended.
    struct Outcome: Sendable {
        let fault: Fault?
        let fired: Int
        let visible: Direction.Visibility
        let leaks: [String]
        let sentBytes: Int
        let port: Int
        let foreignPort: Int
    }

    func run() async throws -> Outcome {
        let registry = try HostileRegistry(access: access)
        try await direction.prepare(registry, reaching: fault.stage)
        registry.setFaults([fault])
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        if fault.behaviour.isSlow {
            (settings.idleTimeout, settings.lowestSpeed, settings.retry.attempts) = (.milliseconds(250), 4000, 2)
        }
        var found: Fault?
        do { try await direction.run(registry, settings, isUnknown: fault.behaviour.saysUnknown) } catch {
            found = Fault(wrapping: error)
        }
        return Outcome(
            fault: found, fired: registry.fired[0], visible: await direction.visible(registry), leaks: registry.leaks,
            sentBytes: registry.sentBytes, port: registry.port, foreignPort: registry.foreignPort)
    }
}

extension RegistryBehaviour {
    /// Whether only the client's patience ends it.
    var isSlow: Bool {
        switch self {
        case .silence, .slowHead, .slowBody, .slowInterim, .endlessTrailers: true
        default: false
        }
    }

    /// Whether the answer is an honest 404 of somebody.
    var saysUnknown: Bool { self == .status(404) || self == .redirect(.text("//{foreign}/v2/x")) }

    /// Whether it is worth asking again.
    var canPass: Bool {
        switch self {
        case .reset, .hangUp, .silence, .slowHead, .lie, .lostSession: true
        case .status(let status, _), .earlyStatus(let status): [404, 408, 429, 500, 502, 503].contains(status)
        default: false
        }
    }
}

/// The result of `work`, or nil when it has not ended in time: it is left behind then, whatever it waits for.
func watched<Result: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    let first = Guarded<CheckedContinuation<Result?, any Error>?>(nil)
    let task = Guarded<[Task<Void, Never>]>([])
    defer { for task in task.withLock({ $0 }) { task.cancel() } }
    return try await withCheckedThrowingContinuation { continuation in
        first.withLock { $0 = continuation }
        @Sendable func end(_ result: Swift.Result<Result?, any Error>) {
            let continuation = first.withLock { $0.take() }
            continuation?.resume(with: result)
        }
        let worker = Task {
            do { end(.success(try await work())) } catch { end(.failure(error)) }
        }
        let watchdog = Task {
            try? await Task.sleep(for: limit)
            end(.success(nil))
        }
        task.withLock { $0 = [worker, watchdog] }
    }
}
