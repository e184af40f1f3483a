// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Synchronization
internal import Web

extension ServerConnection {
    /// It was accepted.
    func open() {
        loop.connections[handle.key] = self
        waitingSince = loop.now
        loop.core.connections.add(1, ordering: .relaxed)
        if !loop.core.admit(peer.address) { cut() }
    }

    /// It is about to be closed; its socket still is not.
    func close() {
        loop.connections[handle.key] = nil
        loop.hasRoomAgain = true
        loop.core.connections.subtract(1, ordering: .relaxed)
        if !loop.linger(self) { loop.core.dismiss(peer.address) }
    }

    /// Goes on with a request that has no more bytes to show.
    func step(method: UnsafePointer<CChar>, version: UnsafePointer<CChar>) -> Exchange.Step {
        if let exchange { return exchange.advance() }
        if let answer {
            self.answer = nil
            return .answer(answer, closing: loop.core.isEnding.load(ordering: .relaxed))
        }
        guard waitingSince != nil else { return .close }
        waitingSince = nil
        // The method stands at the beginning of the connection's memory. Over TLS nothing shows whether it is still there
        // when the connection rests.
        unsafe memory = loop.canReleaseMemory && credentials == nil ? UnsafeMutableRawPointer(mutating: method) : nil
        return unsafe loop.core.begin(self, method: method, version: version)
    }

    /// Queues the answer; one that cannot be made becomes 500.
    func send(_ response: ServerResponse, isClosing: Bool) -> Bool {
        var terms = ResponseHandle.Terms(
            isHead: running?.method == .head, isTLS: credentials != nil, isClosing: isClosing)
        if loop.core.settings.sendsRequestID { terms.id = running?.id }
        if handle.queue(response, terms, for: exchange) {
            running?.status = response.status
            if case .file(let file, let offset, let length) = response.body { self.file = (file, offset + length) }
            if response.hasBody(isHead: terms.isHead), exchange?.isFeeding != true {
                running?.sent = response.body.length ?? 0
            }
            return true
        }
        // No descriptor or no memory for it.
        running?.status = 500
        return handle.queue(.failed, terms, for: nil)
    }

    /// libmicrohttpd is done with the request, for better or worse.
    ///
    /// - Parameter isOverdue: whether it ends it since nothing came for too long; the socket can still be written to.
    func endRequest(completely: Bool, isOverdue: Bool) {
        if isOverdue { _ = exchange?.refuse() }
        var isWhole = completely || hasRefused
        if let exchange {
            let end = exchange.end()
            isWhole = isWhole && end.isWhole
            running?.received = end.received
            // What a stream has handed over is known in any case.
            if exchange.isFeeding { running?.sent = end.sent } else if !isWhole { running?.sent = 0 }
            loop.exchanges[ObjectIdentifier(exchange)] = nil
            self.exchange = nil
        } else if !isWhole {
            running?.sent = 0
        }
        (answer, file, window) = (nil, nil, nil)
        waitingSince = loop.now
        guard let running = running.take() else { return }
        let core = loop.core
        core.requests.subtract(1, ordering: .releasing)
        guard core.settings.observe != nil else { return }
        if isWhole && running.status > 0 {
            core.observe(.answered(running.record(of: self), status: running.status))
        } else {
            core.observe(.abandoned(running.record(of: self)))
        }
    }
}
