// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Limits") struct LimitTests {
    static let host = "Host: a\r\n"

    @Test("bodies up to the limit are taken, larger ones refused with 413, announced or not") func bodies() async throws
    {
        try await TestServer.with {
            $0.bodyBytes = 1000
        } handler: {
            try await echo($0)
        } _: { server in
            for length in [Int64?.none, 1] {
                for (size, status) in [(0, 200), (999, 200), (1000, 200), (1001, 413), (5000, 413)] {
                    let answer = try await server.send(
                        .put, "/", body: .stream(length: length.map { _ in Int64(size) }) { .filled(size) })
                    #expect(answer.status == status, "\(size) bytes")
                }
            }
            #expect(server.server.statistics.peakBufferedBytes <= 1000)
        }
    }

    @Test("a handler's own limit is answered with 413 too") func collected() async throws {
        try await TestServer.with { request in
            ServerResponse("text/plain", "\(try await request.body.collect(limit: 10).count)")
        } _: { server in
            for length in [Int64?.none, 1] {
                for (size, status) in [(10, 200), (11, 413)] {
                    let body = HTTPRequestBody.stream(length: length.map { _ in Int64(size) }) { .filled(size) }
                    let answer = try await server.send(.put, "/", body: body)
                    #expect(answer.status == status)
                }
            }
        }
    }

    @Test("heads up to the limit are taken, larger ones refused with 431") func heads() async throws {
        try await TestServer.with {
            $0.headBytes = 4096
        } handler: {
            try await echo($0)
        } _: { server in
            let bare = "GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\nX: \r\n\r\n".utf8.count
            for (size, status) in [(4096, 200), (4097, 431), (40_000, 431)] {
                let value = String(repeating: "a", count: size - bare)
                let answer = try await RawConnection.exchange(
                    port: server.port, "GET / HTTP/1.1\r\n\(Self.host)Connection: close\r\nX: \(value)\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(size) bytes")
            }
        }
    }

    /// Sends a byte again and again, until the server has had enough.
    func trickle(_ connection: RawConnection, _ byte: String) async throws {
        while try await connection.send(byte) { try await Task.sleep(for: .milliseconds(20)) }
    }

    @Test("a head that trickles in is cut off, however steadily") func slowHead() async throws {
        try await TestServer.with {
            $0.headSeconds = 3
        } handler: {
            try await echo($0)
        } _: { server in
            let connection = try await RawConnection(
                port: server.port, sending: "GET / HTTP/1.1\r\n\(Self.host)X: ")
            try await trickle(connection, "x")
            #expect(server.handled.withLock { $0 } == 0)
            let second = try await RawConnection(
                port: server.port, sending: "GET / HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try await second.receive(until: "GET /").contains("200 OK"))
            try await trickle(second, "x")
            try await eventually { server.server.statistics.connections == 0 }
        }
    }

    @Test("a body that trickles in is cut off, and its handler told") func slowBody() async throws {
        let failed = Guarded(false)
        try await TestServer.with {
            ($0.idleSeconds, $0.leastBytesPerSecond) = (1, 10_000)
        } handler: { request in
            do { return try await echo(request) } catch {
                failed.withLock { $0 = true }
                throw error
            }
        } _: { server in
            let connection = try await RawConnection(
                port: server.port, sending: "PUT / HTTP/1.1\r\n\(Self.host)Content-Length: 1000000\r\n\r\n")
            try await trickle(connection, "x")
            try await eventually { failed.withLock { $0 } }
            try await eventually { server.events.withLock { $0 } == ["PUT / was abandoned"] }
        }
    }

    @Test("a client that stands still is cut off; one that waits for its answer is not") func idle() async throws {
        let (began, mayAnswer) = (Guarded(false), Guarded(false))
        try await TestServer.with {
            $0.idleSeconds = 1
        } handler: { request in
            if request.path == "/wait" {
                began.withLock { $0 = true }
                while !mayAnswer.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
            }
            return try await echo(request)
        } _: { server in
            let waiting = try await RawConnection(
                port: server.port, sending: "GET /wait HTTP/1.1\r\n\(Self.host)\r\n")
            try await eventually { began.withLock { $0 } }
            let still = try await RawConnection(
                port: server.port, sending: "PUT /still HTTP/1.1\r\n\(Self.host)Content-Length: 10\r\n\r\nabc")
            let silent = try await RawConnection(port: server.port)
            #expect(try await still.receive() == "")
            #expect(try await silent.receive() == "")
            mayAnswer.withLock { $0 = true }
            #expect(try await waiting.receive(until: "GET /wait").contains("200 OK"))
        }
    }

    @Test("one address gets so many connections and no more") func connections() async throws {
        try await TestServer.with {
            $0.connectionsPerAddress = 2
        } handler: {
            try await echo($0)
        } _: { server in
            var open: [RawConnection] = []
            for _ in 0..<2 {
                let connection = try await RawConnection(port: server.port)
                try await connection.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
                #expect(try await connection.receive(until: "GET /").contains("200 OK"))
                open.append(connection)
            }
            #expect(try await RawConnection.exchange(port: server.port, "GET / HTTP/1.1\r\n\(Self.host)\r\n") == "")
            open.removeAll()
            try await eventually { server.server.statistics.connections == 0 }
            #expect(try await server.send(.get, "/").status == 200)
        }
    }

    @Test("connections beyond the limit wait for their turn", arguments: [(1, 1), (4, 2), (3, 2)])
    func queue(limit: Int, threads: Int) async throws {
        try await TestServer.with {
            ($0.connections, $0.threads) = (limit, threads)
        } handler: {
            try await echo($0)
        } _: { server in
            var connections: [RawConnection] = []
            for index in 0..<32 {
                let connection = try await RawConnection(port: server.port)
                try await connection.send("GET /\(index) HTTP/1.1\r\n\(Self.host)Connection: close\r\n\r\n")
                connections.append(connection)
            }
            for (index, connection) in connections.enumerated() {
                #expect(try await connection.receive().contains("GET /\(index) "))
            }
        }
    }
}
