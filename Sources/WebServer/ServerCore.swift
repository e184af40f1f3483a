// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Web

/// What all connections of a server share.
final class ServerCore: Sendable {
    /// What is known of an open connection.
    struct Connection {
        let socket: Int32
        /// Since when a request's head is awaited; nil while a request is being answered.
        var waitingSince: ContinuousClock.Instant?
    }
    struct State {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var connections: [UInt: Connection] = [:]
        var isEnding = false
        var isStopped = false
    }
    let settings: ServerSettings
    let handler: Router.Handler
    /// Never locked by who holds the lock of an exchange; the other way round is not done either.
    let state = Guarded(State())
    private let buffer = Guarded((now: 0, peak: 0))

    init(settings: ServerSettings, handler: @escaping Router.Handler) {
        (self.settings, self.handler) = (settings, handler)
    }

    /// The requests that have not been answered in full.
    var exchanges: [Exchange] { state.withLock { Array($0.exchanges.values) } }

    var isEnding: Bool { state.withLock { $0.isEnding } }

    func observe(_ event: ServerEvent) { settings.observe(event) }

    /// Counts bytes of bodies that are taken in or let go.
    func buffered(_ change: Int) {
        guard change != 0 else { return }
        buffer.withLock { buffer in
            buffer.now += change
            buffer.peak = max(buffer.peak, buffer.now)
        }
    }

    var statistics: ServerStatistics {
        let (now, peak) = buffer.withLock { $0 }
        return state.withLock { state in
            ServerStatistics(
                connections: state.connections.count, requests: state.exchanges.count, bufferedBytes: now,
                peakBufferedBytes: peak)
        }
    }

    /// Checks a head by all rules and limits.
    private func check(
        _ head: RequestHead, size: Int, block: [UInt8]?
    ) throws(RequestHead.Problem) -> (RequestHead.Framing, RequestTarget) {
        let framing = try head.framing()
        if let block, !head.accounts(for: block) {
            throw RequestHead.Problem(400, "the head holds bare line ends, folded lines, NUL or bytes beyond UTF-8")
        }
        guard size <= settings.headBytes else { throw RequestHead.Problem(431, "the head is too large") }
        guard let target = RequestTarget(head.target) else {
            throw RequestHead.Problem(400, "the target is no path, or an ambiguous one")
        }
        if case .length(let length) = framing, length > settings.bodyBytes {
            throw RequestHead.Problem(413, "the body is larger than accepted here")
        }
        return (framing, target)
    }

    /// The certificate a client has shown; throws when it must show another, or any.
    private func certificate(of connection: ConnectionHandle) throws(RequestHead.Problem) -> [UInt8]? {
        switch (connection.client, settings.tls?.clients) {
        case (.untrusted, .mayShow?), (.untrusted, .mustShow?):
            throw RequestHead.Problem(401, "the client's certificate is not trusted")
        case (.anonymous, .mustShow?): throw RequestHead.Problem(401, "the client shows no certificate")
        case (.certified(let bytes), _): return bytes
        default: return nil
        }
    }

    /// A request's head is there: checks it, and starts the handler.
    func begin(_ exchange: Exchange, _ head: RequestHead, block: [UInt8]?) -> Exchange.Step {
        do throws(RequestHead.Problem) {
            let (framing, target) = try check(head, size: exchange.connection.headSize, block: block)
            let certificate = try certificate(of: exchange.connection)
            let isEnding = state.withLock { state in
                if !state.isEnding { state.exchanges[ObjectIdentifier(exchange)] = exchange }
                return state.isEnding
            }
            guard !isEnding else { throw RequestHead.Problem(503, "the server is ending") }
            let length: Int64? =
                switch framing {
                case .none: 0
                case .length(let length): length
                case .chunked: nil
                }
            let request = ServerRequest(
                method: HTTPMethod(head.method), target: target, headers: HTTPHeaders(head.fields),
                body: RequestBody(length: length, stream: ByteStream { try await exchange.nextUpload() }),
                clientCertificate: certificate)
            exchange.identity.withLock { $0 = (request.method, request.path) }
            return exchange.state.withLock { state in
                guard !state.isAbandoned else { return .close }
                state.framing = framing
                state.stage = framing == .none ? .received : .deciding
                if framing != .none { exchange.park(&state) }
                state.task = Task { await exchange.run(request) }
                return .wait
            }
        } catch {
            observe(.refused(status: error.status, reason: error.reason))
            return .answer(.error(error.status, error.reason), closing: true)
        }
    }
}
