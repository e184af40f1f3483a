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
    /// What the thread alone touches.
    private struct Thread: @unchecked Sendable {
        // Proof: handed to the thread when it starts, and not kept by anybody else.
        let database: SQLiteConnection
    }
    private let thread: BatchThread<Job>
    /// How many requests are made durable at once, at the most.
    private static let batch = 256
    private static let isOver = Fault(.unavailable, "the store is ending")

    /// Starts the thread.
    init(_ database: sending SQLiteConnection, _ feed: ChangeFeed) {
        let own = Thread(database: database)
        thread = BatchThread(most: Self.batch) { Self.commit($0, own.database, feed) }
    }

    /// Asks for a change; returns when it is durable and in the feed. What `decide` throws is thrown here, and nothing of
    /// it happens; it may decide that nothing changes.
    func submit(_ decide: @escaping @Sendable (SQLiteConnection) throws -> StoreChange?) async throws -> StoreChange? {
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let job = Job(decide: decide, answer: { continuation.resume(returning: $0) })
            if !thread.submit(job) { job.answer(.failure(Self.isOver)) }
        }
        return try outcome.get()
    }

    /// Does what was asked for, takes nothing more, and ends.
    func end() async { await thread.end() }

    private static func commit(_ jobs: [Job], _ database: SQLiteConnection, _ feed: ChangeFeed) {
        var done: [(Job, Outcome)] = []
        do throws(Fault) {
            try database.transaction { () throws(Fault) in
                for job in jobs { done.append((job, try decide(job, database))) }
            }
        } catch {
            for job in jobs { job.answer(.failure(error)) }
            return
        }
        feed.publish(done.compactMap { try? $0.1.get() })
        for (job, outcome) in done { job.answer(outcome) }
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
