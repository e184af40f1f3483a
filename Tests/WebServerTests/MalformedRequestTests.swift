// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import WebServer

@Suite("Malformed requests") struct MalformedRequestTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let request: String
        /// What the answer starts with; empty where libmicrohttpd just closes the connection.
        let answer: String
        var testDescription: String { what }
        init(_ what: String, _ request: String, _ answer: String = "HTTP/1.1 400 ") {
            (self.what, self.request, self.answer) = (what, request, answer)
        }
    }

    static let host = "Host: a\r\n"
    static let post = "POST /x HTTP/1.1\r\n" + host
    static let cases: [Case] = [
        Case("no request line", "nonsense\r\n\r\n", ""),
        Case("no version", "GET /x\r\n\(host)\r\n", ""),
        Case("another protocol", "GET /x SMTP/1.1\r\n\(host)\r\n", ""),
        Case("a future version", "GET /x HTTP/3.0\r\n\(host)\r\n", ""),
        Case("a later minor version", "GET /x HTTP/1.2\r\n\(host)\r\n", "HTTP/1.1 505 "),
        Case("two blanks in the request line", "GET  /x HTTP/1.1\r\n\(host)\r\n"),
        Case("a blank in the target", "GET /x y HTTP/1.1\r\n\(host)\r\n", ""),
        Case("a method that is no token", "G(T /x HTTP/1.1\r\n\(host)\r\n"),
        Case("no Host", "GET /x HTTP/1.1\r\n\r\n"),
        Case("two Hosts", "GET /x HTTP/1.1\r\n\(host)\(host)\r\n"),
        Case("a field without colon", "GET /x HTTP/1.1\r\n\(host)Oops\r\n\r\n"),
        Case("a blank before the colon", "GET /x HTTP/1.1\r\n\(host)Content-Length : 5\r\n\r\nhello"),
        Case("a field without name", "GET /x HTTP/1.1\r\n\(host): x\r\n\r\n"),
        Case("a folded field", "GET /x HTTP/1.1\r\n\(host)X: a\r\n b\r\n\r\n"),
        Case("a folded last field", "\(post)Content-Length: 1\r\n 2\r\n\r\nhello"),
        Case("a bare LF behind the request line", "GET /x HTTP/1.1\n\(host)\r\n"),
        Case("a bare LF behind a field", "GET /x HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
        Case("a bare LF at the end", "GET /x HTTP/1.1\r\n\(host)\n"),
        Case("only bare LF", "GET /x HTTP/1.1\nHost: a\n\n"),
        Case("a bare CR in a value", "GET /x HTTP/1.1\r\n\(host)X: a\rb\r\n\r\n"),
        Case("a NUL in the target", "GET /x\0y HTTP/1.1\r\n\(host)\r\n"),
        Case("a NUL in a value", "GET /x HTTP/1.1\r\n\(host)X: a\0b\r\n\r\n"),
        Case("a NUL in a name", "GET /x HTTP/1.1\r\n\(host)X\0: a\r\n\r\n"),
        Case("a NUL that would end the head", "GET /x HTTP/1.1\r\n\(host)\0X: a\r\nContent-Length: 5\r\n\r\nhello"),
        Case("a NUL in the version", "GET /x HTTP/1.1\0\r\n\(host)\r\n", ""),
        Case("a control character in a value", "GET /x HTTP/1.1\r\n\(host)X: a\u{1}b\r\n\r\n"),
        Case(
            "both length and chunks",
            "\(post)Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("both chunks and length", "\(post)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
        Case("the same length twice", "\(post)Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
        Case("two lengths", "\(post)Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
        Case("a list of lengths", "\(post)Content-Length: 5, 5\r\n\r\nhello"),
        Case("a negative length", "\(post)Content-Length: -5\r\n\r\nhello"),
        Case("a length with a sign", "\(post)Content-Length: +5\r\n\r\nhello"),
        Case("a hexadecimal length", "\(post)Content-Length: 0x5\r\n\r\nhello"),
        Case("an empty length", "\(post)Content-Length: \r\n\r\nhello"),
        Case("a length beyond 64 bits", "\(post)Content-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 413 "),
        Case("a length beyond the limit", "\(post)Content-Length: 9999999999\r\n\r\n", "HTTP/1.1 413 "),
        Case("chunks twice", "\(post)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Case("another coding", "\(post)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501 "),
        Case("a coding in disguise", "\(post)Transfer-Encoding: \u{b}chunked\r\n\r\n0\r\n\r\n"),
        Case("chunks in HTTP/1.0", "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501 "),
        Case("another expectation", "\(post)Expect: miracles\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 417 "),
        Case(
            "a giant field", "GET /x HTTP/1.1\r\n\(host)X: \(String(repeating: "a", count: 200_000))\r\n\r\n",
            "HTTP/1.1 431 "),
        Case(
            "a giant target", "GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\(host)\r\n", "HTTP/1.1 414 "),
        Case(
            "a flood of fields",
            "GET /x HTTP/1.1\r\n\(host)\(String(repeating: "X: y\r\n", count: 6000))\r\n", "HTTP/1.1 431 "),
        Case("dots that climb", "GET /a/../x HTTP/1.1\r\n\(host)\r\n"),
        Case("encoded dots that climb", "GET /a/%2e%2E/x HTTP/1.1\r\n\(host)\r\n"),
        Case("an encoded slash", "GET /a%2fx HTTP/1.1\r\n\(host)\r\n"),
        Case("an encoded NUL", "GET /a%00 HTTP/1.1\r\n\(host)\r\n"),
        Case("half an escape", "GET /a%2 HTTP/1.1\r\n\(host)\r\n"),
        Case("no UTF-8", "GET /a%ff HTTP/1.1\r\n\(host)\r\n"),
        Case("a target that is no path", "GET x HTTP/1.1\r\n\(host)\r\n"),
        Case("a proxy's request", "CONNECT a:443 HTTP/1.1\r\n\(host)\r\n"),
    ]

    @Test("are refused and never reach a handler", arguments: cases) func refused(_ case: Case) async throws {
        try await TestServer.with(handler: echo) { server in
            let answer = try await RawConnection.exchange(port: server.port, `case`.request)
            #expect(answer.hasPrefix(`case`.answer), "\(answer.prefix(200))")
            #expect(server.handled.withLock { $0 } == 0)
            #expect(!answer.contains("HTTP/1.1 2"), "\(answer)")
        }
    }

    @Test(
        "chunks that are none break the body off",
        arguments: [
            "zz\r\nhello\r\n0\r\n\r\n", "FFFFFFFFFFFFFFFFF\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
            "\r\n\r\n",
        ])
    func chunks(body: String) async throws {
        let finished = Guarded(0)
        try await TestServer.with { request in
            _ = try await request.body.collect(limit: 1000)
            finished.withLock { $0 += 1 }
            return ServerResponse(status: 204)
        } _: { server in
            let answer = try await RawConnection.exchange(
                port: server.port, Self.post + "Transfer-Encoding: chunked\r\n\r\n" + body)
            #expect(!answer.hasPrefix("HTTP/1.1 2"), "\(answer.prefix(200))")
            try await eventually { server.server.statistics.requests == 0 }
            #expect(finished.withLock { $0 } == 0)
        }
    }

    @Test("a giant chunk is refused at the body's limit") func giantChunk() async throws {
        try await TestServer.with {
            $0.bodyBytes = 1000
        } handler: {
            try await echo($0)
        } _: { server in
            let connection = try await RawConnection(port: server.port)
            try await connection.send(Self.post + "Transfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFF\r\n")
            while try await connection.send(String(repeating: "x", count: 65_536)) {}
            try await eventually { server.server.statistics.requests == 0 }
            #expect(server.server.statistics.peakBufferedBytes <= 1000)
        }
    }
}
