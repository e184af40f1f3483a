// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Glibc
internal import Web

/// What tasks and the thread of a connection share that has left HTTP: a WebSocket, or another protocol.
final class UpgradeCore: Sendable {
    private struct State: Sendable {
        var outgoing: [UInt8] = []
        var incoming: [WebSocket.Message] = []
        var incomingBytes = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Whether no more is sent.
        var isClosing = false
        /// How it ended.
        var end: Result<Void, any Error>?
    }
    private let state = Guarded(State())
    private let bell: Int32
    private let conversation: any UpgradeConversation
    private static let roomy = 1 << 20
    private static let headLimit = 64 * 1024

    init(_ conversation: any UpgradeConversation) throws(Fault) {
        self.conversation = conversation
        bell = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard bell >= 0 else { throw Fault.system(errno, "make an eventfd") }
    }

    deinit { _ = Glibc.close(bell) }

    // MARK: Tasks

    /// Connects on a thread of its own, which goes on until the end.
    func open(_ request: HTTPRequest, _ settings: HTTPClientSettings) async throws -> UpgradeAnswer {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                startThread { [self] in
                    run(request, settings) { continuation.resume(with: $0) }
                }
            }
        } onCancel: {
            abort(CancellationError())
        }
    }

    func send(_ bytes: [UInt8]) async throws {
        try await wait { $0.end != nil || $0.isClosing || $0.outgoing.count < Self.roomy }
        try state.withLock { state in
            if case .failure(let error) = state.end { throw error }
            guard state.end == nil, !state.isClosing else {
                throw Fault(.unavailable, "\(conversation.thing) is closed")
            }
            state.outgoing += bytes
        }
        ring()
    }

    func receive() async throws -> WebSocket.Message? {
        try await wait { !$0.incoming.isEmpty || $0.end != nil }
        defer { ring() }
        return try state.withLock { state in
            guard state.incoming.isEmpty else {
                let message = state.incoming.removeFirst()
                state.incomingBytes -= message.bytes.count
                return message
            }
            if case .failure(let error) = state.end { throw error }
            return nil
        }
    }

    func close() {
        state.withLock { state in
            guard !state.isClosing, state.end == nil else { return }
            state.isClosing = true
            state.outgoing += conversation.farewell
        }
        ring()
    }

    func abort(_ error: any Error) { end(.failure(error)) }

    private func wait(until isReady: @escaping @Sendable (State) -> Bool) async throws {
        try await withTaskCancellationHandler {
            while !state.withLock({ isReady($0) }) {
                try Task.checkCancellation()
                await withCheckedContinuation { waiter in
                    let mustWait = state.withLock { state in
                        guard !isReady(state) else { return false }
                        state.waiters.append(waiter)
                        return true
                    }
                    if !mustWait { waiter.resume() }
                }
            }
            try Task.checkCancellation()
        } onCancel: {
            abort(CancellationError())
        }
    }

    // MARK: The thread

    private func change(_ work: (inout State) -> Void) {
        let waiters = state.withLock { state in
            work(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func end(_ result: Result<Void, any Error>) {
        change { if $0.end == nil { $0.end = result } }
        ring()
    }

    private func ring() { eventfd_write(bell, 1) }

    /// Connects, shakes hands, and moves messages until the end.
    private func run(
        _ request: HTTPRequest, _ settings: HTTPClientSettings, _ opened: (Result<UpgradeAnswer, any Error>) -> Void
    ) {
        CurlExecutor.blockBrokenPipeSignal()
        var conversation = conversation
        let tunnel: CurlTunnel
        do {
            tunnel = try CurlTunnel(request, settings)
            let deadline = ContinuousClock.now + settings.connectTimeout
            try put(conversation.request(request, userAgent: settings.userAgent), into: tunnel, by: deadline)
            let (head, rest) = try readHead(tunnel, request, by: deadline)
            guard head.status == 101 else {
                let body = readRefusal(rest, tunnel, head.headers, by: deadline)
                throw UpgradeRefusal(status: head.status, headers: head.headers, body: body)
            }
            let chosen = try conversation.chosen(head.headers)
            conversation.add(rest[...])
            opened(.success(UpgradeAnswer(chosen: chosen, headers: head.headers)))
        } catch {
            end(.failure(error))
            return opened(.failure(error))
        }
        do {
            try move(tunnel, &conversation)
            end(.success(()))
        } catch { end(.failure(error)) }
    }

    private func put(_ bytes: [UInt8], into tunnel: CurlTunnel, by deadline: ContinuousClock.Instant) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            if case .moved(let count) = try tunnel.send(rest) {
                rest = rest.dropFirst(count)
            } else {
                try pause(tunnel, Int16(POLLOUT), by: deadline)
            }
        }
    }

    private func readHead(
        _ tunnel: CurlTunnel, _ request: HTTPRequest, by deadline: ContinuousClock.Instant
    ) throws -> (HTTPHead, rest: [UInt8]) {
        var (bytes, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 16 * 1024))
        let host = request.url.origin.hostAndPort
        var searched = 0
        while true {
            switch try tunnel.receive(into: &buffer) {
            case .moved(let count): bytes += buffer[..<count]
            case .wait: try pause(tunnel, Int16(POLLIN), by: deadline)
            case .ended: throw Fault(.unavailable, "\(host) ended the connection before its answer was complete")
            }
            while let end = bytes[searched...].firstIndex(of: 0x0A) {
                let line = bytes[searched..<end]
                searched = end + 1
                guard line.count <= 1, searched > 2 else { continue }
                var parser = HTTPHeadParser(limit: Self.headLimit, takesUpgrades: true)
                var start = 0
                for index in 0..<searched where bytes[index] == 0x0A {
                    try unsafe bytes[start...index].withUnsafeBytes { try unsafe parser.take($0, from: host) }
                    start = index + 1
                }
                guard parser.isComplete else { continue }
                return (HTTPHead(status: parser.status, headers: parser.headers), Array(bytes[searched...]))
            }
            guard bytes.count <= Self.headLimit else { throw HTTPHeadParser.tooLarge(host, Self.headLimit) }
        }
    }

    /// The beginning of a refusal's body, as far as it comes.
    private func readRefusal(
        _ rest: [UInt8], _ tunnel: CurlTunnel, _ headers: HTTPHeaders, by deadline: ContinuousClock.Instant
    ) -> [UInt8] {
        var (bytes, buffer) = (rest, [UInt8](repeating: 0, count: 16 * 1024))
        let length = min(
            headers["Content-Length"].flatMap { Int($0) } ?? (headers["Transfer-Encoding"] == nil ? Self.headLimit : 0),
            Self.headLimit)
        do {
            while bytes.count < length {
                switch try tunnel.receive(into: &buffer) {
                case .moved(let count): bytes += buffer[..<count]
                case .wait: try pause(tunnel, Int16(POLLIN), by: min(deadline, .now + .seconds(5)))
                case .ended: return bytes
                }
            }
        } catch {}
        return bytes
    }

    /// Waits for the connection, for a bell, or for the deadline.
    private func pause(_ tunnel: CurlTunnel, _ events: Int16, by deadline: ContinuousClock.Instant) throws {
        let left = deadline - .now
        guard left > .zero else { throw Fault(.unavailable, "a server does not answer in time", fix: "run it again") }
        if case .failure(let error) = state.withLock({ $0.end }) { throw error }
        _ = poll(tunnel, events, milliseconds: Int32(clamping: Int64(left / .milliseconds(1)) + 1))
    }

    private func poll(_ tunnel: CurlTunnel, _ events: Int16, milliseconds: Int32) -> Int32 {
        var polled = [
            pollfd(fd: tunnel.socket, events: events, revents: 0), pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        let ready = unsafe Glibc.poll(&polled, 2, milliseconds)
        if polled[1].revents != 0 {
            var count: eventfd_t = 0
            unsafe eventfd_read(bell, &count)
        }
        return ready
    }

    private func move(_ tunnel: CurlTunnel, _ conversation: inout any UpgradeConversation) throws {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        var pending: Chunk = []
        var (closingSince, isClosed): (ContinuousClock.Instant?, Bool) = (nil, false)
        while true {
            let (isClosing, hasRoom, ended) = state.withLock { state in
                if pending.isEmpty, !state.outgoing.isEmpty {
                    pending = state.outgoing[...]
                    state.outgoing = []
                }
                return (state.isClosing, state.incomingBytes < Self.roomy, state.end)
            }
            if case .failure(let error) = ended { throw error }
            if isClosing, closingSince == nil { closingSince = .now }
            // Where nothing is said at the end, everything has been said.
            if isClosing, conversation.farewell.isEmpty { isClosed = true }
            var isBlocked = false
            while !pending.isEmpty, !isBlocked {
                if case .moved(let count) = try tunnel.send(pending) {
                    pending = pending.dropFirst(count)
                } else {
                    isBlocked = true
                }
            }
            if pending.isEmpty {
                change { _ in }
                if isClosed {
                    if state.withLock({ $0.outgoing.isEmpty }) { return }
                    continue
                }
            }
            var mayWait = true
            if hasRoom, !isClosed {
                switch try tunnel.receive(into: &buffer) {
                case .moved(let count):
                    conversation.add(buffer[..<count])
                    mayWait = false
                case .wait: break
                case .ended:
                    if isClosing || conversation.farewell.isEmpty { return }
                    throw Fault(
                        .unavailable, "\(conversation.thing) has ended without being closed", fix: "run it again")
                }
                while let event = try conversation.next() {
                    if take(event) { isClosed = true }
                }
                if isClosed { continue }
            }
            // Who does not answer to a close is left.
            if let closingSince, ContinuousClock.now - closingSince > .seconds(2) { return }
            guard mayWait else { continue }
            let events = (hasRoom && !isClosed ? Int16(POLLIN) : 0) | (isBlocked ? Int16(POLLOUT) : 0)
            if poll(tunnel, events, milliseconds: closingSince == nil ? 30_000 : 200) == 0, closingSince == nil {
                // Nobody has said anything for long: a dead connection is found when nobody takes this.
                reply(conversation.signOfLife)
            }
        }
    }

    /// Takes what was said; whether it was the last.
    private func take(_ event: UpgradeEvent) -> Bool {
        switch event {
        case .message(let message):
            change { state in
                state.incoming.append(message)
                state.incomingBytes += message.bytes.count
            }
            return false
        case .question(let answer):
            reply(answer)
            return false
        case .end(let answer):
            state.withLock { state in
                if !state.isClosing { state.outgoing += answer }
                state.isClosing = true
            }
            return true
        }
    }

    private func reply(_ bytes: [UInt8]) {
        // Of questions that come faster than their answers go, some stay without one.
        state.withLock { if $0.outgoing.count < Self.roomy { $0.outgoing += bytes } }
    }
}
