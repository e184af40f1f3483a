// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A Unix socket (unix(7)): one that listens, or one end of a connection.
struct LocalSocket: ~Copyable, Sendable {
    let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// Listens under a name in a folder, in the place of what a process that ended left there. Only this user may connect.
    static func listening(in folder: String, as name: String) throws(Fault) -> LocalSocket {
        try FileSystem.removeFile("\(folder)/\(name)")
        let socket = try open()
        unsafe try socket.act("listen on \(folder)/\(name)", folder, name) { descriptor, address, length in
            // Nobody connects between the two: the socket listens after its mode is set.
            unsafe bind(descriptor, address, length)
        }
        try FileSystem.setMode("\(folder)/\(name)", 0o600)
        guard listen(socket.descriptor, 16) == 0 else { throw Fault.system(errno, "listen on \(folder)/\(name)") }
        return socket
    }

    /// Connects; nil when nobody listens.
    static func connected(in folder: String, to name: String) throws(Fault) -> LocalSocket? {
        let socket = try open()
        do throws(Fault) {
            unsafe try socket.act("connect to \(folder)/\(name)", folder, name) { descriptor, address, length in
                unsafe connect(descriptor, address, length)
            }
        } catch {
            if error.code == .notFound || error.code == .unavailable { return nil }
            throw error
        }
        return socket
    }

    private static func open() throws(Fault) -> LocalSocket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Fault.system(errno, "open a socket") }
        return LocalSocket(descriptor)
    }

    /// Names hold 108 bytes at the most, so the folder is named by a descriptor.
    private borrowing func act(
        _ activity: String, _ folder: String, _ name: String,
        _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(Fault) {
        let holder = try FileHandle(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "open")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("/proc/self/fd/\(holder.descriptor)/\(name)".utf8)
        // Proof: the path is shorter than the field, which is zero behind it.
        precondition(path.count < 100, "the name of a socket is short")
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe withUnsafeMutableBytes(of: &pointer.pointee.sun_path) { unsafe $0.copyBytes(from: path) }
            return unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe call(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        let reason = errno
        withExtendedLifetime(holder.descriptor) {}
        guard code == 0 else {
            if reason == ECONNREFUSED { throw Fault(.unavailable, "nobody answers there") }
            throw Fault.system(reason, activity)
        }
    }

    /// The next connection of this user or of root; nil when the socket was shut down.
    borrowing func accept() -> LocalSocket? {
        while true {
            let connection = Glibc.accept(descriptor, nil, nil)
            guard connection >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return nil
            }
            _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
            let socket = LocalSocket(connection)
            guard let user = socket.peer, user == geteuid() || user == 0 else { continue }
            return socket
        }
    }

    private var peer: uid_t? {
        // struct ucred of unix(7): process, user and group, four bytes each.
        var credentials: [UInt32] = [0, 0, 0]
        var size = socklen_t(12)
        guard unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0, size == 12 else {
            return nil
        }
        return credentials[1]
    }

    /// Wakes whoever accepts, and lets nobody connect any more.
    borrowing func shut() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// How long reading and writing wait for the other side.
    borrowing func limitWaiting(seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// Sends a line; false when nobody takes it.
    borrowing func send(line: [UInt8]) -> Bool {
        let bytes = line + [0x0A]
        return unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let sent = unsafe Glibc.send(
                    descriptor, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
                if sent < 0 && errno == EINTR { continue }
                guard sent > 0 else { return false }
                done += sent
            }
            return true
        }
    }

    /// The next line; nil at the end, for one that is too long, and when none comes in time. `rest` keeps what came behind.
    borrowing func line(_ rest: inout [UInt8], limit: Int) -> [UInt8]? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = Array(rest[..<end])
                rest.removeFirst(end + 1)
                return line
            }
            guard rest.count <= limit else { return nil }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let got = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            rest += buffer.prefix(got)
        }
    }
}
