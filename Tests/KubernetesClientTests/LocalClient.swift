// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc

/// What a program on this machine says to a local port and hears from it.
enum LocalClient {
    /// Writes everything, ends its side, and reads to the end.
    static func exchange(_ port: Int, _ bytes: [UInt8]) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            startThread { continuation.resume(with: Result { try run(port, bytes) }) }
        }
    }

    private static func run(_ port: Int, _ bytes: [UInt8]) throws -> [UInt8] {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { _ = close(descriptor) }
        var address = sockaddr_in()
        (address.sin_family, address.sin_port) = (sa_family_t(AF_INET), UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let code = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Fault.system(errno, "connect to \(port)") }
        let isWritten = Basics.Semaphore()
        startThread {
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = unsafe rest.withUnsafeBytes {
                    unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { break }
                rest = rest.dropFirst(sent)
            }
            shutdown(descriptor, Int32(SHUT_WR))
            isWritten.signal()
        }
        var (answer, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 64 * 1024))
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        isWritten.wait()
        return answer
    }
}
