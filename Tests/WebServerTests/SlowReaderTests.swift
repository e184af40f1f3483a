// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Slow readers") struct SlowReaderTests {
    /// Reads a little now and then, until the server has had enough.
    static func sip(_ connection: RawConnection, from server: TestServer) async throws {
        while server.events.withLock({ $0.isEmpty }), try await connection.receive(upTo: 800) > 0 {
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test("are cut off, whatever the answer is made of", arguments: ["bytes", "stream", "endless", "file"])
    func slow(what: String) async throws {
        let (folder, file, _) = try FileBodyTests.file(64 << 20)
        defer { withExtendedLifetime(folder) {} }
        let made = Guarded(0)
        try await TestServer.with {
            // A client that takes 8 KiB in a second would need hours.
            ($0.idleSeconds, $0.leastBytesPerSecond) = (2, 1 << 20)
        } handler: { _ in
            switch what {
            case "bytes": ServerResponse(status: 200, body: .bytes([UInt8](repeating: 1, count: 64 << 20)))
            case "stream": ServerResponse("text/plain", length: 64 << 20, .filled(64 << 20, made: made))
            case "endless": ServerResponse("text/plain", .filled(64 << 20, made: made))
            default: ServerResponse(status: 200, body: .file(file, offset: 0, length: 64 << 20))
            }
        } _: { server in
            let connection = try await RawConnection(port: server.port, sending: "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await Self.sip(connection, from: server)
            #expect(made.withLock { $0 } < 64 << 20)
            try await eventually { server.events.withLock { $0 } == ["GET / was abandoned"] }
            try await eventually { server.server.statistics.bufferedBytes == 0 }
        }
    }

    @Test("that are waited for by nobody stay: those of rare events") func rare() async throws {
        let mayGoOn = Guarded(false)
        try await TestServer.with {
            ($0.idleSeconds, $0.leastBytesPerSecond) = (3, 1 << 20)
        } handler: { _ in
            let sent = Guarded(0)
            return ServerResponse(
                "text/plain",
                ByteStream {
                    let index = sent.withLock { sent in
                        defer { sent += 1 }
                        return sent
                    }
                    if index == 1 { while !mayGoOn.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) } }
                    return index < 2 ? Array("\(index) is here".utf8)[...] : nil
                })
        } _: { server in
            let connection = try await RawConnection(
                port: server.port, sending: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try await connection.receive(until: "0 is here").contains("0 is here"))
            // Longer than the window in which a client must act.
            try await Task.sleep(for: .seconds(7))
            mayGoOn.withLock { $0 = true }
            #expect(try await connection.receive().contains("1 is here"))
        }
    }
}
