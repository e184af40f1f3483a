// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Immediate answers") struct ImmediateTests {
    static let host = "Host: a\r\n"
    static let close = "Connection: close\r\n"

    /// Answers what begins with `/now`.
    @Sendable static func now(_ request: ServerRequest) -> ServerResponse? {
        switch request.path {
        case "/now": ServerResponse("text/plain", "now \(request.method)")
        case "/now/stream": ServerResponse("text/plain", length: 300_000, .filled(300_000))
        case "/now/broken": ServerResponse("text/plain", ByteStream { throw Fault(.internal, "the disk is full") })
        case "/now/wrong": ServerResponse(status: 200, headers: ["A b": "c"])
        default: nil
        }
    }
    @Sendable static func later(_ request: ServerRequest) async throws -> ServerResponse {
        ServerResponse("text/plain", "later \(request.method)")
    }

    @Test("and others come in the order of their requests, on a connection that is kept") func order() async throws {
        try await TestServer.with(immediate: Self.now, handler: Self.later) { server in
            let answers = try await RawConnection.exchange(
                port: server.port,
                "GET /now HTTP/1.1\r\n\(Self.host)\r\n" + "GET /other HTTP/1.1\r\n\(Self.host)\r\n"
                    + "POST /now HTTP/1.1\r\n\(Self.host)Content-Length: 3\r\n\r\nabc"
                    + "HEAD /now HTTP/1.1\r\n\(Self.host)\r\n" + "GET /now HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
            var rest = answers[...]
            for body in ["now GET", "later GET", "later POST", "Content-Length: 8\r\n\r\nHTTP/1.1 200", "now GET"] {
                guard let range = rest.firstRange(of: body) else {
                    Issue.record("“\(body)” is missing in \(answers)")
                    return
                }
                rest = rest[range.upperBound...]
            }
            #expect(rest.isEmpty)
            #expect(server.handled.withLock { $0 } == 2)
            try await eventually { server.events.withLock { $0.count } == 5 }
            #expect(
                server.events.withLock { $0 } == [
                    "GET /now 200", "GET /other 200", "POST /now 200", "HEAD /now 200", "GET /now 200",
                ])
            #expect(server.server.statistics.requests == 0)
        }
    }

    @Test("are asked for only where there is no body") func bodies() async throws {
        try await TestServer.with(immediate: Self.now, handler: Self.later) { server in
            for length in ["Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"] {
                let answer = try await RawConnection.exchange(
                    port: server.port, "GET /now HTTP/1.1\r\n\(Self.host)\(Self.close)\(length)")
                #expect(answer.hasSuffix("later GET"))
            }
            let empty = try await RawConnection.exchange(
                port: server.port, "GET /now HTTP/1.1\r\n\(Self.host)\(Self.close)Content-Length: 0\r\n\r\n")
            #expect(empty.hasSuffix("now GET"))
        }
    }

    @Test("may be streams, and are checked as others") func streams() async throws {
        try await TestServer.with(immediate: Self.now, handler: Self.later) { server in
            #expect(try await server.send(.get, "/now/stream").body.count == 300_000)
            #expect(try await server.send(.head, "/now/stream").headers["Content-Length"] == "300000")
            #expect(try await server.send(.get, "/now/wrong").status == 500)
            await #expect(throws: (any Error).self) { try await server.send(.get, "/now/broken") }
            try await eventually { server.events.withLock { $0 }.contains("GET /now/broken was abandoned") }
            let events = server.events.withLock { $0 }
            #expect(events.contains { $0.contains("“A b”") } && events.contains { $0.contains("the disk is full") })
            #expect(server.server.statistics.requests == 0)
        }
    }

    @Test("are counted and waited for when the server ends") func ending() async throws {
        let server = try TestServer(immediate: Self.now, handler: Self.later)
        let connection = try await RawConnection(port: server.port)
        try await connection.send("GET /now HTTP/1.1\r\n\(Self.host)\r\n")
        #expect(try await connection.receive(until: "now GET").contains("200 OK"))
        await server.server.stop()
        #expect(try await connection.receive() == "")
        let statistics = server.server.statistics
        #expect(statistics.connections == 0 && statistics.requests == 0)
    }
}
