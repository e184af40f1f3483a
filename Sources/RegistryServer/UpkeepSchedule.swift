// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Registry

/// When a registry that is served looks after itself.
public struct UpkeepPlan: Sendable {
    /// How often garbage is collected; nil for never.
    public var garbageInterval: Duration? = .seconds(24 * 3600)
    /// What is garbage.
    public var garbage = GarbageOptions()
    /// How often every content is read again; nil for never.
    public var scrubInterval: Duration? = .seconds(7 * 24 * 3600)
    /// How.
    public var scrub: ScrubOptions
    /// How often pending tags are removed that have waited for too long.
    public var pendingInterval: Duration = .seconds(3600)

    /// Garbage every day, every content once in a week at 20 MiB per second.
    public init() {
        scrub = ScrubOptions()
        scrub.bytesPerSecond = 20 << 20
    }
}

/// Runs the upkeep of a registry by its plan, as long as it is not stopped.
///
/// The first run comes after an hour at the latest, so that a registry that is restarted every day has it as well.
public final class UpkeepSchedule: Sendable {
    private let tasks: [Task<Void, Never>]

    /// - Parameters:
    ///   - done: told what was done, with its report, after each run.
    ///   - expired: told of pending tags that were removed.
    ///   - report: told of failures.
    public init(
        _ plan: UpkeepPlan, of registry: RegistryFolder,
        done: @escaping @Sendable (OperatorRequest, JSON) -> Void = { _, _ in },
        expired: @escaping @Sendable ([PendingTag]) -> Void = { _ in },
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) {
        var tasks: [Task<Void, Never>] = []
        func work(_ request: OperatorRequest) -> @Sendable () async throws -> Void {
            { done(request, try await request.run(on: registry)) }
        }
        let jobs: [(Duration?, @Sendable () async throws -> Void)] = [
            (plan.garbageInterval, work(.garbage(plan.garbage))), (plan.scrubInterval, work(.scrub(plan.scrub))),
            (
                registry.limits.pendingAge > 0 ? plan.pendingInterval : nil,
                { _ = try await registry.removeExpiredTags(removed: expired) }
            ),
        ]
        for (interval, work) in jobs {
            guard let interval else { continue }
            tasks.append(
                Task {
                    var pause = min(interval, .seconds(3600))
                    while (try? await Task.sleep(for: pause)) != nil {
                        pause = interval
                        do { try await work() } catch {
                            if !Task.isCancelled { report(Fault(wrapping: error)) }
                        }
                    }
                })
        }
        self.tasks = tasks
    }

    /// Ends, also what runs.
    public func stop() async {
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
