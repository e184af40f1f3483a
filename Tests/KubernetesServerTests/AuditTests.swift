// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Glibc
import KubernetesAccess
import Telemetry
import Testing
import Web
import WebClient
import WebServer

@testable import KubernetesServer

@Suite("Audit records of a server", .timeLimit(.minutes(1))) struct AuditTests {
    /// A server that keeps records, in a folder of its own.
    private struct Audited {
        let server: KubernetesServer
        let path: String
        let client = HTTPClient()

        init(_ folder: TemporaryFolder, _ change: (inout AuditSettings) -> Void = { _ in }) async throws {
            path = "\(folder.path)/audit.log"
            var settings = KubernetesServer.Settings(), audit = AuditSettings(path: path)
            change(&audit)
            (settings.isOpen, settings.listening.port, settings.audit) = (true, 0, audit)
            server = try await KubernetesServer(folder: "\(folder.path)/api", settings)
        }

        func send(_ method: HTTPMethod, _ target: String, _ json: JSON? = nil) async throws -> Reply {
            var request = HTTPRequest(method: method, url: try HTTPURL("\(server.url)\(target)"))
            request.headers["User-Agent"] = "test/1"
            if let json {
                request.headers["Content-Type"] = "application/json"
                request.body = .bytes(json.encoded())
            }
            return try await client.send(request, retry: false) { response in
                Reply(
                    code: response.status, headers: response.headers,
                    bytes: try await response.body.collect(limit: 64 << 20))
            }
        }

        func text(_ suffix: String = "") throws -> String {
            String(decoding: try FileSystem.read(path + suffix, limit: 64 << 20), as: UTF8.self)
        }

        func records(_ suffix: String = "") throws -> [JSON] {
            try text(suffix).split(separator: "\n").map { try JSON(parsing: Array($0.utf8), source: "a record") }
        }
    }

    private static func with(
        _ change: (inout AuditSettings) -> Void = { _ in }, _ use: (Audited) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder(prefix: "audit")
        let audited = try await Audited(folder, change)
        do { try await use(audited) } catch {
            await audited.server.stop()
            throw error
        }
        await audited.server.stop()
    }

    @Test("say who did what when, and how it ended: one line for each request, before a change is answered")
    func events() async throws {
        try await Self.with { api in
            let made = try await api.send(.post, Path.maps, Make.map("m", ["k": "inhalt"]))
            let record = try #require(try api.records().last)
            #expect(record["auditID"]?.string == made.headers["Audit-Id"])
            #expect(record["verb"] == "create" && record["stage"] == "ResponseComplete")
            #expect(record["user"]?["username"] == "system:admin" && record["sourceIPs"] == ["127.0.0.1"])
            #expect(record["userAgent"] == "test/1" && record["level"] == "Metadata")
            #expect(record["objectRef"]?["name"] == "m" && record["objectRef"]?["uid"] == made["metadata.uid"])
            #expect(record["responseStatus"] == ["metadata": [:], "code": 201])
            let secret = Make.secret("s", ["data": ["p": "Z2VoZWlt"], "stringData": ["q": "verborgen"]])
            _ = try await api.send(.post, Path.secrets, secret)
            // What is wrong with it is told to the client, with what it sent.
            let wrong = Make.secret("t", ["data": ["no key": "Z2VoZWlt"], "type": "verborgen/verborgen/verborgen"])
            #expect(try await api.send(.post, Path.secrets, wrong).code == 422)
            _ = try await api.send(.get, "\(Path.secrets)/s?access_token=geheim")
            #expect(try await api.send(.delete, "\(Path.maps)/none").code == 404)
            let refused = try #require(try api.records().last)
            #expect(
                refused["responseStatus"]
                    == ["metadata": [:], "status": "Failure", "reason": "NotFound", "code": 404])
            #expect(refused["verb"] == "delete" && refused["objectRef"]?["name"] == "none")
            #expect(try await api.send(.get, "/readyz").code == 200)
            await api.server.stop()
            let records = try api.records()
            #expect(records.map { $0["verb"] } == ["create", "create", "create", "get", "delete"])
            let text = try api.text()
            for word in ["geheim", "Z2VoZWlt", "verborgen", "inhalt"] { #expect(!text.contains(word), "\(word)") }
            #expect(records[3]["requestURI"]?.string == "\(Path.secrets)/s?access_token=redacted")
            #expect(try FileSystem.entry(at: api.path)?.mode == 0o600)
        }
    }

    @Test("of a watch come when it begins and when it ends") func watches() async throws {
        try await Self.with { api in
            let watched = try await api.send(.get, "\(Path.maps)?watch=true&timeoutSeconds=1")
            #expect(watched.code == 200)
            await api.server.stop()
            let records = try api.records()
            #expect(records.map { $0["stage"] } == ["ResponseStarted", "ResponseComplete"])
            #expect(records.allSatisfy { $0["verb"] == "watch" } && records[0]["auditID"] == records[1]["auditID"])
            let times = records.map { $0["stageTimestamp"]?.string ?? "" }
            #expect(times[0] < times[1])
        }
    }

    @Test("cannot be forged by what stands in requests") func forged() async throws {
        try await Self.with { api in
            let name = "x%0A%7B%22kind%22%3A%22Event%22%7D%0A"
            for method in [HTTPMethod.get, .delete] { _ = try await api.send(method, "\(Path.maps)/\(name)") }
            _ = try await api.send(.get, "/%0A%7B%7D?%0Aa=b%0A&labelSelector=%0Ac")
            await api.server.stop()
            let records = try api.records()
            #expect(records.count == 3 && records.allSatisfy { $0["kind"] == "Event" && $0["auditID"] != nil })
        }
    }

    @Test("fill a bounded number of bounded files") func rotation() async throws {
        let bytes = 20_000
        try await Self.with {
            $0.fileBytes = Int64(bytes)
            $0.files = 3
        } _: { api in
            for index in 0..<150 { _ = try await api.send(.delete, "\(Path.maps)/m\(index)") }
            await api.server.stop()
            #expect(try FileSystem.entry(at: "\(api.path).3") == nil)
            var names: [String] = []
            for suffix in [".2", ".1", ""] {
                #expect(try api.text(suffix).utf8.count <= bytes)
                names += try api.records(suffix).map { $0["objectRef"]?["name"]?.string ?? "" }
            }
            // The last ones, without a gap.
            #expect(names == (150 - names.count..<150).map { "m\($0)" } && names.count > 40)
        }
    }

    @Test("that cannot be written stop changes and nothing else, and go on by themselves") func failing() async throws {
        let folder = try TemporaryFolder(prefix: "audit")
        let api = try await Audited(folder) {
            $0.fileBytes = 5000
            $0.files = 2
        }
        // A file cannot take the place of a folder that holds something.
        try FileSystem.makeFolder("\(api.path).1/in-the-way")
        var reply = try await api.send(.post, Path.maps, Make.map("m0"))
        for index in 1..<50 where reply.code == 201 {
            reply = try await api.send(.post, Path.maps, Make.map("m\(index)"))
        }
        #expect(reply.code == 503 && reply.headers["Retry-After"] == "5", "\(reply.text)")
        #expect(reply.problem?.reason == "ServiceUnavailable")
        #expect(try await api.send(.get, Path.maps).code == 200)
        let review: JSON = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": ["verb": "get", "resource": "pods"]],
        ]
        #expect(try await api.send(.post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review).code == 201)
        #expect(try await api.send(.delete, "\(Path.maps)/m0").code == 503)
        let health = try await api.send(.get, "/readyz")
        #expect(health.code == 500 && health.text.contains("[-]audit failed: reason withheld\n"))
        #expect(try await api.send(.get, "/livez").code == 200)
        let metrics = try await api.send(.get, "/metrics").text
        #expect(metrics.contains("sovereign_api_audit_failing 1\n"))
        #expect(!metrics.contains("sovereign_api_audit_lost_total 0\n"))
        try FileSystem.remove("\(api.path).1")
        // The record of what is refused is the next attempt.
        var code = 503
        for _ in 0..<10 where code == 503 { code = try await api.send(.delete, "\(Path.maps)/m0").code }
        #expect(code == 200)
        #expect(try await api.send(.get, "/readyz").code == 200)
        await api.server.stop()
        let records = try api.records()
        #expect(records.last?["verb"] == "delete")
    }

    @Test("go on behind a line that was torn, and behind those of a server before") func torn() async throws {
        let folder = try TemporaryFolder(prefix: "audit")
        try FileSystem.write(Array("{\"kind\":\"Ev".utf8), to: "\(folder.path)/audit.log")
        for _ in 0..<2 {
            let api = try await Audited(folder)
            _ = try await api.send(.delete, "\(Path.maps)/none")
            await api.server.stop()
        }
        let lines = String(decoding: try FileSystem.read("\(folder.path)/audit.log", limit: 1 << 20), as: UTF8.self)
            .split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "{\"kind\":\"Ev")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("{\"kind\":\"Event\"") && $0.hasSuffix("}") })
    }

    @Test("need a file", arguments: ["folder", "link"]) func place(_ kind: String) async throws {
        let folder = try TemporaryFolder(prefix: "audit")
        let path = "\(folder.path)/audit.log"
        if kind == "folder" {
            try FileSystem.makeFolder(path)
        } else {
            let code = unsafe symlink("/dev/null", path)
            #expect(code == 0)
        }
        await #expect(throws: Fault.self) { try await Audited(folder) }
    }

    @Test("name who proved to ask and whom he acted for, and never his token") func identities() async throws {
        try await TestAPI.with { api in
            let tokens = "\(api.folder.path)/tokens"
            let lines = """
                0123456789abcdef-anna,anna,1,"system:masters"
                0123456789abcdef-bert,bert,2

                """
            try FileSystem.write(Array(lines.utf8), to: tokens, mode: 0o600)
            var authenticator = RequestAuthenticator()
            authenticator.tokens = try TokenFile(tokens)
            let path = "\(api.folder.path)/audit.log"
            let log = try AuditLog(AuditSettings(path: path), .none)
            let handler = RequestHandler(
                api: api.api,
                access: RequestAccess(authenticator: authenticator, state: api.api.access, clock: api.api.clock),
                version: ServerVersion(product: "test"), metrics: try ServerMetrics(api.api) { 0 }, log: .none,
                audit: RequestAudit(log: log))
            func ask(_ token: String, _ headers: [String: String] = [:]) async -> Int {
                var fields = HTTPHeaders()
                fields["Authorization"] = "Bearer \(token)"
                for (name, value) in headers { fields[name] = value }
                return await handler.respond(to: ServerRequest(method: .get, path: Path.maps, headers: fields)).status
            }
            #expect(await ask("0123456789abcdef-anna") == 200)
            #expect(await ask("0123456789abcdef-anna", ["Impersonate-User": "clara"]) == 403)
            #expect(await ask("0123456789abcdef-bert", ["Impersonate-User": "anna"]) == 403)
            #expect(await ask("0123456789abcdef-none") == 401)
            await log.end()
            let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
            let records = try text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8), source: "it") }
            #expect(!text.contains("0123456789abcdef"))
            #expect(records.map { $0["user"]?["username"]?.string } == ["anna", "anna", "bert", nil])
            #expect(records.map { $0["impersonatedUser"]?["username"]?.string } == [nil, "clara", nil, nil])
            let decisions = records.map { $0["annotations"]?["authorization.k8s.io/decision"]?.string }
            #expect(decisions == ["allow", "forbid", nil, nil])
            #expect(
                records.map { $0["responseStatus"]?["reason"]?.string } == [
                    nil, "Forbidden", "Forbidden", "Unauthorized",
                ])
        }
    }
}
