// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Registry
import RegistryServer
import Testing
import WebServer

struct RegistryConfigurationTests {
    private func read(_ text: String) throws -> RegistryConfiguration {
        try RegistryConfiguration(YAML.document(Array(text.utf8), source: "registry.yaml"), folder: "/etc/site")
    }

    @Test("every setting of the schema is read, with the value of its example")
    func example() throws {
        let settings = try read(RegistrySchema.example.text())
        #expect(settings.listen.description == "127.0.0.1:5001")
        #expect(settings.tls?.certificate == "/etc/site/server.pem")
        #expect(settings.tls?.isClientCertificateRequired == true)
        #expect(settings.limits.blobBytes == 64 << 30)
        #expect(try settings.limits.quota(.init("team-a/app")) == 10 << 30)
        #expect(try settings.limits.quota(.init("team-b/app")) == nil)
        #expect(settings.server.idleSeconds == 60)
        #expect(settings.drainSeconds == 5)
    }

    @Test(
        "a mistake is named where it stands, with a way out",
        arguments: [
            ("limit: {}", "registry.yaml:1", "limits"), ("limits: {blob: much}", "registry.yaml:1", "512MiB"),
            ("log:\n  requests: some", "registry.yaml:2", "changes, all"),
            ("listen: here", "registry.yaml:1", "127.0.0.1"),
            ("limits:\n  quotas: [{repositories: \"/\", bytes: 1}]", "registry.yaml:2", "team-a"),
            ("tls: {certificate: a}", "registry.yaml:1", "key"), ("drain: -1s", "registry.yaml:1", "30s"),
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
