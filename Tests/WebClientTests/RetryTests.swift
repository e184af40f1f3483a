// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web

@testable import WebClient

@Suite("Retry", .enabled(if: ServerProcess.pythonIsThere, "needs python3"), .timeLimit(.minutes(1)))
struct RetryTests {
    let server: ServerProcess
    let waits = Guarded<[Duration]>([])
    let client: HTTPClient
    init() throws {
        server = try ServerProcess()
        client = HTTPClient(.quick { [waits] in $0.retry.sleep = { wait in waits.withLock { $0.append(wait) } } })
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let method: HTTPMethod, query: String, tries: Int, status: Int
        var testDescription: String { "\(method) \(query)" }
    }
    static let cases: [Case] = [
        Case(method: .get, query: "code=503&fail=2", tries: 3, status: 200),
        Case(method: .get, query: "code=500&fail=1", tries: 2, status: 200),
        Case(method: .get, query: "code=408&fail=1", tries: 2, status: 200),
        Case(method: .get, query: "code=503&fail=9", tries: 5, status: 503),
        Case(method: .get, query: "code=501&fail=1", tries: 1, status: 501),
        Case(method: .get, query: "code=404&fail=1", tries: 1, status: 404),
        Case(method: .get, query: "code=reset&fail=2", tries: 3, status: 200),
        Case(method: .put, query: "code=502&fail=1", tries: 2, status: 200),
        Case(method: .put, query: "code=reset&fail=1", tries: 2, status: 200),
        Case(method: .post, query: "code=503&fail=1", tries: 2, status: 200),
        Case(method: .post, query: "code=429&fail=1&after=0", tries: 2, status: 200),
        Case(method: .post, query: "code=500&fail=1", tries: 1, status: 500),
        Case(method: .post, query: "code=504&fail=1", tries: 1, status: 504),
        Case(method: .get, query: "code=429&fail=1&after=3600", tries: 1, status: 429),
    ]

    @Test("tries again what may be better the next time, and nothing twice that may have worked", arguments: cases)
    func retries(_ test: Case) async throws {
        let opened = Guarded(0)
        let body: HTTPRequestBody =
            test.method == .get
            ? .none
            : .stream(length: 5) {
                opened.withLock { $0 += 1 }
                return ByteStream([1, 2, 3, 4, 5])
            }
        let url = try server.url("/flaky/a?\(test.query)")
        let (status, text) = try await client.send(HTTPRequest(method: test.method, url: url, body: body)) {
            ($0.status, String(decoding: try await $0.body.collect(limit: 100), as: UTF8.self))
        }
        #expect(status == test.status)
        #expect(try await server.count("/flaky/a") == test.tries)
        #expect(waits.withLock { $0.count } == test.tries - 1)
        if test.method != .get {
            #expect(opened.withLock { $0 } == test.tries)
            if status == 200 { #expect(text == "\(test.tries) 5") }
        }
    }

    @Test("does not send a POST again whose connection broke after it was sent")
    func brokenPost() async throws {
        let request = HTTPRequest(method: .post, url: try server.url("/flaky/p?code=reset&fail=1"), body: .bytes([1]))
        await #expect { try await client.text(request) } throws: { ($0 as? Fault)?.code == .unavailable }
        #expect(try await server.count("/flaky/p") == 1)
    }

    @Test("waits as long as the server asks for")
    func retryAfter() async throws {
        _ = try await client.text(HTTPRequest(method: .get, url: try server.url("/flaky/w?code=429&fail=2&after=7")))
        #expect(waits.withLock { $0 } == [.seconds(7), .seconds(7)])
    }

    @Test("does not try again when told so")
    func withoutRetry() async throws {
        let request = HTTPRequest(method: .get, url: try server.url("/flaky/n?code=503&fail=1"))
        #expect(try await client.send(request, retry: false) { $0.status } == 503)
    }

    @Test("a body that breaks off is for the caller to ask for again")
    func brokenBody() async throws {
        for path in ["/truncated", "/truncated-chunks"] {
            let request = HTTPRequest(method: .get, url: try server.url(path))
            await #expect { try await client.text(request) } throws: {
                ($0 as? Fault)?.code == .unavailable && ($0 as? Fault)?.message.contains(path) == true
            }
            #expect(try await server.count("requests:\(path)") == 1)
        }
        #expect(waits.withLock { $0.isEmpty })
    }

    @Test("says that nobody is there, after few tries")
    func refused() async throws {
        let request = HTTPRequest(method: .post, url: try HTTPURL("http://localhost:1/v2/?token=geheim"))
        await #expect { try await client.text(request) } throws: {
            let fault = $0 as? Fault
            return fault?.code == .unavailable && fault?.message == "cannot reach localhost:1: connection refused"
                && fault?.fix != nil
        }
        #expect(waits.withLock { $0.count } == 2)
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: try HTTPURL("http://no-such-host.invalid/")))
        } throws: { ($0 as? Fault)?.message.hasPrefix("cannot reach no-such-host.invalid:80: ") == true }
    }
}

@Suite("Retry delay") struct RetryDelayTests {
    @Test("waits grow up to a limit, with a tenth of chance")
    func growth() {
        let policy = RetryPolicy()
        for (attempt, base) in [(1, 0.25), (2, 0.5), (3, 1), (4, 2), (7, 10), (100, 10)] {
            let wait = (policy.delay(afterAttempt: attempt, retryAfter: nil) ?? .zero) / .seconds(1)
            #expect(wait >= base && wait <= base * 1.1)
        }
    }

    @Test(
        "reads what a server asks for",
        arguments: [
            ("0", 0.0), (" 12 ", 12), ("60", 60), ("61", nil), ("99999999999999999999999", nil),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 37), ("Sunday, 06-Nov-94 08:49:37 GMT", 37),
            ("Sun Nov  6 08:49:37 1994", 37),
            ("Sun, 06 Nov 1994 07:00:00 GMT", 0), ("Sun, 06 Nov 1994 09:49:37 GMT", nil),
        ] as [(String, Double?)])
    func retryAfter(_ text: String, _ seconds: Double?) {
        var policy = RetryPolicy()
        policy.now = { 784_111_740 }  // 08:49:00 of that day
        #expect(policy.delay(afterAttempt: 1, retryAfter: text).map { $0 / .seconds(1) } == seconds)
    }

    @Test(
        "takes its own wait for what it cannot read",
        arguments: ["", "soon", "-1", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nev 1994 08:49:37 GMT"])
    func unreadable(_ text: String) {
        let wait = RetryPolicy().delay(afterAttempt: 1, retryAfter: text) ?? .zero
        #expect(wait >= .milliseconds(250) && wait <= .milliseconds(275))
    }
}
