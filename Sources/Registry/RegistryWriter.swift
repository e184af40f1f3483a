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
    /// Something to do between two transactions.
    private struct Errand: Sendable {
        let run: @Sendable (SQLiteConnection, RecordKeeper) -> Void
        let fail: @Sendable (Fault) -> Void
    }
    private struct State {
        var jobs: [Job] = []
        var errands: [Errand] = []
        var isEnding = false
        var ended: CheckedContinuation<Void, Never>?
        var failure: Fault?
    }
    /// What the thread alone touches.
    private struct Thread: @unchecked Sendable {
        // Proof: handed to the thread when it starts, and not kept by anybody else.
        let database: SQLiteConnection
        let keeper: RecordKeeper
    }
    private let state = Guarded(State())
    private let work = Semaphore()
    private let blobs: BlobFolder
    private let clock: @Sendable () -> Int64
    /// Told of changes that are committed, before they are acknowledged.
    private let committed: @Sendable ([RegistryChange]) -> Void
    /// Told of how long the records and the state that they began with are, after each batch.
    private let grown: @Sendable (_ length: Int64, _ base: Int64) -> Void
    /// How many requests are made durable at once, at the most.
    private static let batch = 256

    /// Starts the thread.
    init(
        _ database: sending SQLiteConnection, _ keeper: sending RecordKeeper, _ blobs: BlobFolder,
        clock: @escaping @Sendable () -> Int64, committed: @escaping @Sendable ([RegistryChange]) -> Void,
        grown: @escaping @Sendable (_ length: Int64, _ base: Int64) -> Void
    ) {
        (self.blobs, self.clock, self.committed, self.grown) = (blobs, clock, committed, grown)
        let thread = Thread(database: database, keeper: keeper)
        startThread { [self] in run(thread.database, thread.keeper) }
    }

    /// Runs `body` on the writer's thread between two transactions: it sees what is committed, nothing is being decided,
    /// and whatever it does to files happens before the next decision.
    func alone<Result: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection, RecordKeeper) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let outcome: Swift.Result<Result, Fault> = await withCheckedContinuation { continuation in
            let errand = Errand(
                run: { database, keeper in
                    do throws(Fault) {
                        continuation.resume(returning: .success(try body(database, keeper)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                }, fail: { continuation.resume(returning: .failure($0)) })
            let isTaken = state.withLock { state in
                if !state.isEnding { state.errands.append(errand) }
                return !state.isEnding
            }
            if isTaken { work.signal() } else { errand.fail(Self.isOver) }
        }
        return try outcome.get()
    }

    /// Why nothing can be changed any more, if so.
    var failure: Fault? { state.withLock { $0.failure } }
    /// How many requests wait, for tests.
    var waiting: Int { state.withLock { $0.jobs.count + $0.errands.count } }

    private static let isOver = Fault(.unavailable, "the registry is ending")

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
            if isTaken { work.signal() } else { job.fail(Self.isOver) }
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

    private func run(_ database: SQLiteConnection, _ keeper: RecordKeeper) {
        while true {
            work.wait()
            let (jobs, errand, isOver) = state.withLock { state in
                let errand = state.errands.isEmpty ? nil : state.errands.removeFirst()
                let jobs = Array(state.jobs.prefix(Self.batch))
                state.jobs.removeFirst(jobs.count)
                return (jobs, errand, state.isEnding && state.jobs.isEmpty && jobs.isEmpty && errand == nil)
            }
            if isOver { break }
            // A log that takes no more is replaced: what the index has is all that was acknowledged.
            if keeper.log.failure != nil { renew(database, keeper) }
            if !jobs.isEmpty { commit(jobs, database, keeper) }
            errand?.run(database, keeper)
            if state.withLock({ $0.isEnding && $0.jobs.isEmpty && $0.errands.isEmpty }) { work.signal() }
        }
        state.withLock { $0.ended.take() }?.resume()
    }

    private func renew(_ database: SQLiteConnection, _ keeper: RecordKeeper) {
        let path = keeper.draftPath
        do throws(Fault) {
            try FileSystem.removeFile(path)
            var draft = try RecordLogWriter(creating: path)
            let position = try RegistrySnapshot.write(database, to: &draft, segment: keeper.segment + 1)
            try keeper.adopt(draft, position, database) { _ in }
        } catch {
            try? FileSystem.removeFile(path)
        }
    }

    private func commit(_ jobs: [Job], _ database: SQLiteConnection, _ keeper: RecordKeeper) {
        var answers: [@Sendable () -> Void] = []
        var taken: [Job] = []
        var changes: [RegistryChange] = []
        let start = keeper.log.length
        do throws(Fault) {
            try database.transaction { () throws(Fault) in
                var (lines, folders, time): ([[UInt8]], Set<String>, Int64) = ([], [], 0)
                for job in jobs {
                    let draft = RegistryDraft(database, blobs, time: clock(), by: job.by)
                    let answer: @Sendable () -> Void
                    var line: [UInt8] = []
                    do throws(Fault) {
                        answer = try database.attempt { () throws(Fault) in
                            let answer = try job.decide(draft)
                            guard !draft.changes.isEmpty else { return answer }
                            line = RegistryRecord(time: draft.time, by: job.by, changes: draft.changes).line
                            guard line.count <= RecordLog.entryLimit else {
                                throw Fault(
                                    .limitExceeded, "too much would change at once", fix: "do it in smaller steps")
                            }
                            return answer
                        }
                    } catch {
                        job.fail(error)
                        continue
                    }
                    answers.append(answer)
                    taken.append(job)
                    guard !line.isEmpty else { continue }
                    changes += draft.changes
                    folders.formUnion(draft.folders)
                    lines.append(line)
                    time = draft.time
                }
                for folder in folders { try FileSystem.synchronize(folder: folder) }
                guard !lines.isEmpty else { return }
                let place = try keeper.log.append(lines)
                try RegistryIndex.setPosition(
                    database,
                    RegistryIndex.Position(segment: keeper.segment, place: place, base: keeper.base, time: time))
            }
        } catch {
            // What the index does not have must not be in the records either, or it would appear at the next start.
            keeper.log.retract(to: start)
            let failure = keeper.log.failure
            state.withLock { $0.failure = failure }
            for job in taken { job.fail(error) }
            return
        }
        committed(changes)
        for answer in answers { answer() }
        if !changes.isEmpty { grown(keeper.log.length, keeper.base) }
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

    /// Takes a content for sound again, whose file is.
    func restore(_ digest: Digest) throws(Fault) {
        try RegistryIndex.apply(.restore(digest), time: time, by: by, database) { digest, mediaType throws(Fault) in
            try RegistryState.details(of: digest, mediaType, blobs)
        }
        changes.append(.restore(digest))
    }

    /// Gives a file that is durable its name as a content.
    func adopt(_ file: String, as digest: Digest) throws(Fault) {
        try blobs.adopt(file, as: digest)
        folders.insert(blobs.folder(of: digest))
    }
}
