// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// One piece of input on its way from a task to the thread that writes it, and what that thread has to know at once.
final class ConversationFeed: Sendable {
    private struct State {
        var chunk: Chunk?
        var isClosed = false
        var hasEnded = false
        var failure: (any Error)?
        var isCancelled = false
        var giver: CheckedContinuation<Bool, Never>?
    }
    /// What the thread finds.
    enum Next {
        case chunk(Chunk)
        case nothingYet
        case end
        case failed(any Error)
    }
    private let state = Guarded(State())
    private let signal: Signal

    private final class Signal: Sendable {
        let pipe: Pipe
        init() throws(Fault) { pipe = try Pipe() }
    }

    init() throws(Fault) {
        signal = try ChildSpawn.one.withLock { _ throws(Fault) in try Signal() }
        for descriptor in [signal.pipe.reading.descriptor, signal.pipe.writing.descriptor] {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
    }

    /// Can be read when there is something new.
    var descriptor: Int32 { signal.pipe.reading.descriptor }

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Hands over a piece and waits until it is written; false when nobody wants more.
    func put(_ chunk: Chunk) async -> Bool {
        await withCheckedContinuation { continuation in
            let isClosed = state.withLock { state in
                guard !state.isClosed else { return true }
                (state.chunk, state.giver) = (chunk, continuation)
                return false
            }
            if isClosed { continuation.resume(returning: false) } else { wake() }
        }
    }

    /// There is no more input, or there cannot be.
    func finish(_ failure: (any Error)?) {
        state.withLock { ($0.hasEnded, $0.failure) = (true, failure) }
        wake()
    }

    func cancel() {
        state.withLock { $0.isCancelled = true }
        wake()
    }

    /// What there is to write; a piece is asked for again until it is `written`.
    func next() -> Next {
        state.withLock { state in
            if let failure = state.failure { return .failed(failure) }
            if let chunk = state.chunk { return .chunk(chunk) }
            return state.hasEnded ? .end : .nothingYet
        }
    }

    /// So many bytes of the piece are through.
    func written(_ count: Int) {
        state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.chunk = state.chunk?.dropFirst(count)
            guard state.chunk?.isEmpty == true else { return nil }
            state.chunk = nil
            return state.giver.take()
        }?.resume(returning: true)
    }

    /// Nobody wants more.
    func close() {
        state.withLock { state -> CheckedContinuation<Bool, Never>? in
            (state.isClosed, state.chunk) = (true, nil)
            return state.giver.take()
        }?.resume(returning: false)
    }

    /// Takes the signals that have come.
    func drain() {
        var bytes: [UInt8] = Array(repeating: 0, count: 64)
        while unsafe read(signal.pipe.reading.descriptor, &bytes, bytes.count) == bytes.count {}
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe says the same.
        _ = unsafe write(signal.pipe.writing.descriptor, &byte, 1)
    }
}
