// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc

/// A TCP connection on which a test writes whatever it wants. Its calls run on threads of their own, since they block.
@safe final class RawConnection: Sendable {
    private let socket: Int32

    /// Connects and writes a text at once, whatever else keeps the tasks of the tests waiting: a server that counts the
    /// time in which a client stands still counts the test's time otherwise.
    init(port: Int, sending text: String = "") async throws {
        socket = try await Self.onThread {
            // A program that another test starts meanwhile would keep an inherited connection open.
            let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var limit = timeval(tv_sec: 30, tv_usec: 0)
            unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            address.sin_port = UInt16(port).bigEndian
            let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe connect(socket, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            guard isConnected else {
                close(socket)
                throw Fault(.unavailable, "nobody listens on port \(port)")
            }
            let bytes = Array(text.utf8)
            unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            return socket
        }
    }

    deinit { close(socket) }

    static func onThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            startThread { continuation.resume(with: Swift.Result { try work() }) }
        }
    }

    /// Writes; false when the server has closed the connection.
    @discardableResult func send(_ text: String) async throws -> Bool { try await send(Array(text.utf8)) }

    @discardableResult func send(_ bytes: [UInt8]) async throws -> Bool {
        try await Self.onThread { [self] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// Says that nothing more will be sent.
    func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Everything up to the end of the connection, or until it holds `mark`.
    func receive(until mark: String? = nil) async throws -> String {
        try await Self.onThread { [self] in
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = unsafe recv(socket, &buffer, buffer.count, 0)
                if count < 0 && errno == EAGAIN { throw Fault(.unavailable, "the server kept silent") }
                guard count > 0 else { break }
                all += buffer.prefix(count)
                if let mark, String(decoding: all, as: UTF8.self).contains(mark) { break }
            }
            return String(decoding: all, as: UTF8.self)
        }
    }

    /// Reads once; the count, 0 at the end of the connection.
    func receive(upTo count: Int) async throws -> Int {
        try await Self.onThread { [self] in
            var buffer = [UInt8](repeating: 0, count: count)
            return max(0, unsafe recv(socket, &buffer, buffer.count, 0))
        }
    }

    /// Sends a text, and returns everything until the server closes the connection.
    static func exchange(port: Int, _ text: String) async throws -> String {
        let connection = try await RawConnection(port: port)
        try await connection.send(text)
        return try await connection.receive()
    }
}
