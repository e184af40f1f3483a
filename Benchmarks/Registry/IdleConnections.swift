// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc

/// Connections on which one request was answered and nothing moves any more.
struct IdleConnections: ~Copyable {
    private var sockets: [Int32] = []

    /// How many could be opened, of which each was answered.
    var count: Int { sockets.count }

    /// Opens connections to a port of this machine, from several loopback addresses, since each has some 28,000 ports.
    init(_ count: Int, port: Int, request: String) throws {
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, UInt(count + 1000))
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        for _ in 0..<count {
            let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard socket >= 0 else { throw Fault.system(errno, "open another socket") }
            sockets.append(socket)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = UInt16(port).bigEndian
            let connected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe connect(socket, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard connected, Self.isAnswered(socket, request) else {
                throw Fault(.unavailable, "connection \(sockets.count) was not taken")
            }
        }
    }

    /// How many of them are answered once more.
    func answered(_ request: String) -> Int { sockets.count { Self.isAnswered($0, request) } }

    private static func isAnswered(_ socket: Int32, _ request: String) -> Bool {
        let bytes = Array(request.utf8)
        guard unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return false }
        var time = timeval(tv_sec: 10, tv_usec: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        var answer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe recv(socket, &answer, answer.count, 0)
        return count > 12 && String(decoding: answer[..<12], as: UTF8.self).hasPrefix("HTTP/1.1 ")
    }

    deinit { for socket in sockets { close(socket) } }
}
