// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient

@Suite("Redirects", .enabled(if: ServerProcess.pythonIsThere, "needs python3"), .timeLimit(.minutes(1)))
struct RedirectTests {
    let server: ServerProcess
    let other: ServerProcess
    let client = HTTPClient(.quick())
    init() throws { (server, other) = (try ServerProcess(), try ServerProcess()) }

    private func redirect(_ code: Int, to target: String) throws -> HTTPURL {
        try server.url("/redirect").appendingQuery([("code", "\(code)"), ("to", target)])
    }
    private func request(_ url: HTTPURL, _ method: HTTPMethod = .get, body: HTTPRequestBody = .none) -> HTTPRequest {
        var request = HTTPRequest(
            method: method, url: url,
            headers: ["Authorization": "Bearer geheim", "Cookie": "a=b", "X-Token": "geheim", "X-Plain": "kept"],
            body: body)
        request.sensitiveHeaders = ["x-token"]
        return request
    }

    @Test("follows within the origin, with credentials", arguments: [301, 302, 303, 307, 308])
    func sameOrigin(_ code: Int) async throws {
        let text = try await client.text(request(try redirect(code, to: "/echo?x=1")))
        #expect(text.contains("target=/echo?x=1\n"))
        #expect(text.contains("authorization: Bearer geheim\n") && text.contains("x-token: geheim\n"))
    }

    @Test("drops credentials on the way to another origin, and does not get them back", arguments: [302, 307])
    func otherOrigin(_ code: Int) async throws {
        let home = try server.url("/echo").description
        let there = try other.url("/redirect").appendingQuery([("code", "302"), ("to", home)]).description
        for target in [
            try other.url("/echo").description, there, try server.url("/echo", host: "127.0.0.1").description,
        ] {
            let text = try await client.text(request(try redirect(code, to: target)))
            #expect(text.contains("method=GET\n") && text.contains("x-plain: kept\n"))
            #expect(!text.contains("geheim") && !text.contains("cookie:"))
        }
    }

    @Test("sends a body again for 307 and 308 only", arguments: [307, 308])
    func bodyAgain(_ code: Int) async throws {
        let opened = Guarded(0)
        let body = HTTPRequestBody.stream(length: 4) {
            opened.withLock { $0 += 1 }
            return ByteStream([1, 2, 3, 4])
        }
        let text = try await client.text(request(try redirect(code, to: "/echo"), .put, body: body))
        #expect(text.contains("method=PUT\n") && text.contains("length=4\n"))
        #expect(opened.withLock { $0 } == 2)
    }

    @Test("does not turn a write into a read", arguments: [301, 302, 303])
    func writes(_ code: Int) async throws {
        for method in [HTTPMethod.post, .put, .patch, .delete] {
            await #expect {
                try await client.text(request(try redirect(code, to: "/echo"), method, body: .bytes([1])))
            } throws: { ($0 as? Fault)?.code == .invalid }
        }
        #expect(try await server.count("requests:/echo") == 0)
    }

    @Test("ends a loop at the limit")
    func loop() async throws {
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: try server.url("/loop")))
        } throws: { ($0 as? Fault)?.message.contains("more than 5 times") == true }
        #expect(try await server.count("requests:/loop") == 6)
    }

    @Test("leaves a redirect alone when asked to")
    func notFollowed() async throws {
        let url = try redirect(302, to: "/echo")
        let (status, location) = try await client.send(HTTPRequest(method: .get, url: url), followingRedirects: false) {
            ($0.status, $0.headers["Location"])
        }
        #expect(status == 302 && location == "/echo")
    }

    @Test(
        "refuses a bad target without repeating its secrets",
        arguments: [
            "ftp://localhost/x?geheim", "file:///etc/passwd", "http://user:geheim@localhost/", "http://ho st/",
            "http://[::1/", "javascript:geheim()",
        ])
    func badTargets(_ target: String) async throws {
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: try redirect(302, to: target)))
        } throws: { error in
            guard let fault = error as? Fault, fault.code == .invalid else { return false }
            return target.hasPrefix("javascript") || !fault.description.contains("geheim")
        }
    }
}
