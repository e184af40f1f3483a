// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A TCP connection of which every byte, and the way it ends, is in our hand. Calls block; each has its own thread.
@safe final class WireSocket: Sendable {
    // Proof for `@safe`: pointers live only within the calls that take them.
    let descriptor: Int32
    /// What is read at most while waiting for the end of a head.
    private static let headLimit = 256 * 1024
    /// POLLRDHUP of Linux's poll.h, which is there only for those who ask for GNU's extensions.
    private static let hangUp: Int16 = 0x2000
    private let buffered = Guarded<[UInt8]>([])

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var yes: Int32 = 1
        // Half a header line is sent as such.
        unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(descriptor) }

    /// Makes the end of the connection a reset.
    func makeReset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    /// Wakes the thread that waits here; nothing more comes or goes.
    func interrupt() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Says that nothing more will be sent, then waits for the client's end, so that what was sent does arrive.
    func finish() {
        shutdown(descriptor, Int32(SHUT_WR))
        while let more = receive(upTo: 64 * 1024), !more.isEmpty {}
    }

    /// Writes all; false when the client has gone.
    @discardableResult func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Writes slowly, until the client has gone or nothing is left.
    func dribble(_ bytes: [UInt8]) {
        for byte in bytes {
            guard send([byte]), !waitForEnd(milliseconds: 40) else { return }
        }
    }

    /// Waits; true when the client has gone meanwhile.
    func waitForEnd(milliseconds: Int32) -> Bool {
        var wanted = pollfd(fd: descriptor, events: Self.hangUp, revents: 0)
        return unsafe poll(&wanted, 1, milliseconds) != 0
    }

    /// The head of the next request with its empty line; nil when there is none.
    func readHead() -> [UInt8]? {
        var bytes = buffered.withLock { buffered in
            defer { buffered = [] }
            return buffered
        }
        var start = 0
        while true {
            if let end = Self.endOfHead(bytes, from: start) {
                let rest = Array(bytes[end...])
                buffered.withLock { $0 = rest }
                return Array(bytes[..<end])
            }
            start = max(0, bytes.count - 3)
            guard bytes.count < Self.headLimit, let more = receive(upTo: 16 * 1024), !more.isEmpty else { return nil }
            bytes += more
        }
    }

    private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + 4 <= bytes.count {
            if bytes[index..<index + 4].elementsEqual([13, 10, 13, 10]) { return index + 4 }
            index += 1
        }
        return nil
    }

    /// So many bytes; fewer when the client goes before.
    func read(_ count: Int) -> [UInt8] {
        var bytes = buffered.withLock { buffered in
            let taken = Array(buffered.prefix(count))
            buffered = Array(buffered.dropFirst(count))
            return taken
        }
        bytes.reserveCapacity(min(count, 64 << 20))
        while bytes.count < count, let more = receive(upTo: min(count - bytes.count, 256 * 1024)), !more.isEmpty {
            bytes += more
        }
        return bytes
    }

    /// A line without its end; nil when the client goes before, or writes one without an end.
    func readLine() -> String? {
        var line: [UInt8] = []
        while line.count < 1000, let byte = read(1).first {
            if byte == 10 { return String(decoding: line, as: UTF8.self).trimmed }
            line.append(byte)
        }
        return nil
    }

    private func receive(upTo count: Int) -> [UInt8]? {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let got = unsafe recv(descriptor, buffer.baseAddress, count, 0)
            (used, failed) = (max(0, got), got < 0)
        }
        return failed ? nil : bytes
    }
}
