// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Server-sent events") struct ServerSentEventsTests {
    @Test(
        "are written as the standard says",
        arguments: [
            (ServerSentEvent(data: "hello"), "data: hello\n\n"), (ServerSentEvent(data: ""), "data: \n\n"),
            (ServerSentEvent(data: "a\nb\r\nc\rd\n"), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
            (ServerSentEvent(data: "a\n\r\nb"), "data: a\ndata: \ndata: b\n\n"),
            (ServerSentEvent(data: "ä: 🙂\u{301}"), "data: ä: 🙂\u{301}\n\n"),
            (
                ServerSentEvent(event: "up\ndated", id: "7\r\0", data: "x", retry: .milliseconds(2500)),
                "event: updated\nid: 7\nretry: 2500\ndata: x\n\n"
            ), (ServerSentEvent(data: "x", retry: .seconds(-1)), "retry: 0\ndata: x\n\n"),
        ]) func encoded(event: ServerSentEvent, text: String)
    { #expect(event.encoded == text) }

    /// Counts from where a client stopped; says when it is cancelled.
    struct Counter: AsyncSequence, Sendable {
        typealias Element = ServerSentEvent
        var first = 0
        var last = Int.max
        var pause = Duration.zero
        var failure: Fault?
        var mayGoOn = Guarded(true)
        var padding = ""
        var isCancelled = Guarded(false)
        var made = Guarded(0)

        struct Iterator: AsyncIteratorProtocol {
            let counter: Counter
            var next: Int
            mutating func next() async throws -> ServerSentEvent? {
                if next > counter.last {
                    if let failure = counter.failure { throw failure }
                    return nil
                }
                if counter.pause > .zero {
                    do { try await Task.sleep(for: counter.pause) } catch {
                        counter.isCancelled.withLock { $0 = true }
                        throw error
                    }
                }
                while !counter.mayGoOn.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
                try Task.checkCancellation()
                defer { next += 1 }
                counter.made.withLock { $0 += 1 }
                return ServerSentEvent(id: "\(next)", data: "event \(next)\(counter.padding)")
            }
        }
        func makeAsyncIterator() -> Iterator { Iterator(counter: self, next: first) }
    }

    static func ask(_ port: Int, _ fields: String = "") async throws -> RawConnection {
        let connection = try await RawConnection(port: port)
        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        return connection
    }

    @Test("end with their source, after the last has arrived, and go on where the client stopped") func whole()
        async throws
    {
        try await TestServer.with { request in
            let seen = request.lastEventID.flatMap { Int($0) } ?? 0
            return .events(Counter(first: seen + 1, last: 5))
        } _: { server in
            for (field, first) in [("", 1), ("Last-Event-ID: 3\r\n", 4), ("Last-Event-ID: \r\n", 1)] {
                let answer = try await Self.ask(server.port, "\(field)Connection: close\r\n").receive()
                #expect(answer.contains("Content-Type: text/event-stream\r\n"))
                #expect(answer.contains("Cache-Control: no-store\r\n") && answer.hasSuffix("0\r\n\r\n"))
                for number in 1...5 { #expect(answer.contains("data: event \(number)\n\n") == (number >= first)) }
            }
        }
    }

    @Test("break off when their source fails") func failing() async throws {
        try await TestServer.with { _ in
            .events(Counter(last: 2, failure: Fault(.internal, "the well is dry")))
        } _: { server in
            let answer = try await Self.ask(server.port).receive()
            #expect(answer.contains("event 2") && !answer.hasSuffix("0\r\n\r\n"))
            try await eventually { server.events.withLock { $0.contains { $0.contains("the well is dry") } } }
        }
    }

    @Test("are a comment now and then when there are none, and none is lost by it") func heartbeat() async throws {
        let counter = Counter(last: 1, mayGoOn: Guarded(false))
        try await TestServer.with { _ in
            .events(counter, heartbeat: .milliseconds(20))
        } _: { server in
            let connection = try await Self.ask(server.port, "Connection: close\r\n")
            // Chunks of three bytes: a colon and two line ends.
            let beat = "3\r\n:\n\n\r\n"
            #expect(try await connection.receive(until: beat + beat).contains(beat + beat))
            counter.mayGoOn.withLock { $0 = true }
            let answer = try await connection.receive()
            #expect(answer.contains("event 0\n\n") && answer.contains("event 1\n\n"))
        }
    }

    @Test("cancel their source when the client leaves, whether it waits or runs ahead", arguments: [true, false])
    func leaving(isRare: Bool) async throws {
        let counter = Counter(
            pause: isRare ? .seconds(3600) : .zero, padding: isRare ? "" : String(repeating: ".", count: 100_000))
        try await TestServer.with { _ in
            .events(counter)
        } _: { server in
            var connection: RawConnection? = try await Self.ask(server.port)
            _ = try await connection?.receive(until: isRare ? "\r\n\r\n" : "event 3")
            if !isRare {
                // A client that reads nothing stops the source.
                var before = -1
                while before != counter.made.withLock({ $0 }) {
                    before = counter.made.withLock { $0 }
                    try await Task.sleep(for: .milliseconds(300))
                }
                #expect(server.server.statistics.bufferedBytes < 200_000)
            }
            connection = nil
            try await eventually { server.server.statistics.requests == 0 }
            if isRare { try await eventually { counter.isCancelled.withLock { $0 } } }
            #expect(server.events.withLock { $0 } == ["GET / was abandoned"])
        }
    }
}
