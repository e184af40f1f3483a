// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc
internal import Web

/// An open connection and the request on it, as its event loop sees them.
@safe final class ServerConnection: @unchecked Sendable {
    // Proof of Sendable: what varies is touched on the thread of its event loop only.
    unowned let loop: EventLoop
    let handle: ConnectionHandle
    let socket: Int32
    let peer: ServerPeer
    /// What its handshake is done with; nil without TLS.
    let credentials: TLSCredentials?
    /// What the client has proved to be, once that is known: a handshake proves it once.
    private var client: ConnectionHandle.Client?

    /// Since when a request's head is awaited; nil while one is being answered.
    var waitingSince: ContinuousClock.Instant?
    /// The target of the request whose head is being received, nil when it is none, and how many bytes it had.
    var target: (parsed: RequestTarget?, count: Int) = (nil, 0)
    /// The request that has reached a handler and is not answered in full.
    var running: RunningRequest?
    /// What feeds that request and its answer, unless it is answered at once.
    var exchange: Exchange?
    /// The answer that was made at once and waits to be queued.
    var answer: ServerResponse?
    /// The file that is being sent, and where its part ends.
    var file: (file: ServerFile, end: Int64)?
    /// What the watch for slow readers saw last.
    var window: (since: ContinuousClock.Instant, acknowledged: Int64)?
    /// Whether an answer was given before all of its request was received.
    var leavesBody = false
    /// Whether the answer was sent past libmicrohttpd.
    var hasRefused = false
    /// Whether it was ended from here without regard for what its client still gets.
    private(set) var isCut = false
    /// The memory libmicrohttpd holds for the connection, while it may be given back.
    var memory: UnsafeMutableRawPointer?

    init(loop: EventLoop, handle: ConnectionHandle) {
        (self.loop, self.handle, socket, peer) = (loop, handle, handle.socket, handle.peer)
        credentials = loop.core.credentials.withLock { $0 }
        credentials?.apply(to: handle)
    }

    /// The certificate the client has shown; throws when it must show another, or any.
    func certificate() throws(RequestHead.Problem) -> [UInt8]? {
        guard let credentials else { return nil }
        if case .anonymous = credentials.clients { return nil }
        let client = client ?? handle.client
        self.client = client
        switch (client, credentials.clients) {
        case (.untrusted, _): throw RequestHead.Problem(401, "the client's certificate is not trusted")
        case (.anonymous, .mustShow): throw RequestHead.Problem(401, "the client shows no certificate")
        case (.certified(let bytes), _): return bytes
        default: return nil
        }
    }

    /// Makes what receives the body of its request and feeds the answer.
    func startExchange(_ head: RequestHead) -> Exchange {
        let made = Exchange(self, head)
        exchange = made
        loop.exchanges[ObjectIdentifier(made)] = made
        return made
    }

    /// Ends it, whatever it is doing; its event loop sees to the rest.
    func cut() {
        isCut = true
        shutdown(socket, Int32(SHUT_RDWR))
    }

    /// Ends it, and drops what the kernel still holds for its client.
    func reset() {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
        cut()
    }
}

/// What is told of a request when it has ended.
struct RunningRequest {
    let id: RequestID
    let method: HTTPMethod
    let path: String
    let start: ContinuousClock.Instant
    var status = 0
    var received: Int64 = 0
    var sent: Int64 = 0

    func record(of connection: ServerConnection) -> AccessRecord {
        AccessRecord(
            id: id, peer: connection.peer, isTLS: connection.credentials != nil, method: method, path: path,
            duration: .now - start, bytesReceived: received, bytesSent: sent)
    }
}
