// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A relay in front of a server on the loopback interface, which breaks connections in the ways networks do.
///
/// Connections on which a watch of Kubernetes was asked for (`watch=` in the request) can be treated on their own.
public final class CuttingProxy: Sendable {
    private struct Pair {
        let client: Int32
        let server: Int32
        var up: [UInt8] = []
        var down: [UInt8] = []
        var isWatch = false
        var hasEnded = false
        /// When the first of an answer came.
        var answered: ContinuousClock.Instant?
    }
    private struct State {
        var pairs: [Pair] = []
        var isSevered = false
        var holdsWatches = false
        var holdsAll = false
        var cuts = 0
        var target: Int
    }
    private let listener: Int32
    private let state: Guarded<State>
    private let relay: Task<Void, Never>
    /// Where it listens.
    public let port: Int

    /// Relays to a port of the loopback interface; with `cutting`, connections of watches are cut so long after an answer
    /// has begun.
    public init(to target: Int, cutting interval: Duration? = nil) throws {
        port = try ServerProgram.freePort()
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = Self.loopback(port)
        let isBound =
            unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe bind(listener, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        guard isBound, listen(listener, 64) == 0 else { throw Fault.system(errno, "listen for the relay") }
        let state = Guarded(State(target: target))
        (self.listener, self.state) = (listener, state)
        relay = Task {
            while !Task.isCancelled {
                state.withLock { state in
                    if let interval {
                        let now = ContinuousClock.now
                        Self.cut(&state) { $0.isWatch && $0.answered.map { now - $0 >= interval } ?? false }
                    }
                    Self.accept(listener, &state)
                    Self.pump(&state)
                }
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    /// Cuts all connections and takes none until it is mended.
    public func sever() {
        state.withLock { state in
            state.isSevered = true
            Self.cut(&state) { _ in true }
        }
    }

    /// Takes connections again.
    public func mend() { state.withLock { ($0.isSevered, $0.holdsWatches, $0.holdsAll) = (false, false, false) } }

    /// Lets nothing through to clients that watch, and does not say so.
    public func holdWatches() { state.withLock { $0.holdsWatches = true } }

    /// Lets nothing through, and does not say so.
    public func holdAll() { state.withLock { $0.holdsAll = true } }

    /// How many connections were cut.
    public var cuts: Int { state.withLock { $0.cuts } }

    /// Ends it.
    public func stop() async {
        relay.cancel()
        await relay.value
        state.withLock { state in Self.cut(&state) { _ in true } }
        close(listener)
    }

    private static func cut(_ state: inout State, _ isMeant: (Pair) -> Bool) {
        for pair in state.pairs where isMeant(pair) {
            close(pair.client)
            close(pair.server)
            state.cuts += 1
        }
        state.pairs.removeAll(where: isMeant)
    }

    private static func accept(_ listener: Int32, _ state: inout State) {
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            _ = fcntl(client, F_SETFD, FD_CLOEXEC)
            _ = fcntl(client, F_SETFL, O_NONBLOCK)
            let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = loopback(state.target)
            let isConnected =
                unsafe withUnsafePointer(to: &address) { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                        unsafe connect(server, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                    }
                }
            guard isConnected, !state.isSevered else {
                close(client)
                close(server)
                continue
            }
            _ = fcntl(server, F_SETFL, O_NONBLOCK)
            state.pairs.append(Pair(client: client, server: server))
        }
    }

    private static func pump(_ state: inout State) {
        guard !state.holdsAll else { return }
        for place in state.pairs.indices {
            var pair = state.pairs[place]
            if !read(pair.client, into: &pair.up) { pair.hasEnded = true }
            if !pair.isWatch { pair.isWatch = String(decoding: pair.up, as: UTF8.self).contains("watch=") }
            if !write(&pair.up, to: pair.server) { pair.hasEnded = true }
            if !(state.holdsWatches && pair.isWatch) {
                if !read(pair.server, into: &pair.down) { pair.hasEnded = true }
                if pair.answered == nil, !pair.down.isEmpty { pair.answered = .now }
                if !write(&pair.down, to: pair.client) { (pair.hasEnded, pair.down) = (true, []) }
            }
            state.pairs[place] = pair
        }
        let ended = state.pairs.filter { $0.hasEnded && $0.down.isEmpty }
        for pair in ended {
            close(pair.client)
            close(pair.server)
        }
        state.pairs.removeAll { $0.hasEnded && $0.down.isEmpty }
    }

    /// Reads what is there; false when the other side has ended.
    private static func read(_ socket: Int32, into buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while buffer.count < 1 << 20 {
            let count = unsafe recv(socket, &chunk, chunk.count, 0)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            buffer += chunk[..<count]
        }
        return true
    }

    /// Writes what fits; false when the other side takes nothing any more.
    private static func write(_ buffer: inout [UInt8], to socket: Int32) -> Bool {
        while !buffer.isEmpty {
            let count = unsafe send(socket, buffer, buffer.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return errno == EAGAIN || errno == EINTR }
            buffer.removeFirst(count)
        }
        return true
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }
}
