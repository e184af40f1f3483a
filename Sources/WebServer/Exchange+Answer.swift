// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

extension Exchange {
    /// Runs the handler and sends what it answers. The task of the request.
    func run(_ request: ServerRequest) async {
        var response: ServerResponse
        do {
            response = try await core.handler(request).checked()
        } catch let refusal as Refusal {
            response = refusal.response
        } catch {
            if !state.withLock({ $0.isAbandoned || $0.stage == .over }) {
                core.observe(.failed(request.method, path: request.path, error))
            }
            response = .error(500, "the server failed")
        }
        // Bytes of a HEAD response only count; libmicrohttpd does not read a stream for it.
        let hasBody = request.method != .head && response.status >= 200 && ![204, 304].contains(response.status)
        let answer = response
        state.withLock { state in
            state.response = answer
            state.uploadFault =
                state.uploadFault ?? Fault(.internal, "a body can be read only until the handler has answered")
            // Nobody will read what is buffered.
            core.buffered(-state.upload.count)
            state.upload = []
            unpark(&state)
        }
        guard hasBody, case .stream(_, let stream) = answer.body else { return }
        do {
            while let chunk = try await stream.next() {
                guard await send(chunk) else { return }
            }
            finish(failing: false)
        } catch {
            if !state.withLock({ $0.isAbandoned || $0.stage == .over }) {
                core.observe(.failed(request.method, path: request.path, error))
            }
            finish(failing: true)
        }
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

extension ServerResponse {
    /// Without what is the server's own business; throws for what cannot be sent.
    func checked() throws(Fault) -> ServerResponse {
        guard (200...599).contains(status) else { throw Fault(.internal, "\(status) is no final status") }
        var kept = HTTPHeaders()
        for (name, value) in headers {
            guard HTTPToken.isValid(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Fault(.internal, "the field “\(name)” of an answer holds what no field may")
            }
            let isOurs = ["content-length", "transfer-encoding", "connection"].contains(name.lowercased())
            if !isOurs { kept.add(name, value) }
        }
        return ServerResponse(status: status, headers: kept, body: body)
    }
}
