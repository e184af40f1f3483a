// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import KubernetesAccess
internal import Storage
internal import Synchronization
internal import Telemetry

/// Where records of requests go.
///
/// Records of changes are in the file before their clients have the answer. While the file cannot be written, changes are
/// to be refused, and records of what is only read are lost and counted; each further record is an attempt anew.
final class AuditLog: Sendable {
    private struct Job: Sendable {
        let line: [UInt8]
        let answer: CheckedContinuation<Void, Never>?
    }
    /// What the thread and those who ask share.
    private final class State: Sendable {
        let file: AuditFile
        let log: Log
        let isBroken = Atomic(false)
        let lost = Atomic(0)
        let waiting = Atomic(0)

        init(_ file: AuditFile, _ log: Log) { (self.file, self.log) = (file, log) }

        func write(_ jobs: [Job]) {
            var bytes: [UInt8] = []
            for job in jobs { bytes += job.line }
            do throws(Fault) {
                try file.write(bytes)
                if isBroken.exchange(false, ordering: .relaxed) {
                    log.warn("audit records are written again", ["lost": .integer(lost.load(ordering: .relaxed))])
                }
            } catch {
                lost.add(jobs.count, ordering: .relaxed)
                if !isBroken.exchange(true, ordering: .relaxed) {
                    log.error("audit records cannot be written; changes are refused", error)
                }
            }
            waiting.subtract(bytes.count, ordering: .relaxed)
            for job in jobs { job.answer?.resume() }
        }
    }
    private let state: State
    private let thread: BatchThread<Job>
    /// How many bytes may wait before records of what is only read are lost.
    private static let waitingBytes = 4 << 20

    init(_ settings: AuditSettings, _ log: Log) throws(Fault) {
        let state = State(
            try AuditFile(settings.path, fileBytes: settings.fileBytes, files: settings.files), log)
        self.state = state
        thread = BatchThread(most: 256) { state.write($0) }
    }

    /// Whether the last attempt to write failed.
    var isBroken: Bool { state.isBroken.load(ordering: .relaxed) }
    /// How many records were lost since the start.
    var lost: Int { state.lost.load(ordering: .relaxed) }

    /// Writes a record some time.
    func add(_ record: AuditRecord) {
        let line = record.line
        guard state.waiting.load(ordering: .relaxed) < Self.waitingBytes else {
            state.lost.add(1, ordering: .relaxed)
            return
        }
        submit(Job(line: line, answer: nil))
    }

    /// Writes a record; returns when it is in the file, or cannot be.
    func write(_ record: AuditRecord) async {
        let line = record.line
        await withCheckedContinuation { submit(Job(line: line, answer: $0)) }
    }

    private func submit(_ job: Job) {
        state.waiting.add(job.line.count, ordering: .relaxed)
        guard !thread.submit(job) else { return }
        state.waiting.subtract(job.line.count, ordering: .relaxed)
        state.lost.add(1, ordering: .relaxed)
        job.answer?.resume()
    }

    /// Writes what waits, and ends.
    func end() async { await thread.end() }
}
