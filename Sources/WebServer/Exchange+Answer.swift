// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

extension Exchange {
    /// Runs the handler and sends what it answers. The task of the request.
    func run(_ request: ServerRequest) async {
        let answer: ServerResponse
        do {
            answer = core.checked(try await core.handler(request), request)
        } catch let refusal as Refusal {
            answer = core.checked(refusal.response, request)
        } catch {
            report(error, request)
            answer = .failed
        }
        var stream: ByteStream?
        if case .stream(_, let bytes) = answer.body, answer.hasBody(isHead: request.method == .head) { stream = bytes }
        let isFeeding = stream != nil
        state.withLock { state in
            // What comes after the end would hold this for ever when it holds the body of the request.
            (state.response, state.isFeeding) = (state.stage == .over ? nil : answer, isFeeding)
            state.uploadFault =
                state.uploadFault ?? Fault(.internal, "a body can be read only until the handler has answered")
            // Nobody will read what is buffered.
            core.buffered(-state.upload.count)
            state.upload = []
            unpark(&state)
        }
        if let stream { await feed(stream, request) }
    }

    /// Sends a stream.
    func feed(_ stream: ByteStream, _ request: ServerRequest) async {
        do {
            while let chunk = try await stream.next() {
                guard await send(chunk) else { return }
            }
            finish(failing: false)
        } catch {
            report(error, request)
            finish(failing: true)
        }
    }

    /// Tells the server's owner what went wrong, unless it did because the client left.
    private func report(_ error: any Error, _ request: ServerRequest) {
        guard state.withLock({ !$0.isAbandoned && $0.stage != .over }) else { return }
        core.observe(.failed(request.id, request.method, path: request.path, error))
    }

    /// Hands a piece over as soon as the one before is sent; false when nobody wants it any more.
    private func send(_ chunk: Chunk) async -> Bool {
        while true {
            let isDone = state.withLock { state -> Bool? in
                guard state.stage != .over, !state.isAbandoned else { return false }
                guard state.download.isEmpty else { return nil }
                state.download = chunk
                core.buffered(chunk.count)
                unpark(&state)
                return true
            }
            if let isDone { return isDone }
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.download.isEmpty || state.stage == .over || state.isAbandoned { return true }
                    state.writer = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        }
    }

    private func finish(failing: Bool) {
        state.withLock { state in
            guard state.stage != .over else { return }
            if failing { state.hasFailed = true } else { state.hasEnded = true }
            unpark(&state)
        }
    }

    /// Fills a buffer of libmicrohttpd: the count, 0 when suspended, -1 at the end, -2 to break the connection off.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let (count, writer) = state.withLock { state -> (Int, CheckedContinuation<Void, Never>?) in
            guard !state.isAbandoned, state.stage != .over else { return (-2, nil) }
            guard state.download.isEmpty else {
                let piece = state.download.prefix(buffer.count)
                unsafe buffer.copyBytes(from: piece)
                state.download = state.download.dropFirst(piece.count)
                state.sent += Int64(piece.count)
                core.buffered(-piece.count)
                return (piece.count, state.download.isEmpty ? state.writer.take() : nil)
            }
            if state.hasFailed { return (-2, nil) }
            if state.hasEnded { return (-1, nil) }
            park(&state)
            return (0, nil)
        }
        writer?.resume()
        return count
    }
}
