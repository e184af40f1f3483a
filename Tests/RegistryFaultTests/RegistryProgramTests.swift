// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing
import Web
import WebClient
import WebServer

@Suite("sovereign registry serve") struct RegistryProgramTests {
    /// The program on a free port, with a folder for everything.
    private struct Site {
        let folder: TemporaryFolder
        let port: Int
        let program: ServerProgram

        static func start(
            _ settings: String, variables: [String: String] = [:],
            prepare: (String) async throws -> Void = { _ in }
        ) async throws -> Site {
            let folder = try TemporaryFolder(prefix: "site")
            try await prepare(folder.path)
            let port = try ServerProgram.freePort()
            let document = "root: data\nlisten: 127.0.0.1:\(port)\nlimits: {freeSpace: 0}\n\(settings)\n"
            try FileSystem.write(Array(document.utf8), to: "\(folder.path)/registry.yaml")
            let program = try ServerProgram(
                [Sovereign.path, "registry", "serve", "--config", "\(folder.path)/registry.yaml"],
                log: "\(folder.path)/log", variables: variables)
            try await program.waitUntilListening(on: port)
            return Site(folder: folder, port: port, program: program)
        }

        var log: String {
            String(decoding: (try? FileSystem.read("\(folder.path)/log", limit: 1 << 20)) ?? [], as: UTF8.self)
        }
    }

    private func status(_ url: String, trusting authority: String? = nil, fields: [(String, String)] = []) async -> Int?
    {
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        var tls = TLSSettings()
        if let authority {
            tls.certificateAuthority = (try? FileSystem.read(authority, limit: 1 << 16)).map {
                String(decoding: $0, as: UTF8.self)
            }
        }
        settings.tls = { [tls] _ in tls }
        guard let url = try? HTTPURL(url) else { return nil }
        let request = HTTPRequest(method: .get, url: url, headers: HTTPHeaders(fields))
        return try? await HTTPClient(settings).send(request) { $0.status }
    }

    @Test("shows a certificate that was replaced on the disk, and keeps the one it has while files do not fit")
    func certificates() async throws {
        let site = try await Site.start("tls: {certificate: server.pem, key: server-key.pem}") {
            try await TestCertificates.make(in: $0)
        }
        let folder = site.folder.path
        let (url, first) = ("https://localhost:\(site.port)/healthz", "\(folder)/first.pem")
        try FileSystem.write(FileSystem.read("\(folder)/ca.pem", limit: 1 << 16), to: first)
        #expect(await status(url, trusting: first) == 200)
        // A key alone does not fit the certificate.
        try FileSystem.write(
            FileSystem.read("\(folder)/client-key.pem", limit: 1 << 16), to: "\(folder)/server-key.pem")
        try await eventually { site.log.contains("cannot be replaced") }
        #expect(await status(url, trusting: first) == 200)
        try await TestCertificates.make(in: folder)
        try await eventually { await status(url, trusting: "\(folder)/ca.pem") == 200 }
        #expect(await status(url, trusting: first) == nil)
    }

    @Test("tells a collector of its requests when there is one, in the trace of who asked, and no secrets")
    func traces() async throws {
        let received = Guarded<[String]>([])
        let collector = try HTTPServer(ServerSettings()) { request in
            let bytes = try await request.body.collect(limit: 8 << 20)
            received.withLock { $0.append("\(request.path) \(String(decoding: bytes, as: UTF8.self))") }
            return ServerResponse("application/json", "{}")
        }
        let site = try await Site.start(
            "",
            variables: [
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:\(collector.port)", "OTEL_SERVICE_NAME": "vault",
            ])
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        let answer = await status(
            "http://127.0.0.1:\(site.port)/v2/some/thing/tags/list?token=hunter2",
            fields: [("traceparent", "00-\(trace)-00f067aa0ba902b7-01"), ("Authorization", "Bearer hunter2")])
        #expect(answer == 404)
        try await eventually { received.withLock { $0.contains { $0.contains(trace) } } }
        let document = received.withLock { $0.joined() }
        #expect(document.hasPrefix("/v1/traces ") && document.contains(#""vault""#))
        #expect(document.contains(#""parentSpanId":"00f067aa0ba902b7""#) && !document.contains("hunter2"))
        await collector.stop(deadline: .zero)
    }
}
