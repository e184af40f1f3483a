// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Reads events in a task of their own, so that waiting for one can be interrupted by a heartbeat without losing it.
/// Nobody reads any more when the feed is gone.
final class EventFeed: Sendable {
    private let heartbeat: Duration
    private let mailbox = EventMailbox()
    private let produce: @Sendable (EventMailbox) async throws -> Void
    private let producer = Guarded<Task<Void, Never>?>(nil)

    init(heartbeat: Duration, _ produce: @escaping @Sendable (EventMailbox) async throws -> Void) {
        (self.heartbeat, self.produce) = (heartbeat, produce)
    }

    deinit { producer.withLock { $0 }?.cancel() }

    /// The next event, or a comment when there is none for too long; nil at the end.
    func next() async throws -> Chunk? {
        producer.withLock { [mailbox, produce] producer in
            guard producer == nil else { return }
            producer = Task {
                do {
                    try await produce(mailbox)
                    mailbox.end(nil)
                } catch { mailbox.end(error) }
            }
        }
        let timer = Task { [mailbox, heartbeat] in
            do { try await Task.sleep(for: heartbeat) } catch { return }
            mailbox.beat()
        }
        defer { timer.cancel() }
        return try await mailbox.take()
    }
}

/// Hands one piece after the other from a task to another; whoever is early waits.
final class EventMailbox: Sendable {
    private struct State {
        var piece: [UInt8]?
        var isDue = false
        var hasEnded = false
        var failure: (any Error)?
        /// Who waits, the reader or the writer.
        var waiters: [Side: CheckedContinuation<Void, Never>] = [:]
    }
    private enum Side { case reader, writer }
    private let state = Guarded(State())

    /// Puts a piece as soon as the one before is taken; throws when the task is cancelled.
    func put(_ piece: [UInt8]) async throws {
        while true {
            try Task.checkCancellation()
            let (isDone, reader) = state.withLock { state in
                guard state.piece == nil else { return (false, CheckedContinuation<Void, Never>?.none) }
                state.piece = piece
                return (true, state.waiters.removeValue(forKey: .reader))
            }
            reader?.resume()
            if isDone { return }
            await wait(.writer) { $0.piece == nil }
        }
    }

    /// Nothing more will come.
    func end(_ failure: (any Error)?) {
        let reader = state.withLock { state in
            (state.hasEnded, state.failure) = (true, failure)
            return state.waiters.removeValue(forKey: .reader)
        }
        reader?.resume()
    }

    /// Time for a sign of life.
    func beat() {
        let reader = state.withLock { state in
            state.isDue = true
            return state.waiters.removeValue(forKey: .reader)
        }
        reader?.resume()
    }

    /// The next piece, an empty comment when one is due, or nil at the end.
    func take() async throws -> Chunk? {
        enum Found: Sendable {
            case piece([UInt8])
            case comment, end, nothing
        }
        while true {
            try Task.checkCancellation()
            let (found, writer) = try state.withLock { state throws -> (Found, CheckedContinuation<Void, Never>?) in
                if let piece = state.piece.take() {
                    state.isDue = false
                    return (.piece(piece), state.waiters.removeValue(forKey: .writer))
                }
                if let failure = state.failure { throw failure }
                if state.hasEnded { return (.end, nil) }
                defer { state.isDue = false }
                return (state.isDue ? .comment : .nothing, nil)
            }
            writer?.resume()
            switch found {
            case .piece(let bytes): return bytes[...]
            case .comment: return Array(":\n\n".utf8)[...]
            case .end: return nil
            case .nothing: await wait(.reader) { $0.piece != nil || $0.hasEnded || $0.isDue }
            }
        }
    }

    /// Waits until something has happened, unless it has already, or the task is cancelled.
    private func wait(_ side: Side, unless hasHappened: (State) -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if hasHappened(state) || Task.isCancelled { return true }
                    state.waiters[side] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: side) }?.resume()
        }
    }
}
