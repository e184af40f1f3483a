// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient
import WebServer

@Suite("Listening") struct ListeningTests {
    static func ask(_ host: String, _ port: Int) async throws -> String {
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        let url = try HTTPURL("http://\(host):\(port)/")
        return try await HTTPClient(settings).send(HTTPRequest(method: .get, url: url)) {
            String(decoding: try await $0.body.collect(limit: 1000), as: UTF8.self)
        }
    }

    @Test(
        "on IPv4, on IPv6, and on both",
        .enabled(if: FileSystem.exists("/proc/net/if_inet6"), "the machine has no IPv6"),
        arguments: [
            ("127.0.0.1", ["127.0.0.1": "127.0.0.1"]), ("0.0.0.0", ["127.0.0.1": "127.0.0.1"]),
            ("::1", ["[::1]": "::1"]),
            ("::", ["[::1]": "::1", "127.0.0.1": "127.0.0.1"]), ("0:0::1", ["[::1]": "::1"]),
        ]) func families(address: String, reached: [String: String]) async throws
    {
        try await TestServer.with {
            $0.address = address
        } handler: { request in
            ServerResponse("text/plain", "\(request.peer.address)")
        } _: { server in
            for host in ["127.0.0.1", "[::1]"] {
                let seen = try? await Self.ask(host, server.port)
                #expect(seen == reached[host])
            }
        }
    }

    @Test("several servers live in one process, and one ends without the others") func several() async throws {
        var servers: [TestServer] = []
        for index in 0..<5 { servers.append(try TestServer { _ in ServerResponse("text/plain", "\(index)") }) }
        #expect(Set(servers.map(\.port)).count == 5)
        for (index, server) in servers.enumerated() {
            #expect(try await Self.ask("127.0.0.1", server.port) == "\(index)")
        }
        await servers[1].server.stop()
        await #expect(throws: (any Error).self) { try await Self.ask("127.0.0.1", servers[1].port) }
        for index in [0, 2, 3, 4] { #expect(try await Self.ask("127.0.0.1", servers[index].port) == "\(index)") }
        for server in servers { await server.server.stop() }
    }

    @Test("a port is free again when its server has ended") func again() async throws {
        let first = try TestServer { _ in ServerResponse("text/plain", "first") }
        #expect(try await Self.ask("127.0.0.1", first.port) == "first")
        await first.server.stop()
        var settings = ServerSettings()
        settings.port = first.port
        let second = try HTTPServer(settings, handler: { _ in ServerResponse("text/plain", "second") })
        #expect(try await Self.ask("127.0.0.1", second.port) == "second")
        await second.stop()
    }
}
