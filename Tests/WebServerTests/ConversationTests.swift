// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Conversations") struct ConversationTests {
    static let host = "Host: a\r\n"
    static let close = "Connection: close\r\n"

    @Test("a connection serves request after request, also when they arrive together") func keptAlive() async throws {
        try await TestServer.with(handler: echo) { server in
            let answers = try await RawConnection.exchange(
                port: server.port,
                "GET /1 HTTP/1.1\r\n\(Self.host)\r\n" + "POST /2 HTTP/1.1\r\n\(Self.host)Content-Length: 3\r\n\r\nabc"
                    + "\r\nGET /3 HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
            let order = ["GET /1 ", "POST /2 abc", "GET /3 "].map { answers.firstRange(of: $0)?.lowerBound }
            #expect(order.allSatisfy { $0 != nil } && order.compactMap { $0 } == order.compactMap { $0 }.sorted())
            #expect(server.handled.withLock { $0 } == 3)
        }
    }

    @Test("HEAD gets the fields of GET and no body") func head() async throws {
        let made = Guarded(0)
        try await TestServer.with { request in
            request.path == "/stream"
                ? ServerResponse("text/plain", length: 1 << 30, .filled(1 << 30, made: made))
                : ServerResponse("text/plain", "hello")
        } _: { server in
            for (path, length) in [("/", "5"), ("/stream", "1073741824")] {
                let answer = try await RawConnection.exchange(
                    port: server.port, "HEAD \(path) HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
                #expect(answer.contains("Content-Length: \(length)\r\n") && answer.hasSuffix("\r\n\r\n"))
            }
            #expect(made.withLock { $0 } == 0, "nobody reads the stream of a HEAD response")
        }
    }

    @Test("100-continue is sent when the handler asks for the body, not before") func continues() async throws {
        try await TestServer.with { request in
            if request.path == "/no" { throw Refusal(403, "not you") }
            return try await echo(request)
        } _: { server in
            let head = "HTTP/1.1\r\n\(Self.host)Expect: 100-continue\r\nContent-Length: 500000\r\n\r\n"
            let refused = try await RawConnection.exchange(port: server.port, "PUT /no \(head)")
            #expect(refused.hasPrefix("HTTP/1.1 403 ") && refused.contains("not you"))
            let welcome = try await RawConnection(port: server.port)
            try await welcome.send("PUT /yes \(head)")
            #expect(try await welcome.receive(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await welcome.send(String(repeating: "x", count: 500_000))
            #expect(try await welcome.receive(until: "PUT /yes xxx").contains("HTTP/1.1 200 OK"))
        }
    }

    @Test("a small body that nobody reads costs no connection, a large one does") func unread() async throws {
        try await TestServer.with { _ in
            ServerResponse("text/plain", "no, thanks")
        } _: { server in
            for (size, keeps) in [(1000, true), (400_000, false)] {
                let connection = try await RawConnection(port: server.port)
                try await connection.send("POST / HTTP/1.1\r\n\(Self.host)Content-Length: \(size)\r\n\r\n")
                try await connection.send(String(repeating: "x", count: size))
                let answer = try await connection.receive(until: "no, thanks")
                #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("Connection: close") != keeps)
            }
        }
    }

    @Test("an upload in chunks is the last request of its connection, so that its end is nobody's opinion")
    func chunked() async throws {
        try await TestServer.with(handler: echo) { server in
            let answer = try await RawConnection.exchange(
                port: server.port,
                "POST /x HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n"
                    + "Trailer: x\r\n\r\nGET /smuggled HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(answer.contains("POST /x hello!") && answer.contains("Connection: close"))
            #expect(server.handled.withLock { $0 } == 1)
        }
    }

    @Test("a response of unknown length comes in chunks, and closes the connection in HTTP/1.0") func lengths()
        async throws
    {
        try await TestServer.with { _ in
            ServerResponse("text/plain", .filled(10, piece: 5))
        } _: { server in
            let new = try await RawConnection.exchange(
                port: server.port, "GET / HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
            #expect(new.contains("Transfer-Encoding: chunked") && new.hasSuffix("0\r\n\r\n"))
            let old = try await RawConnection.exchange(port: server.port, "GET / HTTP/1.0\r\n\r\n")
            #expect(old.hasSuffix("\r\n\r\n.........."))
        }
    }

    @Test(
        "targets are decoded once",
        arguments: [
            ("/a%20b", "/a b"), ("/a+b", "/a+b"), ("/%2541", "/%41"), ("/%C3%A4", "/ä"), ("//a//", "//a//"),
            ("/a?x=1", "/a x=1"), ("/?x=a%26b&x=c+d&y&z=%2B", "/ x=a&b x=c d y= z=+"), ("http://b/c?d=e", "/c d=e"),
            ("http://b", "/"), ("/...", "/..."), ("/a%5C..%5Cb", "/a\\..\\b"), ("/?x=%2e%2e/y", "/ x=../y"),
        ]) func targets(target: String, seen: String) async throws
    {
        try await TestServer.with { request in
            let items = ["x", "y", "z", "d"].flatMap { name in request.query.values(for: name).map { "\(name)=\($0)" } }
            return ServerResponse("text/plain", ([request.path] + items).joined(separator: " ") + "|")
        } _: { server in
            let answer = try await RawConnection.exchange(
                port: server.port, "GET \(target) HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
            #expect(answer.hasSuffix("\r\n\r\n\(seen)|"), "\(answer)")
        }
    }

    @Test("errors become answers without details, and events with them") func errors() async throws {
        struct Secret: Error {}
        try await TestServer.with { request in
            switch request.path {
            case "/fault": throw Fault(.internal, "the password is swordfish")
            case "/refusal": throw Refusal(409, "it is \"there\"")
            case "/field": return ServerResponse(status: 200, headers: ["Bad name": "x"])
            case "/status": return ServerResponse(status: 99)
            case "/stream":
                return ServerResponse("text/plain", ByteStream { throw Fault(.internal, "the disk is full") })
            case "/framing":
                return ServerResponse(
                    status: 200, headers: ["Content-Length": "7", "Connection": "x", "A": "b\r\nC: d"])
            default: throw Secret()
            }
        } _: { server in
            for path in ["/fault", "/field", "/status", "/error"] {
                let answer = try await server.send(.get, path)
                #expect(answer.status == 500)
                #expect(String(decoding: answer.body, as: UTF8.self) == "{\"error\":\"the server failed\"}\n")
            }
            #expect(try await server.send(.get, "/refusal").body == Array("{\"error\":\"it is \\\"there\\\"\"}\n".utf8))
            let framing = try await server.send(.get, "/framing")
            #expect(framing.headers["Content-Length"] == "0" && framing.headers["A"] == "bC: d")
            await #expect(throws: (any Error).self) { try await server.send(.get, "/stream") }
            try await eventually { server.server.statistics.requests == 0 }
            let events = server.events.withLock { $0 }
            #expect(events.contains { $0.contains("swordfish") } && events.contains { $0.contains("the disk is full") })
            #expect(events.contains("GET /refusal 409") && events.contains("GET /stream was abandoned"))
        }
    }

    @Test("five hundred requests at once are all answered") func crowd() async throws {
        let gate = Guarded(0)
        try await TestServer.with { request in
            gate.withLock { $0 += 1 }
            // Nobody is answered before all have arrived, so all are open at once.
            while gate.withLock({ $0 }) < 500 { try await Task.sleep(for: .milliseconds(5)) }
            return ServerResponse("text/plain", request.path)
        } _: { server in
            var connections: [RawConnection] = []
            for index in 0..<500 {
                let connection = try await RawConnection(port: server.port)
                try await connection.send("GET /\(index) HTTP/1.1\r\n\(Self.host)\(Self.close)\r\n")
                connections.append(connection)
            }
            for (index, connection) in connections.enumerated() {
                #expect(try await connection.receive().hasSuffix("\r\n\r\n/\(index)"))
            }
        }
    }
}
