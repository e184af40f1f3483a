// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc

/// libmicrohttpd does not look at suspended connections and has no deadline for a head that trickles in. One thread
/// looks after both, five times a second.
extension ServerCore {
    /// A connection was opened, with its socket, or is about to be closed, without.
    func connection(_ key: UInt, opened socket: Int32?) {
        state.withLock { $0.connections[key] = socket.map { Connection(socket: $0, waitingSince: .now) } }
    }

    /// A connection has got a request's head, or is done with the request.
    func isBusy(_ key: UInt, _ isBusy: Bool) {
        state.withLock { $0.connections[key]?.waitingSince = isBusy ? nil : .now }
    }

    func forget(_ exchange: Exchange) {
        state.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    func startWatch() {
        startThread { [self] in
            while !state.withLock({ $0.isStopped }) {
                abandonDeparted(waiting: 200)
                cutSlowHeads()
                cutSlowBodies()
            }
        }
    }

    /// Abandons requests whose client has closed its side while their connection is suspended.
    private func abandonDeparted(waiting milliseconds: Int32) {
        let parked = exchanges.filter { exchange in exchange.state.withLock { $0.isParked && !$0.isAbandoned } }
        let hangUp = Int16(sovereign_poll_hang_up)
        var sockets = parked.map { pollfd(fd: $0.socket, events: hangUp, revents: 0) }
        guard unsafe poll(&sockets, nfds_t(sockets.count), milliseconds) > 0 else { return }
        let gone = hangUp | Int16(POLLHUP | POLLERR)
        // A socket closed and opened anew in between is none of an exchange that still goes on.
        for (exchange, socket) in zip(parked, sockets) where socket.revents & gone != 0 {
            exchange.abandon("the client left")
        }
    }

    /// Ends connections that have not delivered a head in time. Under the lock, because a connection is forgotten under
    /// it before its socket is closed.
    private func cutSlowHeads() {
        let limit = Duration.seconds(settings.headSeconds)
        let now = ContinuousClock.now
        state.withLock { state in
            for connection in state.connections.values {
                if let since = connection.waitingSince, now - since > limit {
                    shutdown(connection.socket, Int32(SHUT_RDWR))
                }
            }
        }
    }

    /// Abandons uploads that moved too little in a whole window in which only the client had to act.
    private func cutSlowBodies() {
        let now = ContinuousClock.now
        let least = Int64(settings.leastBytesPerSecond * settings.idleSeconds)
        for exchange in exchanges {
            let isSlow = exchange.state.withLock { state in
                guard state.stage == .body, let window = state.window,
                    now - window.start > .seconds(settings.idleSeconds)
                else { return false }
                state.window = (now, state.received + state.dropped, state.isParked)
                return !window.wasParked && state.received + state.dropped - window.received < least
            }
            if isSlow { exchange.cut() }
        }
    }
}

extension Exchange {
    /// Abandons a request whose connection is not suspended, so that nobody but the socket can wake it.
    func cut() {
        abandon("the client was too slow")
        state.withLock { if $0.stage != .over { shutdown(socket, Int32(SHUT_RDWR)) } }
    }
}
