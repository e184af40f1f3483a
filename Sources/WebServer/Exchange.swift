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

        var framing = RequestHead.Framing.none
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
        var writer: CheckedContinuation<Void, Never>?

        /// Where the current window of the watch for slow clients began, and how much had come by then.
        var window: (start: ContinuousClock.Instant, received: Int64, wasParked: Bool)?
    }

    let core: ServerCore
    let connection: ConnectionHandle
    /// Good as long as the stage is not `over`.
    let socket: Int32
    let target: String
    let state = Guarded(State())
    let identity = Guarded<(method: HTTPMethod, path: String)?>(nil)

    init(core: ServerCore, connection: ConnectionHandle, socket: Int32, target: String) {
        (self.core, self.connection, self.socket, self.target) = (core, connection, socket, target)
    }

    /// Suspends the connection until the task has moved on. Called under the lock, so that the task cannot resume it first.
    func park(_ state: inout State) {
        connection.suspend()
        state.isParked = true
        state.window?.wasParked = true
    }

    /// Lets a suspended connection go on. Called under the lock: who clears the flag is the one who resumes.
    func unpark(_ state: inout State) {
        guard state.isParked else { return }
        state.isParked = false
        connection.resume()
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

    /// libmicrohttpd is done with the request, for better or worse.
    func end(completely: Bool) {
        let (task, waiters, status) = state.withLock { state in
            let wasHead = state.stage == .head
            state.stage = .over
            state.isParked = false
            core.buffered(-(state.upload.count + state.download.count))
            (state.upload, state.download) = ([], [])
            state.uploadFault = state.uploadFault ?? Fault(.cancelled, "the client left before it had sent everything")
            let isWhole = completely && !state.isAbandoned && !state.hasFailed
            return (state.task, Waiters(taking: &state), wasHead ? nil : isWhole ? state.response?.status ?? 0 : 0)
        }
        task?.cancel()
        waiters.resume()
        guard let status, let (method, path) = identity.withLock({ $0 }) else { return }
        core.observe(
            status > 0 ? .answered(method, path: path, status: status) : .abandoned(method, path: path))
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
