// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Storage

/// The one who changes a registry: a thread that takes what was asked since the last time, decides each request against
/// what is there, and makes all of it durable at once.
///
/// The order is what makes an acknowledgement a promise: contents under their names, their folders flushed, the records
/// flushed, the index committed, what is cached forgotten, and then the answers.
final class RegistryWriter: Sendable {
    /// A request to change something.
    struct Change: Sendable {
        let by: String
        /// Decides, and returns what to do once the changes are durable.
        let decide: @Sendable (RegistryDraft) throws(Fault) -> @Sendable () -> Void
        let fail: @Sendable (Fault) -> Void
    }
    /// What the thread is asked for.
    enum Job: Sendable {
        case change(Change)
        /// Something to do between two transactions.
        case errand(@Sendable (SQLiteConnection, RecordKeeper) -> Void)
    }
    private let thread: BatchThread<Job>
    private let broken = Guarded<Fault?>(nil)
    /// How many requests are made durable at once, at the most.
    private static let batch = 256
    private static let isOver = Fault(.unavailable, "the registry is ending")

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - committed: told of changes that are committed, before they are acknowledged.
    ///   - grown: told of how long the records and the state that they began with are, after each batch.
    init(
        _ database: sending SQLiteConnection, _ keeper: sending RecordKeeper, _ blobs: BlobFolder,
        clock: @escaping @Sendable () -> Int64, committed: @escaping @Sendable ([RegistryChange]) -> Void,
        grown: @escaping @Sendable (_ length: Int64, _ base: Int64) -> Void
    ) {
        let committer = RegistryCommitter(
            database: database, keeper: keeper, blobs: blobs, clock: clock, committed: committed, grown: grown,
            broken: broken)
        thread = BatchThread(most: Self.batch) { committer.run($0) }
    }

    /// Why nothing can be changed any more, if so.
    var failure: Fault? { broken.withLock { $0 } }
    /// How many requests wait, for tests.
    var waiting: Int { thread.waiting }

    /// Runs `body` on the writer's thread between two transactions: it sees what is committed, nothing is being decided,
    /// and whatever it does to files happens before the next decision.
    func alone<Result: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection, RecordKeeper) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let outcome: Swift.Result<Result, Fault> = await withCheckedContinuation { continuation in
            let isTaken = thread.submit(
                .errand { database, keeper in
                    do throws(Fault) {
                        continuation.resume(returning: .success(try body(database, keeper)))
                    } catch {
                        continuation.resume(returning: .failure(error))
                    }
                })
            if !isTaken { continuation.resume(returning: .failure(Self.isOver)) }
        }
        return try outcome.get()
    }

    /// Asks for changes; returns when they are durable and visible.
    ///
    /// `decide` runs on the writer's thread and sees all that was asked before. What it throws is thrown here, and nothing
    /// of it happens.
    func submit<Result: Sendable>(
        by: String, _ decide: @escaping @Sendable (RegistryDraft) throws(Fault) -> Result
    ) async throws(Fault) -> Result {
        let outcome: Swift.Result<Result, Fault> = await withCheckedContinuation { continuation in
            let change = Change(
                by: by,
                decide: { draft throws(Fault) in
                    let result = try decide(draft)
                    return { continuation.resume(returning: .success(result)) }
                },
                fail: { continuation.resume(returning: .failure($0)) })
            if !thread.submit(.change(change)) { change.fail(Self.isOver) }
        }
        return try outcome.get()
    }

    /// Does what was asked for, takes nothing more, and ends.
    func end() async { await thread.end() }
}
