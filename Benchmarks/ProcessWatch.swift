// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc

/// Looks every twenty milliseconds at a program and at all that it starts, through `/proc`.
///
/// What the kernel tells of a program that has ended leaves out the children that nobody waited for, and of memory it
/// tells that of the largest process alone: `ocm` hands uploads to a second process. A process that lives for less than
/// twenty milliseconds may not be seen.
final class ProcessWatch: Sendable {
    /// What was seen; memory is resident memory in MiB.
    struct Sum: Sendable {
        /// The most memory of processes that ran at once. Each counts with its peak, although the peaks need not have
        /// come at the same moment.
        var memory = 0.0
        /// The same, with mapped files, such as the program itself, counted once and not for each process.
        var memorySharedOnce = 0.0
        /// Seconds of processor time.
        var processor = 0.0
    }

    /// One process: its peak of memory and the files among what it has now, in MiB; seconds of processor time.
    private struct Use {
        let memory: Double
        let files: Double
        let processor: Double
    }

    private struct State: Sendable {
        /// Seconds of processor time of each process, as they were at the last look.
        var processor: [String: Double] = [:]
        var sum = Sum()
        var isOver = false
    }

    private let state = Guarded(State())

    /// Begins to look for the child of this process whose arguments hold `mark`, as no other's do. That process itself is
    /// not counted.
    init(childWith mark: String) {
        startThread { [state] in
            var root: String?
            while !state.withLock({ $0.isOver }) {
                root = root ?? Self.children(of: "self").first { Self.text("/proc/\($0)/cmdline").contains(mark) }
                let uses = Self.uses(below: root)
                state.withLock { state in
                    let memory = uses.values.reduce(0) { $0 + $1.memory }
                    let files = uses.values.map(\.files)
                    let repeated = files.reduce(0, +) - (files.max() ?? 0)
                    state.sum.memory = max(state.sum.memory, memory)
                    state.sum.memorySharedOnce = max(state.sum.memorySharedOnce, memory - repeated)
                    for (process, use) in uses { state.processor[process] = use.processor }
                }
                usleep(20_000)
            }
        }
    }

    /// Stops looking, and says what was seen.
    func end() -> Sum {
        state.withLock { state in
            state.isOver = true
            state.sum.processor = state.processor.values.reduce(0, +)
            return state.sum
        }
    }

    private static func uses(below root: String?) -> [String: Use] {
        var uses: [String: Use] = [:]
        var waiting = root.map { [$0] } ?? []
        while let process = waiting.popLast() {
            let words = text("/proc/\(process)/cmdline")
            for child in children(of: process) {
                // Between fork and exec a process shows the memory of its parent, and its words.
                guard text("/proc/\(child)/cmdline") != words else { continue }
                uses[child] = use(of: child)
                waiting.append(child)
            }
        }
        return uses
    }

    /// What a process that runs has needed until now; nil when there is none.
    private static func use(of process: String) -> Use? {
        let lines = text("/proc/\(process)/status").split(separator: "\n").map { $0.split(separator: " ") }
        func mebibytes(_ name: String) -> Double? {
            lines.first { $0.first?.hasPrefix(name) == true }.flatMap { $0.count > 1 ? Double($0[1]) : nil }
                .map { $0 / 1024 }
        }
        guard let peak = mebibytes("VmHWM:") else { return nil }
        return Use(memory: peak, files: mebibytes("RssFile:") ?? 0, processor: processorTime(of: process) ?? 0)
    }

    /// The processor time that a process has used, its own and the system's for it, in seconds; nil when there is none.
    static func processorTime(of process: String) -> Double? {
        // The name of the program stands in parentheses and may hold anything; then come numbers, in hundredths.
        guard let rest = text("/proc/\(process)/stat").split(separator: ")").last else { return nil }
        let fields = rest.split(separator: " ")
        guard fields.count > 12, let own = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (own + system) / 100
    }

    /// Resident memory now, in MiB, of the child of this process whose arguments hold `mark`, and of all below it.
    static func memory(ofChildWith mark: String) -> Double {
        var waiting = children(of: "self").filter { text("/proc/\($0)/cmdline").contains(mark) }
        var sum = 0.0
        while let process = waiting.popLast() {
            // The second number of statm is resident pages.
            let pages = text("/proc/\(process)/statm").split(separator: " ").dropFirst().first.flatMap { Double($0) }
            sum += (pages ?? 0) * 4096 / 1_048_576
            waiting += children(of: process)
        }
        return sum
    }

    /// Seconds of processor time until now of the child of this process whose arguments hold `mark`, and of all below it.
    static func processorTime(ofChildWith mark: String) -> Double {
        var waiting = children(of: "self").filter { text("/proc/\($0)/cmdline").contains(mark) }
        var sum = 0.0
        while let process = waiting.popLast() {
            sum += processorTime(of: process) ?? 0
            waiting += children(of: process)
        }
        return sum
    }

    private static func children(of process: String) -> [String] {
        let threads = (try? FileSystem.names(in: "/proc/\(process)/task")) ?? []
        return threads.flatMap {
            text("/proc/\(process)/task/\($0)/children").split(separator: " ").map(String.init)
        }
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? FileSystem.read(path, limit: 1 << 20)) ?? [], as: UTF8.self)
    }
}
