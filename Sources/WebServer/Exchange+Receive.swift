// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Synchronization

extension Exchange {
    /// What a callback is to do.
    enum Step: Sendable {
        /// Nothing more for now.
        case wait
        /// Close the connection without an answer.
        case close
        /// Queue the answer.
        case answer(ServerResponse, closing: Bool)
    }

    /// What becomes of bytes of a body.
    enum Intake: Sendable {
        /// So many are taken; the others are shown again after resuming.
        case taken(Int)
        /// Close the connection without an answer.
        case close
        /// Answer at once, and close the connection.
        case refuse(ServerResponse)
    }

    /// How much of a body is held before its sender has to wait.
    static let window = 512 * 1024

    /// Goes on with a request that has no more bytes to show: at its head, at its end, and after each resuming.
    func advance() -> Step {
        let isEnding = core.isEnding.load(ordering: .relaxed)
        let (step, waiters) = state.withLock { state -> (Step, Waiters) in
            guard !state.isAbandoned else { return (.close, Waiters()) }
            switch state.stage {
            case .head, .over: return (.close, Waiters())
            case .deciding:
                if let response = state.response {
                    // A body that is only offered is not asked for to be dropped.
                    guard case .length(let length) = framing, length <= core.settings.drainBytes,
                        !state.wantsBody, !isOffer
                    else {
                        state.stage = .received
                        connection.leavesBody = true
                        return (.answer(response, closing: true), Waiters())
                    }
                } else if !state.wantsBody {
                    park(&state)
                    return (.wait, Waiters())
                }
                state.stage = .body
                state.window = (.now, 0, false)
                return (.wait, Waiters())
            case .body:
                state.stage = .received
                state.window = nil
                fallthrough
            case .received:
                let waiters = Waiters(taking: &state)
                guard let response = state.response else {
                    park(&state)
                    return (.wait, waiters)
                }
                return (.answer(response, closing: framing == .chunked || isEnding), waiters)
            }
        }
        waiters.resume()
        return step
    }

    /// Takes bytes of the body.
    func receive(_ bytes: UnsafeRawBufferPointer) -> Intake {
        let (intake, waiters) = state.withLock { state -> (Intake, Waiters) in
            guard !state.isAbandoned, state.stage == .body else { return (.close, Waiters()) }
            if state.response != nil || state.uploadFault != nil { return (drop(bytes.count, &state), Waiters()) }
            guard state.received + Int64(bytes.count) <= core.settings.bodyBytes else {
                state.uploadFault = Refusal.tooLarge
                return (.taken(bytes.count), Waiters(taking: &state))
            }
            guard state.upload.count < Self.window else {
                park(&state)
                return (.taken(0), Waiters())
            }
            if state.upload.isEmpty, bytes.count < Self.window {
                let left = framing.length.map { $0 - state.received } ?? 0
                state.upload.reserveCapacity(Int(min(left, Int64(Self.window + bytes.count))))
            }
            unsafe state.upload.append(contentsOf: bytes)
            state.received += Int64(bytes.count)
            core.buffered(bytes.count)
            // Waking the reader costs more than receiving: it is done for half of what may be held, for all that there is,
            // or when nothing more comes for a moment.
            guard state.upload.count >= Self.window / 2 || state.received == framing.length else {
                if state.reader != nil { connection.loop.hold(self) }
                return (.taken(bytes.count), Waiters())
            }
            return (.taken(bytes.count), Waiters(taking: &state))
        }
        waiters.resume()
        return intake
    }

    /// Drops bytes that nobody will read: all that come, when it is known to be little, so that the connection can be
    /// kept; or some, until the answer is there. Called under the lock.
    private func drop(_ count: Int, _ state: inout State) -> Intake {
        let left = framing.length.map { $0 - state.received - state.dropped } ?? .max
        let isLittle = left <= core.settings.drainBytes - state.dropped
        guard let response = state.response else {
            guard state.dropped + Int64(count) <= core.settings.drainBytes else {
                park(&state)
                return .taken(0)
            }
            state.dropped += Int64(count)
            return .taken(count)
        }
        if isLittle {
            state.dropped += Int64(count)
            return .taken(count)
        }
        // What is made while it is sent cannot be sent past libmicrohttpd.
        guard case .bytes = response.body else { return .close }
        (state.stage, state.window) = (.received, nil)
        return .refuse(response)
    }

    /// Wakes the reader for what there is.
    func wakeReader() { state.withLock { $0.reader.take() }?.resume() }

    /// The next piece of the body, for the handler.
    func nextUpload() async throws -> Chunk? {
        enum Found: Sendable {
            case bytes([UInt8])
            case end
            case nothing
        }
        while true {
            try Task.checkCancellation()
            let found = try state.withLock { state throws -> Found in
                state.wantsBody = true
                if !state.upload.isEmpty {
                    let bytes = state.upload
                    state.upload = []
                    core.buffered(-bytes.count)
                    if state.stage == .body { unpark(&state) }
                    return .bytes(bytes)
                }
                if let fault = state.uploadFault { throw fault }
                if state.stage == .received || framing == .none { return .end }
                if state.stage == .deciding { unpark(&state) }
                return .nothing
            }
            switch found {
            case .bytes(let bytes): return bytes[...]
            case .end: return nil
            case .nothing: await moreUpload()
            }
        }
    }

    /// Waits until there is something to say about the body, or the reading task is cancelled.
    private func moreUpload() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if !state.upload.isEmpty || state.uploadFault != nil || state.stage == .received
                        || Task.isCancelled
                    {
                        return true
                    }
                    state.reader = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.reader.take() }?.resume()
        }
    }
}
