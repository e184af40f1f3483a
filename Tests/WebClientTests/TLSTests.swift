// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient

/// Authorities, server and client certificates, made with the openssl program.
struct Certificates: Sendable {
    let folder: TemporaryFolder

    init() async throws {
        folder = try TemporaryFolder(prefix: "sovereign-tls")
        for name in ["ca", "other"] {
            try await run(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)",
                "-keyout", path("\(name).key"), "-out", path("\(name).pem"))
        }
        try await issue("server", "subjectAltName=DNS:localhost,IP:127.0.0.1", "2")
        try await issue("wrong", "subjectAltName=DNS:elsewhere.example", "2")
        try await issue("expired", "subjectAltName=DNS:localhost", "-1")
        try await issue("client", "extendedKeyUsage=clientAuth", "2")
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }
    func text(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(path(name), limit: 1 << 20), as: UTF8.self)
    }

    private func issue(_ name: String, _ extensions: String, _ days: String) async throws {
        try FileSystem.write(Array(extensions.utf8), to: path("\(name).ext"))
        try await run(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path("\(name).key"),
            "-out", path("\(name).csr"))
        try await run(
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
            "-CAcreateserial",
            "-days", days, "-extfile", path("\(name).ext"), "-out", path("\(name).pem"))
    }

    private func run(_ arguments: String...) async throws {
        let result = try await ChildProcess.run([ServerProcess.openssl ?? "openssl"] + arguments)
        guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
    }
}

@Suite("TLS", .enabled(if: ServerProcess.tlsIsThere, "needs python3 and openssl"), .timeLimit(.minutes(2)))
struct TLSTests {
    let certificates: Certificates
    init() async throws { certificates = try await Certificates() }

    private func server(_ name: String, asking: Bool = false) throws -> ServerProcess {
        try ServerProcess(
            [certificates.path("\(name).pem"), certificates.path("\(name).key")]
                + (asking ? [certificates.path("ca.pem")] : []))
    }
    private func client(_ change: @escaping @Sendable (inout TLSSettings) -> Void) -> HTTPClient {
        HTTPClient(
            .quick {
                $0.tls = { _ in
                    var settings = TLSSettings()
                    change(&settings)
                    return settings
                }
            })
    }
    private func echo(_ client: HTTPClient, _ server: ServerProcess) async throws -> String {
        try await client.text(HTTPRequest(method: .get, url: try server.url("/echo", scheme: "https")))
    }

    @Test("trusts the authority it is given")
    func trusted() async throws {
        let authority = try certificates.text("ca.pem")
        let text = try await echo(client { $0.certificateAuthority = authority }, try server("server"))
        #expect(text.contains("method=GET\n"))
    }

    @Test("moves large bodies both ways")
    func large() async throws {
        let authority = try certificates.text("ca.pem")
        let (client, server) = (client { $0.certificateAuthority = authority }, try server("server"))
        let length = 20_000_000
        let body = HTTPRequestBody.stream(length: Int64(length)) { ByteStream([UInt8](repeating: 7, count: length)) }
        let text = try await client.text(
            HTTPRequest(method: .put, url: try server.url("/echo", scheme: "https"), body: body))
        #expect(text.contains("length=\(length)\n"))
        let request = HTTPRequest(method: .get, url: try server.url("/bytes?count=\(length)", scheme: "https"))
        let total = try await client.send(request) { response in
            var total = 0
            while let chunk = try await response.body.next() { total += chunk.count }
            return total
        }
        #expect(total == length)
    }

    @Test(
        "says what is wrong with a certificate",
        arguments: [
            ("server", "other.pem", "issuer is not trusted"), ("server", nil, "issuer is not trusted"),
            ("wrong", "ca.pem", "another host name"), ("expired", "ca.pem", "expired"),
            ("ca", "other.pem", "signed by itself"),
        ] as [(String, String?, String)])
    func refused(_ name: String, _ authority: String?, _ problem: String) async throws {
        let authority = try authority.map { try certificates.text($0) }
        let server = try server(name)
        await #expect {
            try await echo(client { $0.certificateAuthority = authority }, server)
        } throws: { error in
            let fault = error as? Fault
            if fault?.message.contains(problem) != true { Issue.record("\(error)") }
            return fault?.code == .unverified && fault?.message.contains(problem) == true && fault?.fix != nil
        }
        #expect(try await echo(client { $0.insecureSkipVerify = true }, server).contains("method=GET\n"))
    }

    @Test("shows its certificate to a server that asks for one")
    func clientCertificate() async throws {
        let (authority, certificate) = (try certificates.text("ca.pem"), try certificates.text("client.pem"))
        let (key, otherKey) = (try certificates.text("client.key"), try certificates.text("other.key"))
        let server = try server("server", asking: true)
        for together in [false, true] {
            let known = client {
                $0.certificateAuthority = authority
                $0.clientCertificatePEM = together ? certificate + key : certificate
                $0.clientKeyPEM = together ? nil : key
            }
            #expect(try await echo(known, server).contains("method=GET\n"))
        }
        await #expect {
            try await echo(client { $0.certificateAuthority = authority }, server)
        } throws: { ($0 as? Fault)?.code == .unauthorized }
        let mismatched = client {
            $0.certificateAuthority = authority
            $0.clientCertificatePEM = certificate
            $0.clientKeyPEM = otherKey
        }
        await #expect { try await echo(mismatched, server) } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("says that the other side speaks plain HTTP")
    func plain() async throws {
        let server = try ServerProcess()
        await #expect { try await echo(client { _ in }, server) } throws: { error in
            if (error as? Fault)?.message.contains("does not speak TLS") != true { Issue.record("\(error)") }
            return (error as? Fault)?.fix?.contains("http://localhost:\(server.port)") == true
        }
    }

    @Test("does not follow from HTTPS to HTTP, and drops credentials the other way")
    func downgrade() async throws {
        let authority = try certificates.text("ca.pem")
        let (secure, plain) = (try server("server"), try ServerProcess())
        let client = client { $0.certificateAuthority = authority }
        let down = try secure.url("/redirect", scheme: "https").appendingQuery([
            ("to", try plain.url("/echo").description)
        ])
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: down))
        } throws: { ($0 as? Fault)?.message.contains("HTTPS to plain HTTP") == true }
        #expect(try await plain.count("requests:/echo") == 0)
        let up = try plain.url("/redirect").appendingQuery([
            ("to", try secure.url("/echo", scheme: "https").description)
        ])
        let text = try await client.text(
            HTTPRequest(method: .get, url: up, headers: ["Authorization": "Bearer geheim"]))
        #expect(text.contains("method=GET\n") && !text.contains("geheim"))
    }

    @Test("a server that hangs up in the middle of an upload does not end the process")
    func brokenPipe() async throws {
        let authority = try certificates.text("ca.pem")
        let (client, server) = (client { $0.certificateAuthority = authority }, try server("server"))
        let body = HTTPRequestBody.stream(length: 1 << 30) { ByteStream { [UInt8](repeating: 0, count: 100_000)[...] } }
        let request = HTTPRequest(method: .put, url: try server.url("/truncated", scheme: "https"), body: body)
        _ = try? await client.send(request, retry: false) { try await $0.body.collect(limit: 2000) }
    }

    @Test("settings do not print keys")
    func printing() {
        var settings = TLSSettings()
        settings.clientKeyPEM = "geheim"
        settings.clientCertificatePEM = "geheim"
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(
            !"\(settings)".contains("geheim") && !String(reflecting: settings).contains("geheim")
                && !dumped.contains("geheim"))
    }
}
