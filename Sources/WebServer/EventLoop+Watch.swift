// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc

/// What is looked after from time to time.
extension EventLoop {
    /// Abandons requests whose client has closed its side while their connection is suspended.
    func abandonDeparted() {
        let parked = exchanges.values.filter { exchange in
            exchange.state.withLock { $0.isParked && !$0.isAbandoned }
        }
        guard !parked.isEmpty else { return }
        let hangUp = Int16(sovereign_poll_hang_up)
        var sockets = parked.map { pollfd(fd: $0.connection.socket, events: hangUp, revents: 0) }
        guard unsafe poll(&sockets, nfds_t(sockets.count), 0) > 0 else { return }
        let gone = hangUp | Int16(POLLHUP | POLLERR)
        for (exchange, socket) in zip(parked, sockets) where socket.revents & gone != 0 {
            exchange.abandon("the client left")
        }
    }

    /// Abandons uploads that moved too little in a whole window in which only the client had to act.
    func cutSlowBodies() {
        let least = Int64(core.settings.leastBytesPerSecond * core.settings.idleSeconds)
        let limit = Duration.seconds(core.settings.idleSeconds)
        let now = now
        for exchange in exchanges.values {
            let isSlow = exchange.state.withLock { state in
                guard state.stage == .body, let window = state.window, now - window.start > limit else { return false }
                state.window = (now, state.received + state.dropped, state.isParked)
                return !window.wasParked && state.received + state.dropped - window.received < least
            }
            if isSlow { exchange.cut() }
        }
    }

    /// Looks after one connection.
    func watch(_ connection: ServerConnection) {
        guard let since = connection.waitingSince else {
            // libmicrohttpd waits for a file that has become shorter to grow again.
            if let (file, end) = connection.file, (try? file.size()) ?? 0 < end { return connection.reset() }
            return cutSlowReader(connection)
        }
        let rest = now - since
        if rest > .seconds(core.settings.headSeconds) {
            connection.cut()
        } else if let memory = unsafe connection.memory, rest > (isCrowded ? .milliseconds(100) : .seconds(2)) {
            unsafe connection.memory = nil
            // The library gives the memory of a connection away when it closes it. It says so at once, but for answers
            // that break off: of those its side of the socket is closed, and nothing else.
            guard sovereign_socket_is_established(connection.socket) else { return connection.cut() }
            // One that may time out soon may be closed already.
            if core.settings.idleSeconds == 0 || rest < .seconds(core.settings.idleSeconds) / 2 {
                unsafe sovereign_release_zeros(memory, core.settings.connectionMemory)
            }
        }
    }

    /// Ends a connection whose client took too little in a whole window in which there was always something to take.
    private func cutSlowReader(_ connection: ServerConnection) {
        guard sovereign_socket_unsent(connection.socket) > 0 else {
            connection.window = nil
            return
        }
        guard let window = connection.window else {
            connection.window = (now, sovereign_socket_acknowledged(connection.socket))
            return
        }
        guard now - window.since > .seconds(core.settings.idleSeconds) else { return }
        let acknowledged = sovereign_socket_acknowledged(connection.socket)
        let least = Int64(core.settings.leastBytesPerSecond * core.settings.idleSeconds)
        if window.acknowledged >= 0, acknowledged >= 0, acknowledged - window.acknowledged < least {
            if let exchange = connection.exchange { exchange.cut() } else { connection.reset() }
        }
        connection.window = (now, acknowledged)
    }
}
