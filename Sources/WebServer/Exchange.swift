// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// One request on its way through a handler, and the meeting point of two worlds: callbacks on libmicrohttpd's threads,
/// which must not block, and the handler's task. Whoever is not ready waits: the connection suspended, the task awaiting.
final class Exchange: Sendable {
    enum Stage {
        /// The head is being received.
        case head
        /// The head is there; the body is not asked for yet.
        case deciding
        /// The body is being received.
        case body
        /// All is received; the answer is awaited or being sent.
        case received
        /// The connection is not ours any more.
        case over
    }

    struct State {
        var stage = Stage.head
        var isParked = false
        var isAbandoned = false
        var task: Task<Void, Never>?
        /// Whether the answer is a stream that is sent.
        var isFeeding = false

        var wantsBody = false
        var upload: [UInt8] = []
        var received: Int64 = 0
        var dropped: Int64 = 0
        var uploadFault: (any Error)?
        var reader: CheckedContinuation<Void, Never>?

        var response: ServerResponse?
        var download: Chunk = []
        var hasEnded = false
        var hasFailed = false
        var sent: Int64 = 0
        var writer: CheckedContinuation<Void, Never>?

        /// Where the current window of the watch for slow clients began, and how much had come by then.
        var window: (start: ContinuousClock.Instant, received: Int64, wasParked: Bool)?
    }

    let core: ServerCore
    /// Its socket and its handle are good as long as the stage is not `over`.
    let connection: ServerConnection
    let framing: RequestHead.Framing
    /// Whether the client waits to be asked for the body.
    let isOffer: Bool
    let state = Guarded(State())

    init(_ connection: ServerConnection, _ head: RequestHead) {
        (core, self.connection) = (connection.loop.core, connection)
        (framing, isOffer) = (head.framing, head.isOffer)
    }

    /// Whether the answer is a stream that is sent.
    var isFeeding: Bool { state.withLock { $0.isFeeding } }

    /// Suspends the connection until the task has moved on. Called under the lock, so that the task cannot resume it
    /// first, and by the connection's event loop.
    func park(_ state: inout State) {
        connection.handle.suspend()
        state.isParked = true
        state.window?.wasParked = true
    }

    /// Lets a suspended connection go on. Called under the lock: who clears the flag is the one who resumes.
    func unpark(_ state: inout State) {
        guard state.isParked else { return }
        state.isParked = false
        connection.loop.resume(connection.handle)
    }

    /// Starts the handler.
    func start(_ request: ServerRequest) {
        state.withLock { state in
            state.stage = framing == .none ? .received : .deciding
            if framing != .none { park(&state) }
            state.task = Task { await run(request) }
        }
    }

    /// Starts to send a stream that a handler has answered with at once.
    func start(_ response: ServerResponse, _ stream: ByteStream, _ request: ServerRequest) {
        state.withLock { state in
            (state.stage, state.response, state.isFeeding) = (.received, response, true)
            state.task = Task { await feed(stream, request) }
        }
    }

    /// Gives the request up: the client left, was too slow, or the server ends. The handler's task is cancelled.
    func abandon(_ reason: String) {
        let (task, waiters) = state.withLock { state in
            guard state.stage != .over, !state.isAbandoned else { return (Task<Void, Never>?.none, Waiters()) }
            state.isAbandoned = true
            state.uploadFault = state.uploadFault ?? Fault(.cancelled, reason)
            unpark(&state)
            return (state.task, Waiters(taking: &state))
        }
        task?.cancel()
        waiters.resume()
    }

    /// Gives up a request whose connection is not suspended, so that nobody but the socket can wake it. Called by the
    /// connection's event loop.
    func cut() {
        if refuse() { return connection.cut() }
        abandon("the client was too slow")
        if state.withLock({ $0.stage != .over }) { connection.reset() }
    }

    /// Sends the answer to a client that has come to a standstill in a body that was refused; false when there is none to
    /// send. Called by the connection's event loop.
    func refuse() -> Bool {
        let refusal = state.withLock { state -> ServerResponse? in
            guard !state.isAbandoned, state.stage == .body, let response = state.response, case .bytes = response.body
            else { return nil }
            (state.stage, state.window) = (.received, nil)
            return response
        }
        return refusal.map { connection.refuseBody($0) } ?? false
    }

    /// libmicrohttpd is done with the request: whether nothing was missing on this side, and how many bytes went which
    /// way.
    func end() -> (isWhole: Bool, received: Int64, sent: Int64) {
        let (task, waiters, end) = state.withLock { state in
            state.stage = .over
            state.isParked = false
            core.buffered(-(state.upload.count + state.download.count))
            (state.upload, state.download) = ([], [])
            // It may hold the body of this request, and so this.
            state.response = nil
            state.uploadFault = state.uploadFault ?? Fault(.cancelled, "the client left before it had sent everything")
            let end = (!state.isAbandoned && !state.hasFailed, state.received + state.dropped, state.sent)
            return (state.task.take(), Waiters(taking: &state), end)
        }
        task?.cancel()
        waiters.resume()
        return end
    }

    /// Continuations to resume outside of the lock.
    struct Waiters: Sendable {
        var reader: CheckedContinuation<Void, Never>?
        var writer: CheckedContinuation<Void, Never>?
        init() {}
        init(taking state: inout State) { (reader, writer) = (state.reader.take(), state.writer.take()) }
        func resume() {
            reader?.resume()
            writer?.resume()
        }
    }
}
