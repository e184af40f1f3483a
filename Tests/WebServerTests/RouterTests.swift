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
            "/none", "/notes/", "/notes/7/8", "//notes", "/notes//", "/v2", "/v2//manifests/1", "/v2/a//b/manifests/1",
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
}
