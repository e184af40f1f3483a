// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Registry
import RegistryMirror
import RegistryProxy
import RegistryRules
import RegistryServer
import Testing
import WebServer

struct RegistryConfigurationTests {
    private func read(_ text: String) throws -> RegistryConfiguration {
        try RegistryConfiguration(YAML.document(Array(text.utf8), source: "registry.yaml"), folder: "/etc/site")
    }

    @Test("a configuration with everything is read")
    func everything() throws {
        let settings = try read(
            """
            root: data
            listen: "[::1]:0"
            tls: {certificate: server.pem, key: server-key.pem, clients: {authorities: ca.pem, required: true}}
            limits:
              blob: 1GiB
              verifyEvery: 48h
              uploadsPerPusher: 7
              quotas: [{repositories: "team-a/**", bytes: 10GiB}, {repositories: "**", bytes: 1GiB}]
            connections: {most: 10, idle: 5s}
            log: {requests: all}
            drain: 5s
            signatures: [{prefix: products, require: [{name: release, keys: [a.pub], roots: [ca.pem]}], recursive: false}]
            proxies: [{prefix: hub, upstream: "https://example.org/library", fresh: 1m, lists: 2m, cache: 1GiB}]
            upkeep: {pending: 48h}
            mirrors: [{name: in, folder: inbox, to: vendor, every: 1m, versions: ">=1.2", prune: true}]
            """)
        #expect(settings.root == "/etc/site/data" && settings.listen.description == "[::1]:0")
        #expect(settings.tls?.certificate == "/etc/site/server.pem")
        #expect(settings.tls?.isClientCertificateRequired == true)
        #expect(
            settings.limits.blobBytes == 1 << 30 && settings.limits.uploadsPerPusher == 7
                && settings.limits.verificationHours == 48)
        #expect(try settings.limits.quota(.init("team-a/app")) == 10 << 30)
        #expect(try settings.limits.quota(.init("team-b/app")) == 1 << 30)
        #expect(settings.server.connections == 10 && settings.server.idleSeconds == 5)
        #expect(settings.loggedRequests == .all && settings.drainSeconds == 5)
        #expect(settings.signatures.first?.demands.first?.keys.count == 2)
        #expect(settings.proxies.first?.upstreamPrefix == "library" && settings.proxies.first?.cacheBytes == 1 << 30)
        #expect(settings.proxies.first?.listFreshness == 120 && settings.limits.pendingAge == 48 * 3_600_000)
        #expect(settings.mirrors.first?.prunes == true && settings.mirrors.first?.interval == 60)
    }

    @Test("the defaults that the schema tells are those that count")
    func defaults() throws {
        func defaults(_ schema: JSON) -> JSON? {
            if let value = schema["default"] { return value }
            let members = (schema["properties"]?.object ?? JSONObject()).compactMap { name, member in
                defaults(member).map { (name, $0) }
            }
            return members.isEmpty ? nil : .object(JSONObject(members))
        }
        var json = try #require(defaults(RegistrySchema.json))
        json["access"] = nil
        json["tls"] = nil
        let (told, own) = (try read(json.text()), RegistryConfiguration())
        #expect(told.listen == own.listen && told.loggedRequests == own.loggedRequests)
        #expect(told.drainSeconds == own.drainSeconds)
        #expect(told.limits.grace == own.limits.grace && told.limits.uploadIdle == own.limits.uploadIdle)
        #expect(told.limits.pendingAge == own.limits.pendingAge)
        #expect(told.upkeep.garbageInterval == own.upkeep.garbageInterval)
        #expect(told.upkeep.scrubInterval == own.upkeep.scrubInterval)
        #expect(told.upkeep.scrub.bytesPerSecond == own.upkeep.scrub.bytesPerSecond)
        #expect(told.limits.blobBytes == own.limits.blobBytes && told.limits.manifestBytes == own.limits.manifestBytes)
        #expect(told.limits.uploads == own.limits.uploads && told.limits.freeSpaceFloor == own.limits.freeSpaceFloor)
        #expect(told.limits.uploadsPerRepository == own.limits.uploadsPerRepository)
        #expect(told.limits.uploadsPerPusher == own.limits.uploadsPerPusher)
        #expect(told.limits.cacheBytes == own.limits.cacheBytes)
        #expect(told.limits.verificationHours == own.limits.verificationHours)
        #expect(told.server.connections == own.server.connections && told.server.threads == own.server.threads)
        #expect(told.server.headSeconds == own.server.headSeconds && told.server.idleSeconds == own.server.idleSeconds)
        #expect(told.server.leastBytesPerSecond == own.server.leastBytesPerSecond)
    }

    @Test("the documentation holds the reference as it is")
    func reference() throws {
        let path = FileSystem.join(FileSystem.folder(of: #filePath), "../../docs/registry.md")
        let text = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        #expect(text.contains(RegistrySchema.reference), "print it with: sovereign registry config --reference")
    }

    @Test(
        "a mistake is named where it stands, with a way out",
        arguments: [
            ("limit: {}", "registry.yaml:1", "limits"), ("limits: {blob: much}", "registry.yaml:1", "512MiB"),
            ("log:\n  requests: some", "registry.yaml:2", "changes, all"),
            ("listen: here", "registry.yaml:1", "127.0.0.1"),
            ("limits:\n  quotas: [{repositories: \"/\", bytes: 1}]", "registry.yaml:2", "team-a"),
            ("tls: {certificate: a}", "registry.yaml:1", "key"), ("drain: -1s", "registry.yaml:1", "30s"),
            ("signatures: [{prefix: a}]", "registry.yaml:1", "require"),
            ("proxies: [{prefix: A, upstream: \"https://a\"}]", "registry.yaml:1", "mirror/hub"),
            ("mirrors: [{name: a}]", "registry.yaml:1", "folder"),
            ("access: {rule: []}", "registry.yaml:1", "rules"),
        ])
    func mistakes(_ text: String, _ place: String, _ fix: String) throws {
        let fault = try #require(throws: Fault.self) { try read(text) }
        #expect(fault.message.hasPrefix(place), "\(fault.message)")
        #expect((fault.fix ?? "").contains(fix), "\(fault.fix ?? "")")
    }

    @Test("a file without settings is the defaults")
    func empty() throws {
        #expect(try read("").listen.port == 5001)
        #expect(try read("# nothing").tls == nil)
    }
}
