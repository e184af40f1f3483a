// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import SPDY
internal import WebClient

/// SPDY in the messages of a WebSocket, wherever they end (KEP-4006).
struct TunnelTransport: SPDYTransport {
    let socket: WebSocket

    func receive() async throws -> Chunk? {
        while let message = try await socket.receive() {
            guard !message.isText else { throw Fault(.corrupt, "a text came through a tunnel of bytes") }
            if !message.bytes.isEmpty { return message.bytes[...] }
        }
        return nil
    }

    func send(_ bytes: [UInt8]) async throws {
        // No larger than what servers take as one message.
        for start in stride(from: 0, to: bytes.count, by: 32 * 1024) {
            try await socket.send(Array(bytes[start..<min(start + 32 * 1024, bytes.count)]))
        }
    }

    func close() { socket.close() }
}

/// SPDY on a connection that has left HTTP for it.
struct PlainTransport: SPDYTransport {
    let connection: UpgradedConnection

    func receive() async throws -> Chunk? { try await connection.receive() }
    func send(_ bytes: [UInt8]) async throws { try await connection.send(bytes) }
    func close() { connection.close() }
}
