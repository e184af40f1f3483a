// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

/// A client that sends all of a body before it reads must still get the answer that refuses it.
@Suite("Answers to refused uploads") struct RefusedUploadTests {
    /// When, and by whom, a body is refused.
    enum Refused: String, Sendable, CaseIterable {
        case beforeReading, late, whileReading, tooLong, tooLongOnTheWay, malformed, secondRequest

        var status: Int {
            switch self {
            case .beforeReading, .late, .secondRequest: 403
            case .whileReading: 507
            case .tooLong, .tooLongOnTheWay: 413
            case .malformed: 400
            }
        }

        /// Whether its body may be sent in chunks.
        var maySayNoLength: Bool { self != .tooLong && self != .malformed }
    }

    static let size = 8 << 20

    static func settings(_ settings: inout ServerSettings, _ refused: Refused) {
        settings.bodyBytes = refused == .tooLong || refused == .tooLongOnTheWay ? 300_000 : .max
    }

    @Sendable static func handler(_ request: ServerRequest) async throws -> ServerResponse {
        switch request.path {
        case "/late":
            try await Task.sleep(for: .milliseconds(5))
            throw Refusal(403, "this is not for you")
        case "/whileReading":
            var count = 0
            while let chunk = try await request.body.stream.next() {
                count += chunk.count
                if count > 100_000 { throw Refusal(507, "the disk is full") }
            }
            return try await echo(request)
        case "/tooLongOnTheWay":
            while try await request.body.stream.next() != nil {}
            return try await echo(request)
        case "/": return try await echo(request)
        default: throw Refusal(403, "this is not for you")
        }
    }

    /// Sends a whole request whatever comes back, and then reads the answer.
    static func push(_ refused: Refused, isChunked: Bool, port: Int) async throws -> (isSent: Bool, answer: String) {
        let connection = try await RawConnection(port: port)
        var head = ""
        if refused == .secondRequest { head += "GET / HTTP/1.1\r\nHost: a\r\n\r\n" }
        head += "PUT /\(refused.rawValue) HTTP/1.1\r\nHost: a\r\n"
        if refused == .malformed { head += "Host: b\r\n" }
        head += isChunked ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: \(size)\r\n\r\n"
        let isSent = try await connection.send(Array(head.utf8) + (isChunked ? chunks : bytes))
        return (isSent, try await connection.receive())
    }

    // Made once: the tests of a machine that is busy anyway should not be kept from running by it.
    static let bytes = [UInt8](repeating: 1, count: size)
    static let chunks: [UInt8] = {
        let chunk = Array("10000\r\n".utf8) + [UInt8](repeating: 1, count: 1 << 16) + Array("\r\n".utf8)
        return Array(repeatElement(chunk, count: size >> 16).joined()) + Array("0\r\n\r\n".utf8)
    }()

    @Test(
        "none is lost by a client that sends 8 MiB first",
        arguments: Refused.allCases.flatMap { refused in
            [false, true].filter { !$0 || refused.maySayNoLength }.map { (refused, $0) }
        })
    func blind(_ refused: Refused, isChunked: Bool) async throws {
        try await TestServer.with {
            Self.settings(&$0, refused)
        } handler: {
            try await Self.handler($0)
        } _: { server in
            var (unsent, lost) = (0, 0)
            for _ in 0..<20 {
                let (isSent, answer) = try await Self.push(refused, isChunked: isChunked, port: server.port)
                unsent += isSent ? 0 : 1
                lost += answer.contains("HTTP/1.1 \(refused.status) ") && answer.hasSuffix("\"}\n") ? 0 : 1
            }
            #expect(unsent == 0 && lost == 0)
            try await eventually { server.server.statistics.connections == 0 }
            #expect(server.server.statistics.requests == 0 && server.server.statistics.bufferedBytes == 0)
            if refused == .whileReading {
                #expect(server.events.withLock { $0 } == Array(repeating: "PUT /whileReading 507", count: 20))
            }
        }
    }

    @Test(
        "none is lost by curl", .enabled(if: ServerProgram.find("curl") != nil, "curl is not installed"),
        arguments: [Refused.beforeReading, .late, .whileReading, .tooLong, .tooLongOnTheWay], [false, true])
    func curl(_ refused: Refused, expects: Bool) async throws {
        let folder = try TemporaryFolder()
        try FileSystem.write([UInt8](repeating: 1, count: Self.size), to: "\(folder.path)/blob")
        try await TestServer.with {
            Self.settings(&$0, refused)
        } handler: {
            try await Self.handler($0)
        } _: { server in
            var failures: [String] = []
            for _ in 0..<15 {
                let done = try await ChildProcess.run([
                    "curl", "-sS", "-w", "%{http_code}", "-T", "\(folder.path)/blob", "-H",
                    expects ? "Expect: 100-continue" : "Expect:",
                    "http://127.0.0.1:\(server.port)/\(refused.rawValue)",
                ])
                if done.status != 0 || !String(decoding: done.stdout, as: UTF8.self).hasSuffix("\(refused.status)") {
                    failures.append(String(decoding: done.stderr, as: UTF8.self))
                }
            }
            #expect(failures.isEmpty)
        }
    }

    @Test("nothing is asked for or read of a body that its sender offers and nobody wants", arguments: [10, 8 << 20])
    func expecting(size: Int) async throws {
        try await TestServer.with {
            $0.bodyBytes = .max
        } handler: {
            try await Self.handler($0)
        } _: { server in
            let answer = try await RawConnection.exchange(
                port: server.port,
                "PUT /late HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: \(size)\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("Connection: close"))
        }
    }

    @Test("a client that goes on for ever is cut off, by bytes or by time", arguments: [true, false])
    func bounded(isFast: Bool) async throws {
        try await TestServer.with {
            Self.settings(&$0, .beforeReading)
            if isFast { $0.lingerBytes = 1 << 20 } else { $0.lingerSeconds = 1 }
        } handler: {
            try await Self.handler($0)
        } _: { server in
            let connection = try await RawConnection(
                port: server.port,
                sending: "PUT /beforeReading HTTP/1.1\r\nHost: a\r\nContent-Length: \(1 << 40)\r\n\r\n")
            #expect(try await connection.receive().hasPrefix("HTTP/1.1 403 "))
            let piece = [UInt8](repeating: 1, count: isFast ? 1 << 16 : 1)
            var sent = 0
            while try await connection.send(piece) {
                sent += piece.count
                if !isFast { try await Task.sleep(for: .milliseconds(20)) }
            }
            #expect(!isFast || sent < 64 << 20)
            try await eventually { server.server.statistics.lingering == 0 }
        }
    }

    @Test("connections that are only read out count for their address, and are limited") func limited() async throws {
        try await TestServer.with {
            ($0.connectionsPerAddress, $0.threads) = (3, 1)
            ($0.lingerSeconds, $0.lingerIdleSeconds) = (600, 600)
        } handler: {
            try await Self.handler($0)
        } _: { server in
            var open: [RawConnection] = []
            for _ in 0..<3 {
                let connection = try await RawConnection(
                    port: server.port, sending: "PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n")
                #expect(try await connection.receive().hasPrefix("HTTP/1.1 403 "))
                open.append(connection)
            }
            try await eventually { server.server.statistics.lingering == 3 }
            #expect(try await RawConnection.exchange(port: server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n") == "")
            open.removeAll()
            try await eventually { server.server.statistics.lingering == 0 }
            #expect(try await server.send(.get, "/").status == 200)
        }
    }

    @Test(
        "none is lost over TLS", .enabled(if: ServerProgram.find("curl") != nil, "curl is not installed"),
        arguments: [Refused.beforeReading, .late, .whileReading, .tooLong, .tooLongOnTheWay])
    func encrypted(_ refused: Refused) async throws {
        let (folder, pem) = try await ServerTLSTests.certificates()
        try FileSystem.write([UInt8](repeating: 1, count: Self.size), to: "\(folder.path)/blob")
        let tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with {
            Self.settings(&$0, refused)
            $0.tls = tls
        } handler: {
            try await Self.handler($0)
        } _: { server in
            var failures: [String] = []
            for _ in 0..<10 {
                let done = try await ChildProcess.run([
                    "curl", "-sS", "-w", "%{http_code}", "-T", "\(folder.path)/blob", "-H", "Expect:", "--cacert",
                    "\(folder.path)/ca.pem", "https://localhost:\(server.port)/\(refused.rawValue)",
                ])
                if done.status != 0 || !String(decoding: done.stdout, as: UTF8.self).hasSuffix("\(refused.status)") {
                    failures.append(String(decoding: done.stderr, as: UTF8.self))
                }
            }
            #expect(failures.isEmpty)
        }
    }

    @Test("only so many connections are read out at once") func many() async throws {
        try await TestServer.with {
            $0.threads = 1
        } handler: {
            try await Self.handler($0)
        } _: { server in
            var open: [RawConnection] = []
            for _ in 0..<300 {
                let connection = try await RawConnection(
                    port: server.port, sending: "PUT /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n")
                #expect(try await connection.receive().hasPrefix("HTTP/1.1 403 "))
                open.append(connection)
                #expect(server.server.statistics.lingering <= 256)
            }
            open.removeAll()
            try await eventually { server.server.statistics.lingering == 0 }
        }
    }

    @Test("a client that stands still in a refused body gets its answer, in chunks at the next byte")
    func standstill() async throws {
        try await TestServer.with {
            ($0.bodyBytes, $0.idleSeconds) = (.max, 6)
        } handler: {
            try await Self.handler($0)
        } _: { server in
            let start = "PUT /whileReading HTTP/1.1\r\nHost: a\r\n"
            let part = String(repeating: "x", count: 200_000)
            let measured = try await RawConnection(
                port: server.port, sending: "\(start)Content-Length: 300000\r\n\r\n\(part)")
            #expect(try await measured.receive().hasPrefix("HTTP/1.1 507 "))
            let chunked = try await RawConnection(
                port: server.port, sending: "\(start)Transfer-Encoding: chunked\r\n\r\n30d40\r\n\(part)\r\n")
            try await eventually { server.server.statistics.bufferedBytes == 0 }
            try await chunked.send("5\r\nhello\r\n")
            #expect(try await chunked.receive().hasPrefix("HTTP/1.1 507 "))
            #expect(server.events.withLock { $0 } == Array(repeating: "PUT /whileReading 507", count: 2))
        }
    }
}
