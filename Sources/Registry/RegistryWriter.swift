// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// The one who changes a registry: a thread that takes what was asked since the last time, decides each request against
/// what is there, and makes all of it durable at once.
///
/// The order is what makes an acknowledgement a promise: contents under their names, their folders flushed, the records
/// flushed, the index committed, what is cached forgotten, and then the answers.
final class RegistryWriter: Sendable {
    /// A request to change something.
    private struct Job: Sendable {
        let by: String
        /// Decides, and returns what to do once the changes are durable.
        let decide: @Sendable (RegistryDraft) throws(Fault) -> @Sendable () -> Void
        let fail: @Sendable (Fault) -> Void
    }
    private struct State {
        var jobs: [Job] = []
        var isEnding = false
        var ended: CheckedContinuation<Void, Never>?
    }
    /// What the thread alone touches.
    private struct Thread: @unchecked Sendable {
        // Proof: handed to the thread when it starts, and not kept by anybody else.
        let database: SQLiteConnection
    }
    private let state = Guarded(State())
    private let work = Semaphore()
    private let blobs: BlobFolder
    private let log: RecordLog
    private let segment: Int64
    private let clock: @Sendable () -> Int64
    /// Told of changes that are committed, before they are acknowledged.
    private let committed: @Sendable ([RegistryChange]) -> Void
    /// How many requests are made durable at once, at the most.
    private static let batch = 256

    /// Starts the thread.
    init(
        _ database: sending SQLiteConnection, _ blobs: BlobFolder, _ log: RecordLog, segment: Int64,
        clock: @escaping @Sendable () -> Int64, committed: @escaping @Sendable ([RegistryChange]) -> Void
    ) {
        (self.blobs, self.log, self.segment) = (blobs, log, segment)
        (self.clock, self.committed) = (clock, committed)
        let thread = Thread(database: database)
        startThread { [self] in run(thread.database) }
    }

    /// Why nothing can be changed any more, if so.
    var failure: Fault? { log.failure }

    /// Asks for changes; returns when they are durable and visible.
    ///
    /// `decide` runs on the writer's thread and sees all that was asked before. What it throws is thrown here, and nothing
    /// of it happens.
    func submit<Result: Sendable>(
        by: String, _ decide: @escaping @Sendable (RegistryDraft) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let outcome: Swift.Result<Result, Fault> = await withCheckedContinuation { continuation in
            let job = Job(
                by: by,
                decide: { draft throws(Fault) in
                    let result = try decide(draft)
                    return { continuation.resume(returning: .success(result)) }
                },
                fail: { continuation.resume(returning: .failure($0)) })
            let isTaken = state.withLock { state in
                if !state.isEnding { state.jobs.append(job) }
                return !state.isEnding
            }
            if isTaken { work.signal() } else { job.fail(Fault(.unavailable, "the registry is ending")) }
        }
        return try outcome.get()
    }

    /// Does what was asked for, takes nothing more, and ends.
    func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.isEnding { return true }
                state.isEnding = true
                state.ended = continuation
                return false
            }
            if hasEnded { continuation.resume() } else { work.signal() }
        }
    }

    private func run(_ database: SQLiteConnection) {
        while true {
            work.wait()
            let (jobs, isOver) = state.withLock { state in
                let jobs = Array(state.jobs.prefix(Self.batch))
                state.jobs.removeFirst(jobs.count)
                return (jobs, state.isEnding && state.jobs.isEmpty && jobs.isEmpty)
            }
            if isOver { break }
            if !jobs.isEmpty { commit(jobs, database) }
            if state.withLock({ $0.isEnding && $0.jobs.isEmpty }) { work.signal() }
        }
        state.withLock { $0.ended.take() }?.resume()
    }

    private func commit(_ jobs: [Job], _ database: SQLiteConnection) {
        var answers: [@Sendable () -> Void] = []
        var taken: [Job] = []
        var changes: [RegistryChange] = []
        let start = log.length
        do throws(Fault) {
            try database.transaction { () throws(Fault) in
                var (lines, folders): ([[UInt8]], Set<String>) = ([], [])
                for job in jobs {
                    let draft = RegistryDraft(database, blobs, time: clock(), by: job.by)
                    do throws(Fault) {
                        answers.append(try database.attempt { () throws(Fault) in try job.decide(draft) })
                    } catch {
                        job.fail(error)
                        continue
                    }
                    taken.append(job)
                    guard !draft.changes.isEmpty else { continue }
                    changes += draft.changes
                    folders.formUnion(draft.folders)
                    lines.append(RegistryRecord(time: draft.time, by: job.by, changes: draft.changes).line)
                }
                for folder in folders { try FileSystem.synchronize(folder: folder) }
                guard !lines.isEmpty else { return }
                let place = try log.append(lines)
                try RegistryIndex.setPosition(database, segment: segment, place: place)
            }
        } catch {
            // What the index does not have must not be in the records either, or it would appear at the next start.
            log.retract(to: start)
            for job in taken { job.fail(error) }
            return
        }
        committed(changes)
        for answer in answers { answer() }
    }
}

/// What one request changes, as far as it has been decided.
final class RegistryDraft {
    let database: SQLiteConnection
    let blobs: BlobFolder
    let time: Int64
    let by: String
    private(set) var changes: [RegistryChange] = []
    /// Folders in which names have changed.
    private(set) var folders: Set<String> = []

    init(_ database: SQLiteConnection, _ blobs: BlobFolder, time: Int64, by: String) {
        (self.database, self.blobs, self.time, self.by) = (database, blobs, time, by)
    }

    /// Adds a change, visible to whoever decides later.
    func apply(_ change: RegistryChange, details: ManifestDetails? = nil) throws(Fault) {
        try RegistryIndex.apply(change, time: time, by: by, database) { digest, _ throws(Fault) in
            guard let details else { throw Fault(.internal, "the details of \(digest) are not at hand") }
            return details
        }
        changes.append(change)
    }

    /// Gives a file that is durable its name as a content.
    func adopt(_ file: String, as digest: Digest) throws(Fault) {
        try blobs.adopt(file, as: digest)
        folders.insert(blobs.folder(of: digest))
    }
}
