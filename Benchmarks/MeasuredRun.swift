// SPDX-License-Identifier: Apache-2.0

import Basics

/// What one run of a program needed.
struct MeasuredRun {
    /// Seconds from its start to its end.
    let wall: Double
    /// The most memory (resident sets) that the program and what it started had, in MiB: the sum of the peaks of those
    /// processes that ran at once.
    let peakMemory: Double
    /// The same, with mapped files, such as the program itself, counted once and not for each process.
    let peakMemorySharedOnce: Double
    /// Seconds of processor time that these used, the system's for them included.
    let processor: Double

    /// Runs a program to its end; throws with what it said when it fails.
    ///
    /// GNU time stands between: it forks, so that the kernel counts the memory of the program alone. A program started
    /// without a fork begins with the peak of whoever started it. What the program starts in turn is watched.
    static func of(_ arguments: [String], variables: [String: String] = [:]) async throws -> MeasuredRun {
        let notes = try TemporaryFolder()
        let file = FileSystem.join(notes.path, "memory")
        let environment = Environment(Environment.process.variables.merging(variables) { _, new in new })
        let watch = ProcessWatch(childWith: file)
        defer { _ = watch.end() }
        let start = ContinuousClock.now
        let result = try await ChildProcess.run(
            ["/usr/bin/time", "-q", "-f", "%M %U %S", "-o", file] + arguments, environment: environment,
            deadline: .seconds(1800), outputLimit: 64 << 20)
        let wall = ContinuousClock.now - start
        guard result.status == 0 else {
            let said = String(decoding: result.stderr.suffix(2000), as: UTF8.self)
            throw Fault(.internal, "\(arguments.joined(separator: " ")) ended with \(result.status): \(said)")
        }
        let numbers = String(decoding: try FileSystem.read(file, limit: 4096), as: UTF8.self).trimmed
            .split(separator: " ").map { Double($0) ?? .nan }
        guard numbers.count == 3 else { throw Fault(.internal, "GNU time wrote \(numbers.count) numbers and not 3") }
        // The kernel's figures are exact for the program itself and miss others; the watch sees all and may miss the end.
        let watched = watch.end()
        return MeasuredRun(
            wall: wall / .seconds(1), peakMemory: max(numbers[0] / 1024, watched.memory),
            peakMemorySharedOnce: max(numbers[0] / 1024, watched.memorySharedOnce),
            processor: max(numbers[1] + numbers[2], watched.processor))
    }
}
