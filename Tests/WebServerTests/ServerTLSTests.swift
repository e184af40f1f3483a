// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing
import Web
import WebClient
import WebServer

@Suite("TLS", .enabled(if: ServerProgram.find("openssl") != nil, "openssl is not installed")) struct ServerTLSTests {
    /// Who a client is.
    enum Client: String, Sendable, CaseIterable {
        case anonymous, certified, impostor
    }

    /// The folder with a server's and a client's certificates, and the client's of another authority.
    static func certificates() async throws -> (TemporaryFolder, pem: (String) throws -> String) {
        let folder = try TemporaryFolder(prefix: "tls")
        try FileSystem.makeFolder("\(folder.path)/other")
        try await TestCertificates.make(in: folder.path)
        try await TestCertificates.make(in: "\(folder.path)/other")
        return (
            folder, { String(decoding: try FileSystem.read("\(folder.path)/\($0).pem", limit: 1 << 20), as: UTF8.self) }
        )
    }

    static func send(_ client: Client, to port: Int, _ pem: (String) throws -> String, size: Int = 3) async throws
        -> (Int, String)
    {
        var tls = TLSSettings()
        tls.certificateAuthority = try pem("ca")
        if client != .anonymous {
            let folder = client == .impostor ? "other/" : ""
            (tls.clientCertificatePEM, tls.clientKeyPEM) = (try pem("\(folder)client"), try pem("\(folder)client-key"))
        }
        var settings = HTTPClientSettings()
        settings.tls = { [tls] _ in tls }
        settings.retry.attempts = 1
        let request = HTTPRequest(
            method: .put, url: try HTTPURL("https://localhost:\(port)/x"), body: .stream(length: nil) { .filled(size) })
        return try await HTTPClient(settings).send(request) { response in
            (response.status, String(decoding: try await response.body.collect(limit: 1 << 24), as: UTF8.self))
        }
    }

    @Test("serves, and streams both ways") func serves() async throws {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        let tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with {
            ($0.tls, $0.bodyBytes) = (tls, .max)
        } handler: { request in
            var count = 0
            while let chunk = try await request.body.stream.next() { count += chunk.count }
            return ServerResponse("text/plain", .filled(count))
        } _: { server in
            let size = 8 << 20
            let (status, body) = try await Self.send(.anonymous, to: server.port, pem, size: size)
            #expect(status == 200 && body.utf8.count == size)
            #expect(server.server.statistics.peakBufferedBytes < 1 << 20)
        }
    }

    @Test(
        "asks clients who they are",
        arguments: [
            ("anonymous", Client.anonymous, 200, "nobody"), ("anonymous", .certified, 200, "nobody"),
            ("may", .anonymous, 200, "nobody"), ("may", .certified, 200, "somebody"), ("may", .impostor, 401, ""),
            ("must", .anonymous, 401, ""), ("must", .certified, 200, "somebody"), ("must", .impostor, 401, ""),
        ]) func clients(mode: String, client: Client, status: Int, seen: String) async throws
    {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        var tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        if mode == "may" { tls.clients = .mayShow(authorities: try pem("ca")) }
        if mode == "must" { tls.clients = .mustShow(authorities: try pem("ca")) }
        let expected = try pem("client")
        try await TestServer.with { [tls] settings in
            settings.tls = tls
        } handler: { request in
            guard let certificate = request.clientCertificate else { return ServerResponse("text/plain", "nobody") }
            let lines = expected.split(separator: "\n").filter { !$0.hasPrefix("-----") }
            let isExpected = [UInt8](base64: lines.joined()) == certificate
            return ServerResponse("text/plain", isExpected ? "somebody" : "somebody else")
        } _: { server in
            // libmicrohttpd may close an unread upload before its client has read why.
            guard let (answered, body) = try? await Self.send(client, to: server.port, pem) else {
                #expect(status == 401)
                return
            }
            #expect(answered == status && (status == 401 || body == seen))
            #expect(server.handled.withLock { $0 } == (status == 200 ? 1 : 0))
        }
    }

    @Test(
        "speaks TLS 1.2 and 1.3, nothing older",
        arguments: [("tls1", false), ("tls1_1", false), ("tls1_2", true), ("tls1_3", true)])
    func versions(version: String, isSpoken: Bool) async throws {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        let tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with {
            $0.tls = tls
        } handler: {
            try await echo($0)
        } _: { server in
            // Without its security level, OpenSSL itself offers the old versions.
            let result = try await ChildProcess.run([
                ServerProgram.find("openssl") ?? "openssl", "s_client", "-connect", "127.0.0.1:\(server.port)",
                "-\(version)", "-cipher", "ALL:@SECLEVEL=0", "-brief",
            ])
            #expect(
                (result.status == 0) == isSpoken,
                "\(String(decoding: result.stdout + result.stderr, as: UTF8.self).debugDescription)")
        }
    }

    @Test("certificate and key must fit, and plain requests get nothing") func mistakes() async throws {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        for (certificate, key) in [("server", "client-key"), ("server", "server"), ("server-key", "server-key")] {
            var settings = ServerSettings()
            settings.tls = ServerTLS(certificate: try pem(certificate), key: try pem(key))
            let fault = #expect(throws: Fault.self) { try HTTPServer(settings, handler: echo) }
            #expect(fault?.code == .invalid, "\(String(describing: fault))")
        }
        let tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with {
            $0.tls = tls
        } handler: {
            try await echo($0)
        } _: { server in
            let answer = try await RawConnection.exchange(port: server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(!answer.contains("HTTP") && server.handled.withLock { $0 } == 0)
        }
    }

    @Test("new connections get a new certificate, open ones go on with theirs") func replaced() async throws {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        let (first, second) = (
            ServerTLS(certificate: try pem("server"), key: try pem("server-key")),
            ServerTLS(certificate: try pem("other/server"), key: try pem("other/server-key"))
        )
        try await TestServer.with {
            $0.tls = first
        } handler: { request in
            #expect(request.isTLS)
            return try await echo(request)
        } _: { server in
            let port = server.port
            // One client keeps its connection; each of the others makes one and closes it.
            let settings = try Self.settings(trusting: pem("ca"))
            let kept = HTTPClient(settings)
            let url = try HTTPURL("https://localhost:\(port)/")
            func asks(_ client: HTTPClient) async -> Bool {
                let status = try? await client.send(HTTPRequest(method: .get, url: url)) {
                    _ = try await $0.body.collect(limit: 1000)
                    return $0.status
                }
                return status == 200
            }
            #expect(await asks(kept))
            for (tls, trusted, refused) in [(second, "other/ca", "ca"), (first, "ca", "other/ca")] {
                try server.server.replaceCertificate(tls)
                let (happy, sad) = (
                    try Self.settings(trusting: pem(trusted)), try Self.settings(trusting: pem(refused))
                )
                #expect(await asks(HTTPClient(happy)))
                #expect(await !asks(HTTPClient(sad)))
                #expect(await asks(kept))
                // A pair that does not fit changes nothing.
                let unfit = ServerTLS(certificate: tls.certificate, key: try pem("client-key"))
                #expect(throws: Fault.self) { try server.server.replaceCertificate(unfit) }
                #expect(await asks(HTTPClient(happy)))
            }
        }
    }

    static func settings(trusting authority: String) throws -> HTTPClientSettings {
        var tls = TLSSettings()
        tls.certificateAuthority = authority
        var settings = HTTPClientSettings()
        settings.tls = { [tls] _ in tls }
        settings.retry.attempts = 1
        return settings
    }

    @Test("what is asked of clients changes with the certificate") func clientsReplaced() async throws {
        let (folder, pem) = try await Self.certificates()
        defer { withExtendedLifetime(folder) {} }
        var tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with { [tls] settings in
            settings.tls = tls
        } handler: {
            ServerResponse("text/plain", $0.clientCertificate == nil ? "nobody" : "somebody")
        } _: { server in
            let cases: [(ServerTLS.Clients, Client, seen: String?)] = [
                (.anonymous, .certified, "nobody"), (.mustShow(authorities: try pem("ca")), .certified, "somebody"),
                (.mustShow(authorities: try pem("ca")), .anonymous, nil),
                (.mustShow(authorities: try pem("other/ca")), .certified, nil),
                (.mustShow(authorities: try pem("other/ca")), .impostor, "somebody"),
                (.mayShow(authorities: try pem("ca")), .anonymous, "nobody"), (.anonymous, .anonymous, "nobody"),
            ]
            for (clients, client, seen) in cases {
                tls.clients = clients
                try server.server.replaceCertificate(tls)
                // libmicrohttpd may close an unread upload before its client has read why.
                let answer = try? await Self.send(client, to: server.port, pem)
                #expect(seen == nil ? answer?.0 ?? 401 == 401 : answer?.1 == seen, "\(clients) \(client)")
            }
            var wrong = ServerTLS(certificate: tls.certificate, key: tls.key)
            wrong.clients = .mustShow(authorities: "none")
            let refused = wrong
            #expect(throws: Fault.self) { try server.server.replaceCertificate(refused) }
        }
        let plain = tls
        try await TestServer.with {
            try await echo($0)
        } _: { server in
            let fault = #expect(throws: Fault.self) { try server.server.replaceCertificate(plain) }
            #expect(fault?.code == .unsupported)
        }
    }
}
