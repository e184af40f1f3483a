// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebClient

@testable import WebServer

@Suite("Streaming") struct StreamingTests {
    static let size = 256 << 20
    /// Far more than the server may hold of one body: its window and one piece.
    static let bound = 1 << 20

    @Test("an upload of 256 MiB is never held whole", arguments: [Int64(size), nil])
    func upload(length: Int64?) async throws {
        try await TestServer.with {
            $0.bodyBytes = .max
        } handler: { request in
            var count = 0
            while let chunk = try await request.body.stream.next() { count += chunk.count }
            return ServerResponse("text/plain", "\(count)")
        } _: { server in
            let answer = try await server.send(.put, "/", body: .stream(length: length) { .filled(Self.size) })
            #expect(answer.body == Array("\(Self.size)".utf8))
            #expect(server.server.statistics.peakBufferedBytes < Self.bound)
            try await eventually { server.server.statistics.bufferedBytes == 0 }
        }
    }

    @Test("no event loop sleeps while a reader waits for it") func rings() async throws {
        try await TestServer.with {
            ($0.bodyBytes, $0.threads) = (.max, 1)
        } handler: { request in
            var count = 0
            while let chunk = try await request.body.stream.next() {
                count += chunk.reduce(into: 0) { $0 += Int($1) & 1 | 1 }
            }
            return ServerResponse("text/plain", "\(count)")
        } _: { server in
            for _ in 0..<4 {
                try await withThrowingTaskGroup { group in
                    for size in [1, 300_000, 8 << 20, 16 << 20] {
                        group.addTask {
                            let answer = try await server.send(
                                .put, "/", body: .stream(length: Int64(size)) { .filled(size) })
                            #expect(answer.body == Array("\(size)".utf8))
                        }
                    }
                    try await group.waitForAll()
                }
            }
            // Somebody may ring in the very moment in which a sleep ends by itself.
            #expect(server.server.missedRings <= 1)
        }
    }

    @Test("a download of 256 MiB is never held whole", arguments: [Int64(size), nil])
    func download(length: Int64?) async throws {
        try await TestServer.with { _ in
            ServerResponse("text/plain", length: length, .filled(Self.size))
        } _: { server in
            let request = HTTPRequest(method: .get, url: try HTTPURL("http://127.0.0.1:\(server.port)/"))
            let count = try await HTTPClient().send(request) { response in
                var count = 0
                while let chunk = try await response.body.next() { count += chunk.count }
                return count
            }
            #expect(count == Self.size)
            #expect(server.server.statistics.peakBufferedBytes < Self.bound)
        }
    }

    @Test("a handler that does not read stops the client") func slowReader() async throws {
        let mayRead = Guarded(false)
        try await TestServer.with {
            $0.bodyBytes = .max
        } handler: { request in
            var count = try await request.body.stream.next()?.count ?? 0
            while !mayRead.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
            while let chunk = try await request.body.stream.next() { count += chunk.count }
            return ServerResponse("text/plain", "\(count)")
        } _: { server in
            let made = Guarded(0)
            async let answer = server.send(
                .put, "/", body: .stream(length: Int64(Self.size)) { .filled(Self.size, made: made) })
            // What the kernel buffers is a few MiB; a standstill is one that lasts.
            var before = -1
            while before != made.withLock({ $0 }) {
                before = made.withLock { $0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(before < Self.size / 2)
            mayRead.withLock { $0 = true }
            #expect(try await answer.body == Array("\(Self.size)".utf8))
        }
    }

    @Test("a client that does not read stops the handler's stream") func slowWriter() async throws {
        let made = Guarded(0)
        try await TestServer.with { _ in
            ServerResponse("text/plain", .filled(Self.size, made: made))
        } _: { server in
            let connection = try await RawConnection(port: server.port)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            var before = -1
            while before != made.withLock({ $0 }) {
                before = made.withLock { $0 }
                try await Task.sleep(for: .milliseconds(300))
            }
            #expect(before > 0 && before < Self.size / 2)
            #expect(server.server.statistics.peakBufferedBytes < Self.bound)
        }
    }

    @Test("bytes arrive as they were sent, in both directions, from many clients at once") func content() async throws {
        try await TestServer.with {
            $0.bodyBytes = .max
        } handler: { request in
            let body = try await request.body.collect(limit: 1 << 22)
            let pieces = Guarded(body[...])
            return ServerResponse(
                "application/octet-stream", length: nil,
                ByteStream {
                    pieces.withLock { rest in
                        defer { rest = rest.dropFirst(10_007) }
                        return rest.isEmpty ? nil : rest.prefix(10_007)
                    }
                })
        } _: { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for seed in 0..<16 {
                    group.addTask {
                        let bytes = (0..<(300_000 + seed * 7919)).map {
                            UInt8(truncatingIfNeeded: $0 &* (seed + 3) >> 3)
                        }
                        return try await server.send(.post, "/\(seed)", body: .bytes(bytes)).body == bytes
                    }
                }
                for try await isSame in group { #expect(isSame) }
            }
        }
    }

    @Test("a handler that answers before it has read gets no more of the body") func late() async throws {
        try await TestServer.with { request in
            ServerResponse("text/plain", request.body.stream)
        } _: { server in
            await #expect(throws: (any Error).self) {
                try await server.send(.post, "/", body: .bytes([UInt8](repeating: 1, count: 1000)))
            }
            try await eventually {
                server.events.withLock { $0.contains { $0.contains("until the handler has answered") } }
            }
        }
    }

    /// Tells when nobody holds it any more.
    private final class Token: Sendable {
        let isGone: Guarded<Int>
        init(_ isGone: Guarded<Int>) { self.isGone = isGone }
        deinit { isGone.withLock { $0 += 1 } }
    }

    @Test("an answer made of the request's own body is let go with the request") func release() async throws {
        let gone = Guarded(0)
        try await TestServer.with { request in
            let (token, body) = (Token(gone), request.body.stream)
            return ServerResponse(
                "text/plain",
                ByteStream {
                    defer { withExtendedLifetime(token) {} }
                    return try await body.next()
                })
        } _: { server in
            for _ in 0..<3 { _ = try? await server.send(.post, "/", body: .bytes([UInt8](repeating: 1, count: 1000))) }
            // One whose client has left before there is an answer.
            let connection = try await RawConnection(
                port: server.port, sending: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            try await eventually { server.handled.withLock { $0 } == 4 }
            withExtendedLifetime(connection) {}
        }
        try await eventually { gone.withLock { $0 } == 4 }
    }
}
