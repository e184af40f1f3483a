// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A loopback port that hands each connection to a thread of its own.
@safe final class WireListener: Sendable {
    // Proof for `@safe`: pointers live only within the calls that take them.
    let port: Int
    private let descriptor: Int32
    private let open = Guarded<(connections: [Int32: WireSocket], hasEnded: Bool)>(([:], false))

    init(port wanted: Int) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(wanted).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && listen(descriptor, 128) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        (self.descriptor, port) = (descriptor, Int(UInt16(bigEndian: address.sin_port)))
        guard isBound else {
            close(descriptor)
            throw Fault.system(errno, "listen on the loopback port \(wanted)")
        }
    }

    /// Accepts until `stop`; `serve` has each connection until it returns.
    func start(_ serve: @escaping @Sendable (WireSocket) -> Void) {
        startThread { [self] in
            while true {
                let accepted = accept(descriptor, nil, nil)
                if accepted < 0, errno == ECONNABORTED || errno == EINTR { continue }
                guard accepted >= 0 else { break }
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let connection = WireSocket(accepted)
                let isWelcome = open.withLock { open in
                    if !open.hasEnded { open.connections[accepted] = connection }
                    return !open.hasEnded
                }
                guard isWelcome else { continue }
                startThread { [self] in
                    serve(connection)
                    open.withLock { _ = $0.connections.removeValue(forKey: accepted) }
                }
            }
            close(descriptor)
        }
    }

    /// Ends all connections and accepts no more.
    func stop() {
        let connections = open.withLock { open in
            open.hasEnded = true
            return Array(open.connections.values)
        }
        for connection in connections { connection.interrupt() }
        // Ends the wait for the next connection; its thread closes the port.
        shutdown(descriptor, Int32(SHUT_RDWR))
    }
}
