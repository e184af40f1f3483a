// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CMicroHTTPD
internal import Glibc
internal import Synchronization
internal import Web

/// Connections that have their answer while their clients may still send what nobody reads.
///
/// When a socket is closed with unread bytes in it, the kernel tells the other side that the connection is broken: a
/// client that is still sending then fails, or loses the answer that it has not read yet. So what comes is dropped until
/// the client has closed its side, or a bound is reached: bytes, time, quiet, or how many such sockets there are.
final class LingeringSockets {
    private struct Entry {
        let address: IPAddress
        /// How many more bytes are dropped.
        var left: Int64
        let end: ContinuousClock.Instant
        var quietEnd: ContinuousClock.Instant
    }

    /// The most of them in one event loop; beyond it the one that ends first makes room.
    static let most = 256
    /// How much is dropped of one before others have their turn.
    private static let turn: Int64 = 1 << 20

    private let core: ServerCore
    /// For how long nothing may come.
    private let quiet: Duration
    /// The set of their descriptors, itself a descriptor that becomes readable.
    let poller: Int32
    private var entries: [Int32: Entry] = [:]

    init(_ core: ServerCore) {
        self.core = core
        quiet = .seconds(core.settings.lingerIdleSeconds)
        poller = epoll_create1(Int32(EPOLL_CLOEXEC))
    }

    deinit { if poller >= 0 { Glibc.close(poller) } }

    var isEmpty: Bool { entries.isEmpty }

    /// Keeps what `socket` is connected to beyond the closing of that descriptor; false when there is nothing to wait for.
    /// The connection stays counted for its address until it has ended.
    func keep(_ socket: Int32, of address: IPAddress, now: ContinuousClock.Instant) -> Bool {
        let limit = Duration.seconds(core.settings.lingerSeconds)
        var entry = Entry(
            address: address, left: core.settings.lingerBytes, end: now + limit,
            quietEnd: now + min(limit, quiet))
        // What is there already is dropped here: most clients are done by now.
        guard drop(socket, &entry, now) else { return false }
        let copy = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return false }
        guard sovereign_epoll_add(poller, copy, false) == 0 else {
            Glibc.close(copy)
            return false
        }
        if entries.count >= Self.most, let first = entries.min(by: { $0.value.end < $1.value.end })?.key { end(first) }
        // Over TLS the end was announced within it; the connection itself is ended here.
        shutdown(copy, Int32(SHUT_WR))
        entries[copy] = entry
        core.lingering.add(1, ordering: .relaxed)
        return true
    }

    /// Drops what has arrived.
    func dropArrived(_ now: ContinuousClock.Instant) {
        var ready = [Int32](repeating: -1, count: 64)
        let count = unsafe sovereign_epoll_ready(poller, &ready, Int32(ready.count))
        for socket in ready.prefix(Int(max(0, count))) {
            guard var entry = entries[socket] else { continue }
            if drop(socket, &entry, now) { entries[socket] = entry } else { end(socket) }
        }
    }

    /// Ends those whose time is over.
    func endOverdue(_ now: ContinuousClock.Instant) {
        for (socket, entry) in entries where now >= entry.end || now >= entry.quietEnd { end(socket) }
    }

    /// Ends all.
    func endAll() { for socket in Array(entries.keys) { end(socket) } }

    private func end(_ socket: Int32) {
        guard let entry = entries.removeValue(forKey: socket) else { return }
        // Closing takes it out of the set too: the copy is the only descriptor of the connection by now.
        Glibc.close(socket)
        core.lingering.subtract(1, ordering: .relaxed)
        core.dismiss(entry.address)
    }

    /// Drops what is there, up to a turn; false when the client has ended, or has sent more than is borne.
    private func drop(_ socket: Int32, _ entry: inout Entry, _ now: ContinuousClock.Instant) -> Bool {
        var rest = Self.turn
        while rest > 0 {
            let count = Int64(sovereign_socket_drop(socket))
            if count == 0 { return false }
            guard count > 0 else { return true }
            entry.left -= count
            entry.quietEnd = max(entry.quietEnd, min(entry.end, now + quiet))
            guard entry.left > 0 else { return false }
            rest -= count
        }
        return true
    }
}
