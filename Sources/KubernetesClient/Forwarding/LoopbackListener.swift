// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A TCP port of the loopback interface, and the connections that were made to it. One thread moves the bytes of them all.
///
/// At most 512 connections are open, and 64 wait to be accepted; further ones wait with the kernel.
final class LoopbackListener: Sendable {
    /// What goes over one connection.
    struct Traffic {
        let socket: Int32
        var incoming: [UInt8] = []
        var outgoing: [UInt8] = []
        /// The other side has ended; we have, or will when everything is sent.
        var hasEnded = false
        var isFinished = false
        var hasShut = false
        /// Nobody holds the connection any more.
        var isClosing = false
        var isBroken = false
        let changed = ChangeSignal()
    }
    private struct State {
        /// By numbers that are never given again, as those of sockets are.
        var traffic: [Int: Traffic] = [:]
        var lastID = 0
        var waiting: [LoopbackConnection] = []
        var isStopped = false
        /// Whether nobody can connect any more.
        var isOver = false
    }
    private enum Limit {
        static let connections = 512, waiting = 64, incoming = 128 * 1024, outgoing = 256 * 1024
    }

    private let state = Guarded(State())
    private let arrived = ChangeSignal()
    /// A pipe that wakes the thread.
    private let bell: Int32
    private let ringer: Int32
    private let socket: Int32
    /// Which port it is.
    let port: Int

    /// Listens; port 0 is one that is free. Throws `.conflict` when it is taken.
    init(port wanted: UInt16, isIPv6: Bool = false) throws(Fault) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let socket = Glibc.socket(isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        guard socket >= 0 else { throw Fault.system(errno, "open a socket") }
        var yes: Int32 = 1
        _ = unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        guard Self.bind(socket, wanted, isIPv6), listen(socket, 64) == 0, let port = Self.port(of: socket) else {
            let reason = errno
            _ = Glibc.close(socket)
            let place = (isIPv6 ? "[::1]:" : "127.0.0.1:") + "\(wanted)"
            throw reason == EADDRINUSE
                ? Fault(.conflict, "\(place) is taken", fix: "choose another port, or 0 for one that is free")
                : Fault.system(reason, "listen on \(place)")
        }
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            let reason = errno
            _ = Glibc.close(socket)
            throw Fault.system(reason, "make a pipe")
        }
        for end in ends { Self.prepare(end) }
        (self.socket, self.port, bell, ringer) = (socket, port, ends[0], ends[1])
    }

    /// Lets the thread begin, which holds the listener until `stop`.
    func start() { startThread { [self] in run() } }

    /// The next connection; nil when it was stopped.
    func accept() async throws -> LoopbackConnection? {
        while true {
            let seen = arrived.count
            let (next, isStopped) = state.withLock {
                ($0.waiting.isEmpty ? nil : $0.waiting.removeFirst(), $0.isStopped)
            }
            if let next {
                ring()
                return next
            }
            if isStopped { return nil }
            try await arrived.wait(past: seen)
        }
    }

    /// Ends all connections, and takes no more.
    func stop() {
        state.withLock { $0.isStopped = true }
        ring()
    }

    /// Returns when it was stopped, and nobody can connect any more.
    func waitForEnd() async throws {
        while true {
            let seen = arrived.count
            if state.withLock({ $0.isOver }) { return }
            try await arrived.wait(past: seen)
        }
    }

    // MARK: Connections

    /// What a reader or a writer finds; nil for `changed` when the connection is gone.
    private struct Look {
        var bytes: [UInt8] = []
        var isOver = false
        var changed: ChangeSignal?
        var seen: UInt64 = 0
    }

    func read(_ id: Int) async throws -> Chunk? {
        while true {
            let look = state.withLock { state -> Look in
                guard let traffic = state.traffic[id] else { return Look() }
                let (changed, seen) = (traffic.changed, traffic.changed.count)
                if !traffic.incoming.isEmpty {
                    state.traffic[id]?.incoming = []
                    return Look(bytes: traffic.incoming, changed: changed, seen: seen)
                }
                return Look(isOver: traffic.hasEnded, changed: traffic.isBroken ? nil : changed, seen: seen)
            }
            if !look.bytes.isEmpty {
                ring()
                return look.bytes[...]
            }
            guard let changed = look.changed else { throw Self.lost }
            if look.isOver { return nil }
            try await changed.wait(past: look.seen)
        }
    }

    func write(_ id: Int, _ bytes: Chunk) async throws {
        while true {
            let look = state.withLock { state -> Look in
                guard let traffic = state.traffic[id], !traffic.isBroken, !traffic.isFinished else { return Look() }
                let (changed, seen) = (traffic.changed, traffic.changed.count)
                guard traffic.outgoing.count < Limit.outgoing else { return Look(changed: changed, seen: seen) }
                state.traffic[id]?.outgoing += bytes
                return Look(isOver: true, changed: changed, seen: seen)
            }
            guard let changed = look.changed else { throw Self.lost }
            if look.isOver { return ring() }
            try await changed.wait(past: look.seen)
        }
    }

    func finish(_ id: Int) {
        state.withLock { $0.traffic[id]?.isFinished = true }
        ring()
    }

    func close(_ id: Int, isAborted: Bool) {
        state.withLock { state in
            state.traffic[id]?.isClosing = true
            if isAborted { state.traffic[id]?.outgoing = [] }
        }
        ring()
    }

    private static let lost = Fault(.unavailable, "a local connection was lost")

    // MARK: The thread

    /// A pipe that is full wakes it as well.
    private func ring() {
        var byte: UInt8 = 0
        _ = unsafe Glibc.write(ringer, &byte, 1)
    }

    private static func prepare(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    private func run() {
        while true {
            // The bell, the listening socket, and connections by their numbers.
            var polled = [pollfd(fd: bell, events: Int16(POLLIN), revents: 0)]
            var ids = [-1]
            let isStopped = state.withLock { state in
                let hasRoom = state.traffic.count < Limit.connections && state.waiting.count < Limit.waiting
                polled.append(pollfd(fd: hasRoom ? socket : -1, events: Int16(POLLIN), revents: 0))
                ids.append(-1)
                for (id, traffic) in state.traffic {
                    let wantsRead =
                        !traffic.hasEnded && !traffic.isClosing && traffic.incoming.count < Limit.incoming
                    let events = (wantsRead ? Int16(POLLIN) : 0) | (traffic.outgoing.isEmpty ? 0 : Int16(POLLOUT))
                    guard events != 0 else { continue }
                    polled.append(pollfd(fd: traffic.socket, events: events, revents: 0))
                    ids.append(id)
                }
                return state.isStopped
            }
            if isStopped { break }
            _ = unsafe poll(&polled, nfds_t(polled.count), -1)
            if polled[0].revents != 0 {
                var rings = [UInt8](repeating: 0, count: 512)
                _ = unsafe Glibc.read(bell, &rings, rings.count)
            }
            let changed = state.withLock { state in
                var changed: [ChangeSignal] = []
                for (ready, id) in zip(polled, ids) where ready.revents != 0 && id >= 0 {
                    guard var traffic = state.traffic.removeValue(forKey: id) else { continue }
                    Self.move(ready.revents, &traffic)
                    changed.append(traffic.changed)
                    state.traffic[id] = traffic
                }
                Self.sweep(&state)
                if polled[1].revents != 0 { acceptOne(&state) }
                return changed
            }
            for signal in changed { signal.change() }
        }
        let (changed, unwanted) = state.withLock { state in
            defer { (state.traffic, state.waiting) = ([:], []) }
            for traffic in state.traffic.values { _ = Glibc.close(traffic.socket) }
            return (state.traffic.values.map(\.changed), state.waiting)
        }
        _ = Glibc.close(socket)
        state.withLock { $0.isOver = true }
        for signal in changed + [arrived] { signal.change() }
        // They close themselves, for which they want the lock.
        withExtendedLifetime(unwanted) {}
    }

    deinit { for end in [bell, ringer] { _ = Glibc.close(end) } }

    private func acceptOne(_ state: inout State) {
        let id = Glibc.accept(socket, nil, nil)
        guard id >= 0 else { return }
        Self.prepare(id)
        var yes: Int32 = 1
        // Small pieces are not held back: the other side may wait for each.
        _ = unsafe setsockopt(id, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        state.lastID += 1
        state.traffic[state.lastID] = Traffic(socket: id)
        state.waiting.append(LoopbackConnection(state.lastID, self))
        arrived.change()
    }

    /// Closes what nobody holds any more, and tells ends.
    private static func sweep(_ state: inout State) {
        for (id, traffic) in state.traffic {
            if traffic.isFinished, traffic.outgoing.isEmpty, !traffic.hasShut, !traffic.isBroken {
                shutdown(traffic.socket, Int32(SHUT_WR))
                state.traffic[id]?.hasShut = true
            }
            guard traffic.isClosing, traffic.outgoing.isEmpty || traffic.isBroken else { continue }
            _ = Glibc.close(traffic.socket)
            state.traffic[id] = nil
        }
    }

    private static func move(_ events: Int16, _ traffic: inout Traffic) {
        if events & Int16(POLLIN | POLLHUP | POLLERR) != 0, !traffic.hasEnded, !traffic.isClosing {
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            let count = unsafe recv(traffic.socket, &buffer, buffer.count, 0)
            if count > 0 {
                traffic.incoming += buffer[..<count]
            } else if count == 0 {
                traffic.hasEnded = true
            } else if errno != EAGAIN, errno != EINTR {
                traffic.isBroken = true
            }
        }
        if events & Int16(POLLOUT | POLLERR) != 0, !traffic.outgoing.isEmpty {
            let count = unsafe send(traffic.socket, traffic.outgoing, traffic.outgoing.count, Int32(MSG_NOSIGNAL))
            if count > 0 {
                traffic.outgoing.removeFirst(count)
            } else if count < 0, errno != EAGAIN, errno != EINTR {
                traffic.isBroken = true
            }
        }
        if traffic.isBroken { (traffic.hasEnded, traffic.outgoing) = (true, []) }
    }

    // MARK: Addresses

    private static func bind(_ socket: Int32, _ port: UInt16, _ isIPv6: Bool) -> Bool {
        if isIPv6 {
            var place = sockaddr_in6()
            (place.sin6_family, place.sin6_port) = (sa_family_t(AF_INET6), port.bigEndian)
            place.sin6_addr = in6addr_loopback
            return unsafe bind(socket, &place)
        }
        var place = sockaddr_in()
        (place.sin_family, place.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return unsafe bind(socket, &place)
    }

    // Proof: an address of every family may be passed as a general one with its size.
    private static func bind<Address>(_ socket: Int32, _ place: UnsafePointer<Address>) -> Bool {
        unsafe place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe Glibc.bind(socket, $0, socklen_t(MemoryLayout<Address>.size)) == 0
        }
    }

    private static func port(of socket: Int32) -> Int? {
        // The port stands at the same place in the addresses of both families.
        var (place, size) = (sockaddr_in6(), socklen_t(MemoryLayout<sockaddr_in6>.size))
        let code = unsafe withUnsafeMutablePointer(to: &place) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(socket, $0, &size) }
        }
        return code == 0 ? Int(UInt16(bigEndian: place.sin6_port)) : nil
    }
}

/// A connection that somebody on this machine has made. For one reader and one writer; closed when nobody holds it, when all
/// that was written is sent.
final class LoopbackConnection: Sendable {
    private let id: Int
    private let listener: LoopbackListener

    init(_ id: Int, _ listener: LoopbackListener) { (self.id, self.listener) = (id, listener) }

    deinit { close() }

    /// The next bytes; nil at the end.
    func read() async throws -> Chunk? { try await listener.read(id) }
    /// Writes; returns when there is room for more.
    func write(_ bytes: Chunk) async throws { try await listener.write(id, bytes) }
    /// Ends what is written.
    func finish() { listener.finish(id) }
    /// Closes when all that was written is sent.
    func close() { listener.close(id, isAborted: false) }
}
