// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Repositories
import Testing
import Web

@Suite("Consumers of credentials") struct ConsumerTests {
    /// The password that a configuration gives for a repository of a registry.
    private func password(_ consumers: String, for url: String, _ repository: String) async throws -> String? {
        let text = "{type: credentials.config.ocm.software, consumers: [\(consumers)]}"
        let folder = try TemporaryFolder()
        try FileSystem.write(Array(text.utf8), to: "\(folder.path)/config")
        let environment = Environment(["HOME": folder.path])
        let files = ConfigurationFiles(
            named: ["\(folder.path)/config"], environment: environment, workingFolder: folder.path,
            executableFolder: nil)
        let resolver = try Configuration(files: files).credentialResolver(environment)
        let found = try await resolver.registryCredential(for: HTTPURL(url).origin, repository: repository)
        guard case .basic(_, let password)? = found else { return nil }
        return password
    }

    private func consumer(_ identity: String, _ password: String) -> String {
        "{identity: {type: OCIRegistry, \(identity)}, credentials: "
            + "[{type: Credentials, properties: {username: u, password: \(password)}}]}"
    }

    @Test(
        "one entry fits or does not",
        arguments: [
            ("hostname: ghcr.io", "https://ghcr.io", "acme/app", true),
            ("hostname: GHCR.io", "https://ghcr.io", "acme/app", true),
            ("hostname: ghcr.io", "https://evil.ghcr.io", "acme/app", false),
            ("hostname: ghcr.io", "https://ghcr.io.evil.org", "acme/app", false),
            ("hostname: ghcr.io", "https://ghcr.io:8443", "acme/app", false),
            ("hostname: ghcr.io, port: 8443", "https://ghcr.io:8443", "acme/app", true),
            ("hostname: ghcr.io, port: \"443\"", "https://ghcr.io", "acme/app", true),
            ("hostname: ghcr.io, scheme: http", "https://ghcr.io", "acme/app", false),
            ("hostname: ghcr.io, scheme: oci", "https://ghcr.io", "acme/app", true),
            // Without a scheme nothing is said in the clear, unless it stays on this machine or the port is named.
            ("hostname: ghcr.io", "http://ghcr.io", "acme/app", false),
            ("hostname: ghcr.io, scheme: oci", "http://ghcr.io", "acme/app", false),
            ("hostname: ghcr.io, scheme: http", "http://ghcr.io", "acme/app", true),
            ("hostname: ghcr.io, port: 80", "http://ghcr.io", "acme/app", true),
            ("hostname: localhost", "http://localhost", "acme/app", true),
            // A pattern matches the whole path; a star stays within a segment.
            ("hostname: ghcr.io, path: acme/*", "https://ghcr.io", "acme/app", true),
            ("hostname: ghcr.io, path: acme/*", "https://ghcr.io", "acme/app/deep", false),
            ("hostname: ghcr.io, path: acme", "https://ghcr.io", "acme/app", false),
            ("hostname: ghcr.io, path: \"*/app\"", "https://ghcr.io", "acme/app", true),
            // Components lie below the path that the repository is known by.
            ("hostname: ghcr.io, path: acme/*", "https://ghcr.io", "acme/ocm/component-descriptors/a.org/b", true),
            ("hostname: ghcr.io, path: other/*", "https://ghcr.io", "acme/ocm/component-descriptors/a.org/b", false),
            // A prefix compares whole segments.
            ("hostname: ghcr.io, pathprefix: acme", "https://ghcr.io", "acme/app/deep", true),
            ("hostname: ghcr.io, pathprefix: acme/app", "https://ghcr.io", "acme/app", true),
            ("hostname: ghcr.io, pathprefix: acme", "https://ghcr.io", "acmeevil/app", false),
            ("hostname: ghcr.io, pathprefix: acme/app", "https://ghcr.io", "acme", false),
            ("hostname: ghcr.io, flavour: sweet", "https://ghcr.io", "acme/app", false),
        ])
    func fits(identity: String, url: String, repository: String, expected: Bool) async throws {
        let found = try await password(consumer(identity, "secret"), for: url, repository)
        #expect((found == "secret") == expected)
    }

    @Test(
        "of several that fit the most precise wins, then the last, never chance",
        arguments: [
            (["", "pathprefix: acme", "pathprefix: acme/app"], "2"),
            (["pathprefix: acme/app", "pathprefix: acme", ""], "0"),
            (["path: \"acme/*\"", "path: acme/app", ""], "1"), (["", ""], "1"), (["port: 443", ""], "0"),
        ])
    func best(identities: [String], expected: String) async throws {
        let consumers = identities.enumerated().map { number, identity in
            consumer("hostname: ghcr.io" + (identity.isEmpty ? "" : ", " + identity), "\"\(number)\"")
        }
        let found = try await password(consumers.joined(separator: ", "), for: "https://ghcr.io", "acme/app")
        #expect(found == expected)
    }

    @Test("other types of consumers are not asked") func otherType() async throws {
        let text = consumer("hostname: ghcr.io", "secret").replacing("OCIRegistry", with: "HelmChartRepository")
        #expect(try await password(text, for: "https://ghcr.io", "acme/app") == nil)
    }

    @Test("nothing that holds a secret prints it") func printing() throws {
        let credential = Credential(["username": "u", "password": "hunter2"])
        var dumped = ""
        dump(credential, to: &dumped)
        dump(credential.forRegistry, to: &dumped)
        for text in [
            "\(credential)", String(reflecting: credential), dumped, "\(String(describing: credential.forRegistry))",
        ] {
            #expect(!text.contains("hunter2"))
        }
    }
}
