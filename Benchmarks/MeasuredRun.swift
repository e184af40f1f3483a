// SPDX-License-Identifier: Apache-2.0

import Basics

/// What one run of a program needed.
struct MeasuredRun {
    /// Seconds from its start to its end.
    let wall: Double
    /// The most memory it held at once (its resident set), in MiB.
    let peakMemory: Double

    /// Runs a program to its end; throws with what it said when it fails.
    ///
    /// GNU time stands between: it forks, so that the kernel counts the memory of the program alone. A program started
    /// without a fork begins with the peak of whoever started it.
    static func of(_ arguments: [String], variables: [String: String] = [:]) async throws -> MeasuredRun {
        let notes = try TemporaryFolder()
        let file = FileSystem.join(notes.path, "memory")
        let environment = Environment(Environment.process.variables.merging(variables) { _, new in new })
        let start = ContinuousClock.now
        let result = try await ChildProcess.run(
            ["/usr/bin/time", "-q", "-f", "%M", "-o", file] + arguments, environment: environment,
            deadline: .seconds(1800), outputLimit: 64 << 20)
        let wall = ContinuousClock.now - start
        guard result.status == 0 else {
            let said = String(decoding: result.stderr.suffix(2000), as: UTF8.self)
            throw Fault(.internal, "\(arguments.joined(separator: " ")) ended with \(result.status): \(said)")
        }
        let kibibytes = Double(String(decoding: try FileSystem.read(file, limit: 4096), as: UTF8.self).trimmed) ?? .nan
        return MeasuredRun(wall: wall / .seconds(1), peakMemory: kibibytes / 1024)
    }
}
