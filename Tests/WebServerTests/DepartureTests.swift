// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Departures") struct DepartureTests {
    static let host = "Host: a\r\n"

    /// Sleeps until cancelled, and notes that it was.
    static func untilCancelled(_ cancelled: Guarded<Bool>) async throws {
        do { try await Task.sleep(for: .seconds(3600)) } catch {
            cancelled.withLock { $0 = true }
            throw error
        }
    }

    @Test("a stream of events that are rare ends when its client leaves") func events() async throws {
        let (cancelled, sent) = (Guarded(false), Guarded(0))
        try await TestServer.with { _ in
            ServerResponse(
                "text/event-stream",
                ByteStream {
                    let index = sent.withLock { sent in
                        defer { sent += 1 }
                        return sent
                    }
                    if index == 2 { try await Self.untilCancelled(cancelled) }
                    return Array("data: \(index)\n\n".utf8)[...]
                })
        } _: { server in
            var connection: RawConnection? = try await RawConnection(port: server.port)
            try await connection?.send("GET /events HTTP/1.1\r\n\(Self.host)\r\n")
            // The second event arrives although no third follows: nothing waits in a buffer.
            #expect(try await connection?.receive(until: "data: 1").contains("text/event-stream") == true)
            #expect(server.server.statistics.requests == 1)
            connection = nil
            try await eventually { cancelled.withLock { $0 } && server.server.statistics.requests == 0 }
            #expect(server.events.withLock { $0 } == ["GET /events was abandoned"])
        }
    }

    @Test("a handler that works is cancelled when its client leaves", arguments: [true, false])
    func working(reset: Bool) async throws {
        let (began, cancelled) = (Guarded(false), Guarded(false))
        try await TestServer.with { _ in
            began.withLock { $0 = true }
            try await Self.untilCancelled(cancelled)
            return ServerResponse(status: 204)
        } _: { server in
            var connection: RawConnection? = try await RawConnection(port: server.port)
            try await connection?.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            try await eventually { began.withLock { $0 } }
            if reset { connection = nil } else { connection?.finishSending() }
            try await eventually { cancelled.withLock { $0 } && server.server.statistics.requests == 0 }
            #expect(server.events.withLock { $0 } == ["GET / was abandoned"])
            connection = nil
        }
    }

    @Test("a handler that reads learns that the rest will not come") func reading() async throws {
        let message = Guarded("")
        try await TestServer.with { request in
            do { return try await echo(request) } catch {
                message.withLock { $0 = "\(error)" }
                throw error
            }
        } _: { server in
            var connection: RawConnection? = try await RawConnection(port: server.port)
            try await connection?.send("PUT / HTTP/1.1\r\n\(Self.host)Content-Length: 100\r\n\r\nabc")
            try await eventually { server.handled.withLock { $0 } == 1 }
            connection = nil
            try await eventually { !message.withLock { $0 }.isEmpty && server.server.statistics.bufferedBytes == 0 }
            #expect(server.events.withLock { $0 } == ["PUT / was abandoned"])
        }
    }

    @Test("a client that leaves amid a download ends the stream") func download() async throws {
        let made = Guarded(0)
        try await TestServer.with { _ in
            ServerResponse("text/plain", .filled(1 << 40, made: made))
        } _: { server in
            var connection: RawConnection? = try await RawConnection(port: server.port)
            try await connection?.send("GET / HTTP/1.1\r\n\(Self.host)\r\n")
            #expect(try await connection?.receive(until: "...").isEmpty == false)
            connection = nil
            try await eventually { server.server.statistics.isIdle }
        }
    }

    @Test("a task of the handler that stops reading does not hang") func cancelledReading() async throws {
        try await TestServer.with { request in
            let reading = Task { try await request.body.collect(limit: 1000) }
            try await Task.sleep(for: .milliseconds(20))
            reading.cancel()
            return ServerResponse("text/plain", "\((try? await reading.value) == nil)")
        } _: { server in
            let connection = try await RawConnection(port: server.port)
            try await connection.send("PUT / HTTP/1.1\r\n\(Self.host)Content-Length: 4\r\n\r\nabc")
            try await eventually { server.handled.withLock { $0 } == 1 }
            try await Task.sleep(for: .milliseconds(100))
            try await connection.send("d")
            #expect(try await connection.receive(until: "true").contains("200 OK"))
        }
    }
}

extension ServerStatistics {
    fileprivate var isIdle: Bool { connections == 0 && requests == 0 && bufferedBytes == 0 }

    /// libmicrohttpd gives the memory of a connection away when it closes it, and of an answer that breaks off it tells
    /// nobody that it has.
    @Test(
        "a client that keeps its side of a closed connection open does no harm", arguments: ["close", "1.0", "broken"])
    func halfOpen(how: String) async throws {
        try await TestServer.with { request in
            guard request.path == "/broken" else { return ServerResponse("text/plain", "done") }
            let isFirst = Guarded(true)
            return ServerResponse(
                "text/plain",
                ByteStream {
                    let goesOn = isFirst.withLock { isFirst in
                        defer { isFirst = false }
                        return isFirst
                    }
                    guard goesOn else { throw Fault(.internal, "the well is dry") }
                    return Array("water".utf8)[...]
                })
        } _: { server in
            let version = how == "1.0" ? "1.0" : "1.1"
            let fields = how == "close" ? "Connection: close\r\n" : ""
            var open: [RawConnection] = []
            for _ in 0..<40 {
                let connection = try await RawConnection(port: server.port)
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await connection.receive(until: "done").hasSuffix("done"))
                try await connection.send("GET /\(how) HTTP/\(version)\r\nHost: a\r\n\(fields)\r\n")
                #expect(try await connection.receive().hasPrefix("HTTP/1."))
                open.append(connection)
            }
            // Connections that rest are looked at, and those of which nothing is left are ended.
            try await eventually { server.server.statistics.connections == 0 }
            #expect(try await server.send(.get, "/").status == 200)
            withExtendedLifetime(open) {}
        }
    }
}
