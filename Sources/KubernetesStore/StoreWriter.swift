// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import Storage

/// The one who changes a store: a thread that takes what was asked since the last time, decides each request against what
/// is there, and makes all of it durable with one flush. Then it tells the feed, and then it answers.
final class StoreWriter: Sendable {
    typealias Outcome = Result<StoreChange?, any Error>
    /// A request.
    private struct Job: Sendable {
        let decide: @Sendable (SQLiteConnection) throws -> StoreChange?
        let answer: @Sendable (Outcome) -> Void
    }
    /// What the thread touches until it ends.
    private struct Thread: @unchecked Sendable {
        // Proof: made of a connection that nobody else has, and kept in one place, where it is used under a lock.
        let database: SQLiteConnection
    }
    private let own: Guarded<Thread?>
    private let problem: Guarded<Fault?>
    private let thread: BatchThread<Job>
    /// How many requests are made durable at once, at the most.
    private static let batch = 256
    private static let isOver = Fault(.unavailable, "the store is ending")

    /// Starts the thread.
    init(_ database: sending SQLiteConnection, _ feed: ChangeFeed) {
        let own = Guarded<Thread?>(Thread(database: database))
        self.own = own
        let problem = Guarded<Fault?>(nil)
        self.problem = problem
        thread = BatchThread(most: Self.batch) { jobs in
            let failure = Self.commit(jobs, own, feed)
            problem.withLock { $0 = failure }
        }
    }

    /// What kept the last changes from being made: the disk is full, the file is damaged or may not be written. Nil when they
    /// were made.
    var lastProblem: Fault? { problem.withLock { $0 } }

    /// Asks for a change; returns when it is durable and in the feed. What `decide` throws is thrown here, and nothing of
    /// it happens; it may decide that nothing changes.
    func submit(_ decide: @escaping @Sendable (SQLiteConnection) throws -> StoreChange?) async throws -> StoreChange? {
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let job = Job(decide: decide, answer: { continuation.resume(returning: $0) })
            if !thread.submit(job) { job.answer(.failure(Self.isOver)) }
        }
        return try outcome.get()
    }

    /// Does what was asked for, takes nothing more, and ends. The file is closed then: a connection that closes later would
    /// remove the log of a store that has been put in the place of this one.
    func end() async {
        await thread.end()
        own.withLock { $0 = nil }
    }

    private static func commit(_ jobs: [Job], _ own: Guarded<Thread?>, _ feed: ChangeFeed) -> Fault? {
        own.withLock { own in
            guard let database = own?.database else {
                for job in jobs { job.answer(.failure(isOver)) }
                return isOver
            }
            return commit(jobs, database, feed)
        }
    }

    /// Returns what is wrong with the database, if anything is.
    private static func commit(_ jobs: [Job], _ database: SQLiteConnection, _ feed: ChangeFeed) -> Fault? {
        var done: [(Job, Outcome)] = []
        do throws(Fault) {
            try database.transaction { () throws(Fault) in
                for job in jobs { done.append((job, try decide(job, database))) }
            }
        } catch {
            for job in jobs { job.answer(.failure(error)) }
            return error
        }
        feed.publish(done.compactMap { try? $0.1.get() })
        for (job, outcome) in done { job.answer(outcome) }
        return done.lazy.compactMap { Self.failure($0.1) }.first
    }

    /// A failure of the database itself; a change that was refused is none.
    private static func failure(_ outcome: Outcome) -> Fault? {
        guard case .failure(let error) = outcome, let fault = error as? Fault else { return nil }
        return [.diskFull, .corrupt, .forbidden].contains(fault.code) ? fault : nil
    }

    /// Decides one request; when it fails, what it did is undone and the others go on.
    private static func decide(_ job: Job, _ database: SQLiteConnection) throws(Fault) -> Outcome {
        var outcome = Outcome.success(nil)
        do throws(Fault) {
            try database.attempt { () throws(Fault) in
                do { outcome = .success(try job.decide(database)) } catch {
                    outcome = .failure(error)
                    throw Fault(wrapping: error)
                }
            }
        } catch {
            if case .success = outcome { throw error }
        }
        return outcome
    }
}
