// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import TestServers
import Testing
import Web
import WebClient
import WebServer

@testable import KubernetesClient

@Suite("Credentials for a cluster", .timeLimit(.minutes(2))) struct CredentialTests {
    static let name = ObjectName("default", "a")

    @Test("tokens, names and whom we act as are sent") func fields() async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { server in
            _ = try await server.client { $0.user.token = "t" }.get(Maps.resource, Self.name)
            let acting = try server.client {
                ($0.user.username, $0.user.password) = ("joe", "p:w")
                $0.user.impersonation = Impersonation(user: "jane", groups: ["dev", "ops"])
                ($0.user.impersonation.uid, $0.user.impersonation.extra) = ("7", ["a/b": ["x", "y"]])
            }
            _ = try await acting.get(Maps.resource, Self.name)
            _ = try await server.client().get(Maps.resource, Self.name)
            let headers = server.asked.map(\.headers)
            #expect(headers[0]["Authorization"] == "Bearer t" && headers[0]["Impersonate-User"] == nil)
            #expect(headers[1]["Authorization"] == "Basic am9lOnA6dw==" && headers[1]["Impersonate-Uid"] == "7")
            #expect(headers[1].values(for: "Impersonate-Group") == ["dev", "ops"])
            #expect(headers[1].values(for: "Impersonate-Extra-a%2Fb") == ["x", "y"])
            #expect(headers[2]["Authorization"] == nil)
        }
    }

    @Test("a redirect is not followed, so that nothing goes to another origin", arguments: [301, 302, 307, 308])
    func redirect(_ code: Int) async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { other in
            try await ScriptedServer.with { asked in
                ServerResponse(status: code, headers: ["Location": "\(other.url)\(asked.path)"])
            } _: { server in
                let client = try server.client { $0.user.token = "hush" }
                for _ in 0..<2 {
                    await #expect {
                        try await client.get(Maps.resource, Self.name)
                    } throws: { ($0 as? Fault)?.message.contains("redirect") == true && !"\($0)".contains("hush") }
                }
                await #expect(throws: Fault.self) { try await client.watch(Maps.resource) }
                #expect(other.asked.isEmpty)
            }
        }
    }

    @Test("after 401 the token file is read again, once") func tokenFile() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/token"
        try FileSystem.write(Array("old\n".utf8), to: path)
        let good = Guarded("old")
        try await ScriptedServer.with { asked in
            asked.headers["Authorization"] == "Bearer \(good.withLock { $0 })"
                ? .json(Maps.map("a")) : .status(.unauthorized)
        } _: { server in
            let client = try server.client { $0.user.tokenFile = path }
            _ = try await client.get(Maps.resource, Self.name)
            good.withLock { $0 = "new" }
            try FileSystem.write(Array("new\n".utf8), to: path)
            _ = try await client.get(Maps.resource, Self.name)
            #expect(server.asked.count == 3)
            good.withLock { $0 = "other" }
            await #expect { try await client.get(Maps.resource, Self.name) } throws: { ($0 as? APIStatus)?.code == 401 }
            #expect(server.asked.count == 5)
            let fixed = try server.client { $0.user.token = "x" }
            await #expect { try await fixed.get(Maps.resource, Self.name) } throws: { ($0 as? APIStatus)?.code == 401 }
            #expect(server.asked.count == 6)
        }
    }

    /// A plug-in that counts how often it runs and says what a file holds.
    struct Plugin {
        let folder: TemporaryFolder
        var path: String { "\(folder.path)/plugin" }
        var runs: Int { (try? FileSystem.read("\(folder.path)/runs", limit: 1 << 20).count) ?? 0 }

        init() throws {
            folder = try TemporaryFolder()
            let script = """
                #!/bin/sh
                printf x >>"$0.d/../runs"
                printf %s "$KUBERNETES_EXEC_INFO" >"$(dirname "$0")/info"
                printf %s "$1$EXTRA" >"$(dirname "$0")/arguments"
                cat "$(dirname "$0")/answer"
                [ -e "$(dirname "$0")/fails" ] && { echo "log in first" >&2; exit 3; }
                exit 0
                """.replacing("$0.d/../runs", with: "\(folder.path)/runs")
            try FileSystem.write(Array(script.utf8), to: path, mode: 0o755)
        }

        func answer(_ status: JSON, version: String = "client.authentication.k8s.io/v1") throws {
            let json: JSON = ["apiVersion": .string(version), "kind": "ExecCredential", "status": status]
            try FileSystem.write(json.encoded(), to: "\(folder.path)/answer")
        }

        func config(_ version: String = "client.authentication.k8s.io/v1") -> ExecPlugin {
            var plugin = ExecPlugin(apiVersion: version, command: path, arguments: ["one"])
            (plugin.interactiveMode, plugin.provideClusterInfo) = (.ifAvailable, true)
            plugin.environment = ["EXTRA": " two"]
            return plugin
        }
    }

    @Test(
        "a plug-in is run once for all who wait, again when its answer has expired, and once after 401",
        arguments: ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"])
    func plugin(_ version: String) async throws {
        let plugin = try Plugin()
        try plugin.answer(["token": "one", "expirationTimestamp": "2026-01-01T00:10:00Z"], version: version)
        let good = Guarded("one")
        let clock = Guarded(try #require(Moment(rfc3339: "2026-01-01T00:00:00Z")))
        try await ScriptedServer.with { asked in
            asked.headers["Authorization"] == "Bearer \(good.withLock { $0 })"
                ? .json(Maps.map("a")) : .status(.unauthorized)
        } _: { server in
            let now: @Sendable () -> Moment = { clock.withLock { $0 } }
            let client = try server.client({ $0.user.exec = plugin.config(version) }, settings: { $0.now = now })
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try await client.get(Maps.resource, Self.name) } }
                try await group.waitForAll()
            }
            #expect(plugin.runs == 1)
            let info = try JSON(parsing: FileSystem.read("\(plugin.folder.path)/info", limit: 1 << 20), source: "info")
            #expect(info["apiVersion"]?.string == version && info["kind"]?.string == "ExecCredential")
            #expect(info["spec"]?["interactive"] == false)
            #expect(info["spec"]?["cluster"]?["server"]?.string == "\(server.url)/")
            #expect(try FileSystem.read("\(plugin.folder.path)/arguments", limit: 100) == Array("one two".utf8))
            try plugin.answer(["token": "two", "expirationTimestamp": "2026-01-01T00:20:00Z"], version: version)
            good.withLock { $0 = "two" }
            let later = try #require(Moment(rfc3339: "2026-01-01T00:10:00Z"))
            clock.withLock { $0 = later }
            _ = try await client.get(Maps.resource, Self.name)
            #expect(plugin.runs == 2 && server.asked.count == 9)
            try plugin.answer(["token": "three"], version: version)
            good.withLock { $0 = "three" }
            _ = try await client.get(Maps.resource, Self.name)
            #expect(plugin.runs == 3 && server.asked.count == 11)
        }
    }

    @Test(
        "of a plug-in that cannot be used one is told why, without what it said",
        arguments: [
            ("hush", "does not answer with an ExecCredential"),
            (
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"hush"}}"#,
                "another version"
            ),
            (
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}"#,
                "no credentials"
            ),
            (
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"hush","token":"t"}}"#,
                "without its key"
            ),
            (
                #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"hush","expirationTimestamp":"soon"}}"#,
                "no time"
            ),
        ])
    func brokenPlugin(_ answer: String, _ problem: String) throws {
        var plugin = ExecPlugin(apiVersion: "client.authentication.k8s.io/v1", command: "get-token")
        plugin.interactiveMode = .never
        #expect {
            try plugin.read(Array(answer.utf8))
        } throws: { error in
            guard let fault = error as? Fault else { return false }
            if !fault.message.contains(problem) { Issue.record("\(fault)") }
            return !"\(fault)".contains("hush")
        }
    }

    @Test("a plug-in that fails is not run for every request, and says what its people need to know")
    func failingPlugin()
        async throws
    {
        let plugin = try Plugin()
        try plugin.answer(["token": "hush"])
        try FileSystem.write([], to: "\(plugin.folder.path)/fails")
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { server in
            let client = try server.client { $0.user.exec = plugin.config() }
            for _ in 0..<5 {
                await #expect {
                    try await client.get(Maps.resource, Self.name)
                } throws: { error in
                    guard let fault = error as? Fault else { return false }
                    return fault.code == .unauthorized && fault.message.contains("status 3: log in first")
                        && !"\(fault)".contains("hush")
                }
            }
            #expect(plugin.runs == 1 && server.asked.isEmpty)
            var missing = plugin.config()
            (missing.command, missing.installHint) = ("/nowhere/get-token", "install it")
            let without = try server.client { $0.user.exec = missing }
            await #expect { try await without.get(Maps.resource, Self.name) } throws: { error in
                (error as? Fault)?.fix == "install it"
            }
        }
    }

    @Test("certificates of the cluster's authority are trusted, others not; ours is shown; names may differ") func tls()
        async throws
    {
        let folder = try TemporaryFolder()
        try await TestCertificates.make(in: folder.path)
        let other = try TemporaryFolder()
        try await TestCertificates.make(in: other.path)
        func text(_ name: String) throws -> String {
            String(decoding: try FileSystem.read("\(folder.path)/\(name)", limit: 1 << 20), as: UTF8.self)
        }
        let tls = ServerTLS(
            certificate: try text("server.pem"), key: try text("server-key.pem"),
            clients: .mustShow(authorities: try text("ca.pem")))
        try await ScriptedServer.with(tls: tls) { _ in
            .json(Maps.map("a"))
        } _: { server in
            let port = server.server.port
            let secure = try HTTPURL("https://127.0.0.1:\(port)")
            func client(_ change: (inout ClusterConfiguration) -> Void) throws -> KubernetesClient {
                try server.client {
                    $0.server = secure
                    $0.certificateAuthority = .file("\(folder.path)/ca.pem")
                    $0.user.clientCertificate = .file("\(folder.path)/client.pem")
                    $0.user.clientKey = .file("\(folder.path)/client-key.pem")
                    change(&$0)
                }
            }
            _ = try await client { _ in }.get(Maps.resource, Self.name)
            let (certificate, key) = (try text("client.pem"), try text("client-key.pem"))
            _ = try await client {
                $0.user.clientCertificate = .text(SecretText(certificate))
                $0.user.clientKey = .text(SecretText(key))
                $0.serverName = "localhost"
            }.get(Maps.resource, Self.name)
            #expect(server.asked.last?.headers["Host"] == "127.0.0.1:\(port)")
            await #expect {
                try await client { $0.certificateAuthority = .file("\(other.path)/ca.pem") }.get(
                    Maps.resource, Self.name)
            } throws: { ($0 as? Fault)?.code == .unverified }
            await #expect {
                try await client { $0.serverName = "elsewhere.example" }.get(Maps.resource, Self.name)
            } throws: { ($0 as? Fault)?.code == .unverified }
            await #expect(throws: (any Error).self) {
                try await client { ($0.user.clientCertificate, $0.user.clientKey) = (nil, nil) }.get(
                    Maps.resource, Self.name)
            }
            #expect(server.asked.count == 2)
            let plugin = try Plugin()
            try plugin.answer(["clientCertificateData": .string(certificate), "clientKeyData": .string(key)])
            _ = try await client {
                ($0.user.clientCertificate, $0.user.clientKey) = (nil, nil)
                $0.user.exec = plugin.config()
                $0.certificateAuthority = nil
                $0.insecureSkipTLSVerify = true
            }.get(Maps.resource, Self.name)
            #expect(server.asked.count == 3)
        }
    }

    @Test("requests go through the proxy that is named") func proxy() async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { proxy in
            try await ScriptedServer.with { _ in
                .json(Maps.map("b"))
            } _: { server in
                let address = try ProxyChoice(url: proxy.url.replacing("http://", with: "http://me:pw@"))
                let client = try server.client { $0.proxy = address }
                // This proxy is no proxy: that it is asked at all is what is to be seen.
                _ = try? await client.get(Maps.resource, Self.name)
                #expect(server.asked.isEmpty)
            }
        }
    }
}
