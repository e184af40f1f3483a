// SPDX-License-Identifier: Apache-2.0

import Testing
import Web
import WebServer

@Suite("Router") struct RouterTests {
    static let router: Router = {
        var router = Router()
        func add(_ method: HTTPMethod, _ pattern: String) {
            router.on(method, pattern) { request in
                let captured = request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                return ServerResponse("text/plain", ([pattern] + captured).joined(separator: " "))
            }
        }
        add(.get, "/")
        add(.get, "/notes")
        add(.post, "/notes")
        add(.get, "/notes/{id}")
        add(.delete, "/notes/{id}")
        add(.get, "/notes/search")
        add(.get, "/v2/")
        add(.get, "/v2/{name...}/manifests/{reference}")
        add(.put, "/v2/{name...}/manifests/{reference}")
        add(.get, "/v2/{name...}/tags/list")
        add(.get, "/files/{path...}")
        return router
    }()

    @Test(
        "finds the handler and captures",
        arguments: [
            (HTTPMethod.get, "/", "/"), (.get, "/notes", "/notes"), (.head, "/notes", "/notes"),
            (.get, "/notes/7", "/notes/{id} id=7"), (.delete, "/notes/ä b", "/notes/{id} id=ä b"),
            (.get, "/notes/search", "/notes/search"), (.get, "/v2/", "/v2/"),
            (.get, "/v2/a/manifests/1", "/v2/{name...}/manifests/{reference} name=a reference=1"),
            (.put, "/v2/a/b/c/manifests/1", "/v2/{name...}/manifests/{reference} name=a/b/c reference=1"),
            (.get, "/v2/manifests/manifests/x", "/v2/{name...}/manifests/{reference} name=manifests reference=x"),
            (.get, "/v2/a/tags/list", "/v2/{name...}/tags/list name=a"),
            (.get, "/files/a/b.txt", "/files/{path...} path=a/b.txt"),
        ]) func found(method: HTTPMethod, path: String, answer: String) async throws
    {
        let response = try await Self.router.respond(to: ServerRequest(method: method, path: path))
        guard case .bytes(let bytes) = response.body else {
            Issue.record("the body is a stream")
            return
        }
        #expect(response.status == 200 && String(decoding: bytes, as: UTF8.self) == answer)
    }

    @Test(
        "says 404 where nothing is",
        arguments: [
            "/none", "/notes/", "/notes/7/8", "/notes/7/\u{301}8", "/notes/7/\u{301}", "//notes", "/notes//", "/v2",
            "/v2//manifests/1", "/v2/a//b/manifests/1",
            "/v2/manifests/1", "/files/", "/files", "/Notes", "/note\u{73}\u{301}",
        ]) func missing(path: String) async throws
    {
        #expect(try await Self.router.respond(to: ServerRequest(method: .get, path: path)).status == 404)
    }

    @Test(
        "says 405 and what is allowed",
        arguments: [
            (HTTPMethod.put, "/notes", "GET, HEAD, POST"), (.post, "/notes/7", "DELETE, GET, HEAD"),
            (.patch, "/v2/a/manifests/1", "GET, HEAD, PUT"), (HTTPMethod("BREW"), "/", "GET, HEAD"),
        ]) func refused(method: HTTPMethod, path: String, allowed: String) async throws
    {
        let response = try await Self.router.respond(to: ServerRequest(method: method, path: path))
        #expect(response.status == 405 && response.headers["Allow"] == allowed)
    }

    @Test("prefers what is literal for longer, in whatever order") func precedence() async throws {
        for patterns in [["/a/{x}", "/a/b"], ["/a/b", "/a/{x}"]] {
            var router = Router()
            for pattern in patterns { router.get(pattern) { _ in ServerResponse("text/plain", pattern) } }
            let response = try await router.respond(to: ServerRequest(method: .get, path: "/a/b"))
            guard case .bytes(let bytes) = response.body else { return }
            #expect(String(decoding: bytes, as: UTF8.self) == "/a/b")
        }
    }

    @Test(
        "of patterns that match, the one that is literal for longer is taken, in whatever order they were added",
        arguments: [
            // Path, patterns from the one that wins to the one that loses against all others.
            ("/a/b", ["/a/b", "/a/{x}", "/{x}/b", "/{x}/{y}", "/{x...}"]),
            ("/a/b/c", ["/a/{x}/c", "/a/{x}/{y}", "/a/{x...}/c", "/a/{x...}", "/{x}/b/c", "/{x...}/b/c", "/{x...}/c"]),
            ("/v2/a/manifests/1", ["/v2/{name...}/manifests/{ref}", "/v2/{name...}/{ref}", "/v2/{name...}"]),
            ("/v2/a/blobs/uploads/1", ["/v2/{n...}/blobs/uploads/{id}", "/v2/{n...}/uploads/{id}", "/v2/{n...}/{id}"]),
            ("/v2/", ["/v2/", "/{x}/"]), ("/n/7", ["/n/{id}"]),
        ])
    func order(path: String, patterns: [String]) async throws {
        for start in patterns.indices {
            let present = Array(patterns[start...])
            for shift in present.indices {
                var router = Router()
                for pattern in present[shift...] + present[..<shift] {
                    router.get(pattern) { _ in ServerResponse("text/plain", pattern) }
                }
                #expect(try await Self.text(router, .get, path) == patterns[start])
            }
        }
    }

    @Test("a route without the method does not hide a vaguer one that has it, and both are allowed")
    func methods() async throws {
        var router = Router()
        router.put("/a/b") { _ in ServerResponse("text/plain", "literal") }
        router.get("/a/{x}") { _ in ServerResponse("text/plain", "one") }
        router.delete("/{x...}") { _ in ServerResponse("text/plain", "several") }
        router.get("/a/{y}") { _ in ServerResponse("text/plain", "never") }
        router.on(.head, "/a/{x}") { _ in ServerResponse("text/plain", "never") }
        for (method, text) in [(HTTPMethod.put, "literal"), (.get, "one"), (.head, "one"), (.delete, "several")] {
            #expect(try await Self.text(router, method, "/a/b") == text)
        }
        let refused = try await router.respond(to: ServerRequest(method: .post, path: "/a/b"))
        #expect(refused.status == 405 && refused.headers["Allow"] == "DELETE, GET, HEAD, PUT")
    }

    private static func text(_ router: Router, _ method: HTTPMethod, _ path: String) async throws -> String? {
        let response = try await router.respond(to: ServerRequest(method: method, path: path))
        guard response.status == 200, case .bytes(let bytes) = response.body else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("finds what trying one pattern after the other finds", arguments: 0..<40)
    func agrees(seed: UInt64) async throws {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        func segments(_ kinds: [String]) -> [String] { (0...random(5)).map { _ in kinds[random(kinds.count)] } }
        var patterns: [[String]] = []
        while patterns.count < 60 {
            let parts = segments(["a", "b", "c", "", "{x}", "{y}", "{z...}"])
            if parts.count(where: { $0.hasSuffix("...}") }) <= 1 { patterns.append(parts) }
        }
        let methods = [HTTPMethod.get, .put, .delete]
        var router = Router()
        for (index, parts) in patterns.enumerated() {
            router.on(methods[index % 3], "/" + parts.joined(separator: "/")) { _ in
                ServerResponse("text/plain", "\(index)")
            }
        }
        for _ in 0..<300 {
            let path = segments(["a", "b", "c", "d", ""])
            let matching = patterns.indices.filter { Self.matches(patterns[$0][...], path[...]) }
            for (number, method) in methods.enumerated() {
                let best = matching.filter { $0 % 3 == number }.max {
                    Self.rank(patterns[$0]).lexicographicallyPrecedes(Self.rank(patterns[$1]))
                }
                let request = ServerRequest(method: method, path: "/" + path.joined(separator: "/"))
                let answer = try await router.respond(to: request)
                #expect(answer.status == (best != nil ? 200 : matching.isEmpty ? 404 : 405))
                if let best, case .bytes(let bytes) = answer.body { #expect(bytes == Array("\(best)".utf8)) }
            }
        }
    }

    /// Whether a pattern matches, tried out.
    private static func matches(_ parts: ArraySlice<String>, _ path: ArraySlice<String>) -> Bool {
        guard let part = parts.first else { return path.isEmpty }
        guard let segment = path.first else { return false }
        let rest = parts.dropFirst()
        guard part.hasPrefix("{") else { return part == segment && matches(rest, path.dropFirst()) }
        guard !segment.isEmpty else { return false }
        return matches(rest, path.dropFirst()) || part.hasSuffix("...}") && matches(parts, path.dropFirst())
    }

    private static func rank(_ parts: [String]) -> [Int] {
        parts.map { !$0.hasPrefix("{") ? 2 : $0.hasSuffix("...}") ? 0 : 1 }
    }
}
