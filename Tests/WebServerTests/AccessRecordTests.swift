// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebServer

@Suite("Who asked, and what came of it") struct AccessRecordTests {
    struct Told: Sendable {
        let record: AccessRecord
        let status: Int?
    }

    static func with(
        _ handler: @escaping Router.Handler, immediate: ImmediateHandler? = nil, sendsID: Bool = false,
        _ use: (HTTPServer, Guarded<[Told]>) async throws -> Void
    ) async throws {
        let told = Guarded<[Told]>([])
        var settings = ServerSettings()
        settings.sendsRequestID = sendsID
        settings.observe = { event in
            switch event {
            case .answered(let record, let status): told.withLock { $0.append(Told(record: record, status: status)) }
            case .abandoned(let record): told.withLock { $0.append(Told(record: record, status: nil)) }
            default: break
            }
        }
        let server = try HTTPServer(settings, immediate: immediate, handler: handler)
        do { try await use(server, told) } catch {
            await server.stop(deadline: .zero)
            throw error
        }
        await server.stop(deadline: .zero)
    }

    @Test("a record says who, what, and how many bytes in either direction", arguments: [true, false])
    func records(isImmediate: Bool) async throws {
        let peers = Guarded<[ServerPeer]>([])
        let answer: @Sendable (ServerRequest) -> ServerResponse = { request in
            peers.withLock { $0.append(request.peer) }
            #expect(!request.isTLS)
            switch request.path {
            case "/bytes": return ServerResponse("text/plain", "hello")
            case "/stream": return ServerResponse("text/plain", .filled(70_000))
            default: return ServerResponse("text/plain", ByteStream([1, 2, 3]))
            }
        }
        let later: Router.Handler = { request in
            _ = try await request.body.collect(limit: 1 << 20)
            return answer(request)
        }
        let immediate: ImmediateHandler = { answer($0) }
        try await Self.with(later, immediate: isImmediate ? immediate : nil) { server, told in
            let connection = try await RawConnection(port: server.port)
            for (request, end) in [
                ("GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n", "hello"),
                ("HEAD /bytes HTTP/1.1\r\nHost: a\r\n\r\n", "\r\n\r\n"),
                ("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789", "0\r\n\r\n"),
                ("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n", "0\r\n\r\n"),
            ] {
                try await connection.send(request)
                _ = try await connection.receive(until: end)
            }
            try await eventually { told.withLock { $0.count } == 4 }
            let records = told.withLock { $0 }
            let lines = records.map { "\($0.record.method) \($0.record.path) \($0.status ?? 0)" }
            #expect(lines == ["GET /bytes 200", "HEAD /bytes 200", "PUT /x 200", "GET /stream 200"])
            #expect(records.map(\.record.bytesReceived) == [0, 0, 9, 0])
            #expect(records.map(\.record.bytesSent) == [5, 0, 3, 70_000])
            #expect(Set(records.map(\.record.id)).count == 4)
            #expect(records.allSatisfy { $0.record.peer.address.isLoopback && $0.record.peer.port > 0 })
            #expect(Set(records.map(\.record.peer)).count == 1 && records.allSatisfy { $0.record.duration > .zero })
            #expect(peers.withLock { $0.allSatisfy { $0 == records[0].record.peer } && !$0.isEmpty })
        }
    }

    @Test("the name of a request is sent when the settings say so") func names() async throws {
        for sendsID in [true, false] {
            try await Self.with({ ServerResponse("text/plain", "\($0.id)") }, sendsID: sendsID) { server, told in
                let answer = try await RawConnection.exchange(
                    port: server.port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                try await eventually { told.withLock { $0.count } == 1 }
                let id = told.withLock { "\($0[0].record.id)" }
                #expect(id.utf8.count == 16 && answer.hasSuffix(id))
                #expect(answer.contains("X-Request-Id: \(id)\r\n") == sendsID)
            }
        }
    }

    @Test("of an answer that was not taken in full, the record says how much of it was") func abandoned() async throws {
        try await Self.with({ _ in ServerResponse("text/plain", .filled(1 << 30)) }) { server, told in
            var connection: RawConnection? = try await RawConnection(port: server.port)
            try await connection?.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = try await connection?.receive(until: "...")
            connection = nil
            try await eventually { told.withLock { $0.count } == 1 }
            let record = told.withLock { $0[0] }
            #expect(record.status == nil && record.record.bytesSent > 0 && record.record.bytesSent < 1 << 30)
        }
    }
}
