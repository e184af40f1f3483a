// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// One reading of a content that several readers follow, each at its own pace within a window.
///
/// Who comes while the beginning is still at hand joins; who comes later, or falls behind for too long, reads by
/// itself. So a slow or dead reader costs the others a pause and never their content.
actor SharedRead {
    /// Opens the content for a reading of its own.
    typealias Open = @Sendable () async throws -> ByteStream

    private let open: Open
    private let expected: Int
    private let pause: @Sendable (Duration) async throws -> Void
    private var source: ByteStream?
    private var isFetching = false
    private var chunks: [Chunk] = []
    /// How many chunks were let go.
    private var dropped = 0
    private var end: Result<Void, any Error>?
    /// The next chunk of each reader.
    private var readers: [Int: Int] = [:]
    private var arrived = 0
    private var hasStarted = false
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// How many chunks the fastest reader may be ahead of the slowest.
    private static let window = 8
    /// How long the first reader waits for the others.
    private static let gathering = Duration.milliseconds(500)
    /// How long readers wait for one that does not move.
    private static let patience = Duration.seconds(5)

    /// A reading for so many readers.
    init(
        expected: Int, pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        open: @escaping Open
    ) {
        (self.expected, self.pause, self.open) = (expected, pause, open)
    }

    /// A stream for one more reader.
    func join() async throws -> ByteStream {
        guard dropped == 0, end == nil else { return try await open() }
        arrived += 1
        let id = arrived
        readers[id] = 0
        if arrived >= expected { start() } else if arrived == 1 { startLater() }
        let follower = Follower(self, id)
        return ByteStream { try await follower.next() }
    }

    private func start() {
        hasStarted = true
        wake()
    }

    private func startLater() {
        Task { [pause] in
            try? await pause(Self.gathering)
            start()
        }
    }

    private func wake() {
        let woken = waiters
        waiters = []
        for waiter in woken { waiter.resume() }
    }

    private func wait() async { await withCheckedContinuation { waiters.append($0) } }

    /// What a reader gets next; nil when it has to read by itself from now on.
    fileprivate enum Step { case chunk(Chunk), end, alone }

    fileprivate func next(_ id: Int) async throws -> Step {
        while true {
            try Task.checkCancellation()
            guard let place = readers[id] else { return .alone }
            if place < dropped + chunks.count {
                let chunk = chunks[place - dropped]
                readers[id] = place + 1
                trim()
                return .chunk(chunk)
            }
            if let end {
                try end.get()
                return .end
            }
            if !hasStarted || isFetching {
                await wait()
            } else if chunks.count >= Self.window {
                try await waitForSlowest()
            } else {
                await fetch()
            }
        }
    }

    private func trim() {
        let slowest = readers.values.min() ?? dropped + chunks.count
        guard slowest > dropped else { return }
        chunks.removeFirst(min(slowest - dropped, chunks.count))
        dropped = slowest
        wake()
    }

    /// Fetches in a task of its own, so that the end of the reader who asked is not the end of the others.
    private func fetch() async {
        isFetching = true
        let (known, open) = (source, open)
        let task = Task { () async throws -> (ByteStream, Chunk?) in
            let source: ByteStream = if let known { known } else { try await open() }
            return (source, try await source.next())
        }
        do {
            let (opened, chunk) = try await task.value
            source = opened
            if let chunk { chunks.append(chunk) } else { end = .success(()) }
        } catch {
            end = .failure(error)
        }
        isFetching = false
        wake()
    }

    /// Waits until the slowest moves; one that does not is left behind.
    private func waitForSlowest() async throws {
        let stuck = dropped
        let alarm = Task { [pause] in
            try await pause(Self.patience)
            leaveBehind(stuck)
        }
        await wait()
        alarm.cancel()
    }

    private func leaveBehind(_ place: Int) {
        guard dropped == place, chunks.count >= Self.window else { return }
        for (id, next) in readers where next == place { readers[id] = nil }
        trim()
        wake()
    }

    /// Forgets a reader that is gone.
    fileprivate func leave(_ id: Int) {
        guard readers.removeValue(forKey: id) != nil else { return }
        trim()
        if readers.isEmpty && arrived >= expected { source = nil }
        wake()
    }

    fileprivate func openAlone() async throws -> ByteStream { try await open() }
}

/// One reader. It leaves when it is let go.
private final class Follower: Sendable {
    private let read: SharedRead
    private let id: Int
    private let state = Guarded((taken: Int64(0), own: ByteStream?.none))

    init(_ read: SharedRead, _ id: Int) { (self.read, self.id) = (read, id) }

    func next() async throws -> Chunk? {
        if let own = state.withLock({ $0.own }) { return try await own.next() }
        switch try await read.next(id) {
        case .chunk(let chunk):
            state.withLock { $0.taken += Int64(chunk.count) }
            return chunk
        case .end: return nil
        case .alone: return try await continueAlone()
        }
    }

    /// Reads the content by itself and leaves out what it has.
    private func continueAlone() async throws -> Chunk? {
        let own = try await read.openAlone()
        var left = state.withLock { $0.taken }
        while left > 0, let chunk = try await own.next() {
            if Int64(chunk.count) > left {
                let rest = chunk.dropFirst(Int(left))
                state.withLock { $0.own = own }
                return rest
            }
            left -= Int64(chunk.count)
        }
        state.withLock { $0.own = own }
        return try await own.next()
    }

    deinit { Task { [read, id] in await read.leave(id) } }
}
