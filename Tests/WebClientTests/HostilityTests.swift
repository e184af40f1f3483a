// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient

@Suite("Hostility", .enabled(if: ServerProcess.pythonIsThere, "needs python3"), .timeLimit(.minutes(2)))
struct HostilityTests {
    let server: ServerProcess
    let client = HTTPClient(
        .quick {
            $0.idleTimeout = .seconds(1)
            $0.lowestSpeed = 1000
            $0.retry.attempts = 1
        })
    init() throws { server = try ServerProcess() }

    @Test(
        "ends with the right error, and does end", .timeLimit(.minutes(2)),
        arguments: [
            ("/loris", Fault.Code.unavailable), ("/silent", .unavailable), ("/trickle", .unavailable),
            ("/stuck", .unavailable),
            ("/giant-header", .limitExceeded), ("/many-headers", .limitExceeded), ("/two-lengths", .invalid),
            ("/garbage", .invalid),
        ])
    func ends(_ path: String, _ code: Fault.Code) async throws {
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: try server.url(path)))
        } throws: { error in
            let fault = error as? Fault
            if fault?.code != code { Issue.record("\(error)") }
            return fault?.code == code && fault?.message.contains("localhost:\(server.port)") == true
                && fault?.fix != nil
        }
    }

    @Test("reads the answer of a server that does not want the body", arguments: [Int64?.none, 1 << 30])
    func early(_ length: Int64?) async throws {
        let body = HTTPRequestBody.stream(length: length) { ByteStream { [UInt8](repeating: 0, count: 100_000)[...] } }
        try await client.send(HTTPRequest(method: .put, url: try server.url("/early-401"), body: body)) { response in
            #expect(response.status == 401)
            #expect(response.headers["WWW-Authenticate"] != nil)
            let bytes = try await response.body.collect(limit: 100)
            #expect(bytes == Array("who are you".utf8))
        }
    }

    @Test("does not read ahead of a server that does not take the body")
    func backPressureUp() async throws {
        let produced = Guarded(0)
        let body = HTTPRequestBody.stream(length: nil) {
            ByteStream {
                produced.withLock { $0 += 100_000 }
                return [UInt8](repeating: 0, count: 100_000)[...]
            }
        }
        await #expect {
            try await client.text(HTTPRequest(method: .put, url: try server.url("/never-reads"), body: body))
        } throws: { ($0 as? Fault)?.code == .unavailable }
        // Ours, and what the sockets of both sides hold.
        #expect(produced.withLock { $0 } < 24 << 20)
    }

    @Test("a slow reader or a slow source is not taken for a slow server")
    func slowSelf() async throws {
        try await client.send(HTTPRequest(method: .get, url: try server.url("/bytes?count=\(32 << 20)"))) { response in
            _ = try await response.body.next()
            try await Task.sleep(for: .seconds(2))
            var total = 0
            while let chunk = try await response.body.next() { total += chunk.count }
            #expect(total > 31 << 20)
        }
        let body = HTTPRequestBody.stream(length: 2) {
            let rest = Guarded<[UInt8]>([1, 2])
            return ByteStream {
                guard let byte = rest.withLock({ $0.popLast() }) else { return nil }
                try await Task.sleep(for: .seconds(2))
                return [byte]
            }
        }
        let text = try await client.text(HTTPRequest(method: .put, url: try server.url("/echo"), body: body))
        #expect(text.contains("length=2\n"))
    }
}

@Suite("Cancellation", .enabled(if: ServerProcess.pythonIsThere, "needs python3"), .timeLimit(.minutes(1)))
struct CancellationTests {
    let server: ServerProcess
    let client = HTTPClient(.quick())
    init() throws { server = try ServerProcess() }

    @Test("a cancelled task leaves no transfer behind", arguments: ["/silent", "/stuck"])
    func task(_ path: String) async throws {
        let url = try server.url(path)
        let task = Task { try await client.text(HTTPRequest(method: .get, url: url)) }
        #expect(try await server.reaches("requests:\(path)"))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await server.reaches("\(path.dropFirst())-gone"))
        #expect(try await client.text(HTTPRequest(method: .get, url: try server.url("/one-shot"))) == "bye")
    }

    @Test("a cancelled upload ends its source")
    func upload() async throws {
        let url = try server.url("/never-reads")
        let isAlive = Guarded(true)
        final class Source: Sendable {
            let isAlive: Guarded<Bool>
            init(_ isAlive: Guarded<Bool>) { self.isAlive = isAlive }
            deinit { isAlive.withLock { $0 = false } }
        }
        let task = Task {
            let source = Source(isAlive)
            let body = HTTPRequestBody.stream(length: nil) {
                ByteStream { withExtendedLifetime(source) { [UInt8](repeating: 0, count: 100_000)[...] } }
            }
            return try await client.text(HTTPRequest(method: .put, url: url, body: body))
        }
        #expect(try await server.reaches("never-reads"))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(!isAlive.withLock { $0 })
    }

    @Test("leaving the closure ends the transfer, and its body cannot be read afterwards")
    func leaving() async throws {
        let body = try await client.send(HTTPRequest(method: .get, url: try server.url("/stuck"))) { response in
            _ = try await response.body.next()
            return response.body
        }
        #expect(try await server.reaches("stuck-gone"))
        await #expect { try await body.next() } throws: { ($0 as? Fault)?.code == .cancelled }
    }

    @Test("letting go of an opened response ends the transfer")
    func lettingGo() async throws {
        _ = try await client.open(HTTPRequest(method: .get, url: try server.url("/stuck")))
        #expect(try await server.reaches("stuck-gone"))
    }

    @Test("a client may go while its response is read")
    func clientGone() async throws {
        var client: HTTPClient? = HTTPClient(.quick())
        let response = try await client?.open(HTTPRequest(method: .get, url: try server.url("/bytes?count=5000000")))
        client = nil
        #expect(try await response?.body.collect(limit: 5_000_000).count == 5_000_000)
    }

    @Test("many transfers at once, some given up, some stalled by their readers")
    func many() async throws {
        let (server, client) = (server, client)
        try await (0..<40).forEachConcurrently(limit: 40) { index in
            let request = HTTPRequest(method: .get, url: try server.url("/bytes?count=3000000"))
            if index % 4 == 0 {
                _ = try await client.send(request) { try await $0.body.next()?.count }
            } else {
                // A download that waits for an upload to the same server, as a copy does.
                let count = try await client.send(request) { response in
                    let body = response.body
                    let upload = HTTPRequest(
                        method: .put, url: try server.url("/echo"), body: .stream(length: 3_000_000, open: { body }))
                    return try await client.text(upload)
                }
                #expect(count.contains("length=3000000\n"))
            }
        }
    }
}
