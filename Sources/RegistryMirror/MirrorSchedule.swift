// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Runs mirrors again and again, each at its own interval and one run of each at a time.
public struct MirrorSchedule: Sendable {
    private let rules: [MirrorRule]
    private let mirror: RegistryMirror
    private let sleep: @Sendable (_ seconds: Int64) async throws -> Void
    private let report: @Sendable (MirrorReport) -> Void

    /// - Parameters:
    ///   - sleep: waits; throws when the task is cancelled.
    ///   - report: told what each run did.
    public init(
        _ rules: [MirrorRule], _ mirror: RegistryMirror,
        sleep: @escaping @Sendable (_ seconds: Int64) async throws -> Void = {
            try await Task.sleep(for: .seconds($0))
        },
        report: @escaping @Sendable (MirrorReport) -> Void
    ) {
        (self.rules, self.mirror, self.sleep, self.report) = (rules, mirror, sleep, report)
    }

    /// Runs each rule at once and then at its interval, until the task is cancelled.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            for rule in rules { group.addTask { await repeatedly(rule) } }
        }
    }

    private func repeatedly(_ rule: MirrorRule) async {
        do {
            while !Task.isCancelled {
                report(try await mirror.run(rule))
                try await sleep(max(1, rule.interval))
            }
        } catch {
            // Only the end of the task ends the schedule.
        }
    }
}
