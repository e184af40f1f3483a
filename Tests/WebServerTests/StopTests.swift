// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Stopping") struct StopTests {
    static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("running requests finish, new connections and requests are refused") func graceful() async throws {
        let (began, mayAnswer) = (Guarded(0), Guarded(false))
        let server = try TestServer { _ in
            let index = began.withLock { began in
                began += 1
                return began
            }
            if index > 1 {
                while !mayAnswer.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
            }
            return ServerResponse("text/plain", .filled(100_000, piece: 1000))
        }
        let idle = try await RawConnection(port: server.port)
        try await idle.send(Self.request)
        #expect(try await idle.receive(until: "0\r\n\r\n").contains("200 OK"))
        let running = try await RawConnection(port: server.port)
        try await running.send(Self.request)
        try await eventually { began.withLock { $0 } == 2 }
        async let stopped: Void = server.server.stop(deadline: .seconds(60))
        // Refused by the kernel: the port is nobody's any more.
        var isRefused = false
        while !isRefused {
            do { _ = try await RawConnection(port: server.port) } catch { isRefused = true }
        }
        try await idle.send(Self.request)
        let late = try await idle.receive()
        #expect(late.hasPrefix("HTTP/1.1 503 ") && late.contains("Connection: close"))
        #expect(late.contains("Retry-After: 1\r\n"))
        mayAnswer.withLock { $0 = true }
        let answer = try await running.receive()
        #expect(answer.contains("200 OK") && answer.hasSuffix("0\r\n\r\n"))
        await stopped
        #expect(began.withLock { $0 } == 2)
    }

    @Test("who stops servers and is cancelled keeps nobody from answering") func cancelled() async throws {
        let mayAnswer = Guarded(false)
        var servers: [TestServer] = [], connections: [RawConnection] = []
        // More than there are threads for tasks.
        for _ in 0..<16 {
            let server = try TestServer { _ in
                while !mayAnswer.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(10)) }
                return ServerResponse(status: 204)
            }
            let connection = try await RawConnection(port: server.port)
            try await connection.send(Self.request)
            try await eventually { server.handled.withLock { $0 } == 1 }
            servers.append(server)
            connections.append(connection)
        }
        let stops = servers.map { server in Task { await server.server.stop(deadline: .seconds(20)) } }
        for stop in stops { stop.cancel() }
        try await Task.sleep(for: .milliseconds(50))
        mayAnswer.withLock { $0 = true }
        for connection in connections { #expect(try await connection.receive().hasPrefix("HTTP/1.1 204 ")) }
        for stop in stops { await stop.value }
    }

    @Test("at the deadline the rest is cancelled and cut off", arguments: ["handler", "upload", "download", "events"])
    func deadline(what: String) async throws {
        let cancelled = Guarded(false)
        let server = try TestServer {
            $0.bodyBytes = .max
        } handler: { request in
            do {
                switch request.path {
                case "/handler": try await Task.sleep(for: .seconds(3600))
                case "/upload": while try await request.body.stream.next() != nil {}
                case "/download": return ServerResponse("text/plain", .filled(1 << 40))
                default:
                    return ServerResponse(
                        "text/plain",
                        ByteStream {
                            try await Task.sleep(for: .seconds(3600))
                            return nil
                        })
                }
            } catch {
                cancelled.withLock { $0 = true }
                throw error
            }
            return ServerResponse(status: 204)
        }
        let connection = try await RawConnection(port: server.port)
        let method = what == "upload" ? "PUT /upload HTTP/1.1\r\nContent-Length: 10\r\n" : "GET /\(what) HTTP/1.1\r\n"
        try await connection.send("\(method)Host: a\r\n\r\n")
        try await eventually { server.handled.withLock { $0 } == 1 }
        await server.server.stop(deadline: .milliseconds(50))
        let rest = try await connection.receive()
        #expect(!rest.hasSuffix("0\r\n\r\n"))
        #expect(server.server.statistics.requests == 0 && server.server.statistics.connections == 0)
        if ["handler", "upload"].contains(what) { try await eventually { cancelled.withLock { $0 } } }
        await server.server.stop()
    }

    @Test("under load it ends too, and every connection ends with it") func underLoad() async throws {
        let server = try TestServer { request in
            try await Task.sleep(for: .milliseconds(1))
            return ServerResponse("text/plain", .filled(50_000))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    while let connection = try? await RawConnection(port: server.port) {
                        try await connection.send(Self.request)
                        _ = try await connection.receive(until: "0\r\n\r\n")
                    }
                }
            }
            try await eventually { server.handled.withLock { $0 } > 50 }
            await server.server.stop(deadline: .zero)
            try await group.waitForAll()
        }
        #expect(server.server.statistics.connections == 0)
    }

    @Test("a port that is taken is named") func taken() async throws {
        try await TestServer.with(handler: echo) { server in
            var settings = ServerSettings()
            settings.port = server.port
            let fault = #expect(throws: Fault.self) { try HTTPServer(settings, handler: echo) }
            #expect(fault?.code == .conflict && fault?.message == "127.0.0.1:\(server.port) is taken")
            for address in ["example.org", "192.0.2.1", "[::1]", "2001:db8::1", ""] {
                settings.address = address
                #expect(throws: Fault.self) { try HTTPServer(settings, handler: echo) }
            }
        }
    }
}
