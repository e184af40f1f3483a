// SPDX-License-Identifier: Apache-2.0

import SovereignNotes
import Testing
import Web
import WebServer

@Suite("Notes without a database") struct RoutesTests {
    @Test("lives, is not ready, and tells its version from 1.1.0 on") func routes() async throws {
        for (version, status) in [("1.0.0", 404), ("1.1.0", 200)] {
            let router = NotesService(databaseURL: "postgres://nobody@127.0.0.1:1/none", version: version).router
            #expect(try await router.respond(to: ServerRequest(method: .get, path: "/healthz")).status == 200)
            #expect(try await router.respond(to: ServerRequest(method: .get, path: "/readyz")).status == 503)
            #expect(try await router.respond(to: ServerRequest(method: .get, path: "/version")).status == status)
        }
    }
}
