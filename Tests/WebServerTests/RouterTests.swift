// SPDX-License-Identifier: Apache-2.0

import Testing
import Web
import WebServer

@Suite("Router") struct RouterTests {
    @Test("finds handlers by method and path, and says what would be allowed") func routes() async {
        var router = Router()
        router.on(.get, "/notes/{id}") { _, captured in ServerResponse("text/plain", captured["id"] ?? "") }
        let found = await router.respond(to: ServerRequest(method: .get, path: "/notes/7"))
        #expect(found.status == 200 && found.body == Array("7".utf8))
        #expect(await router.respond(to: ServerRequest(method: .get, path: "/notes")).status == 404)
        let refused = await router.respond(to: ServerRequest(method: .put, path: "/notes/7"))
        #expect(refused.status == 405 && refused.headers["Allow"] == "GET")
    }
}
