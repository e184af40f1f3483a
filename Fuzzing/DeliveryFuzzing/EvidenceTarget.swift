// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Evidence

/// Verifies logs of the fuzzer, and goes on writing those that are whole or were cut.
///
/// What has to hold, beyond not crashing: a log that a run could append to verifies when the run has ended.
public enum EvidenceTarget {
    private static let folder = try? TemporaryFolder(prefix: "fuzz-evidence")

    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 16_384, let folder else { return }
        let path = "\(folder.path)/log"
        do {
            try? FileSystem.remove(path)
            let file = try FileHandle(creating: path)
            try file.write(bytes[...])
            _ = try? EvidenceVerifier(path).verify()
            let log = try EvidenceLog(
                appendingTo: path, run: EvidenceRun(program: "fuzz", command: "fuzz"))
            try log.record(.operationFinished("fuzz"))
            let last = try log.close()
            guard (try? EvidenceVerifier(path).verify())?.lastHash == last else {
                preconditionFailure("a log that was written to does not verify")
            }
        } catch {
            precondition(!"\(error)".isEmpty)
        }
    }
}
