// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import OCI
import Testing
import WebClient

@testable import Repositories

@Suite("Resolvers") struct RepositoryResolverTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The registries that are asked for a version, by the rules of a configuration.
    private func asked(_ entries: String..., for identity: String) async throws -> [String] {
        let list = entries.map { "  - \($0)\n" }.joined()
        try FileSystem.write(
            Array("type: generic.config.ocm.software/v1\nconfigurations:\n\(list)".utf8), to: "\(folder.path)/config")
        let files = ConfigurationFiles(
            named: ["\(folder.path)/config"], environment: Environment([:]), workingFolder: folder.path,
            executableFolder: nil)
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let resolver = try RepositoryResolver(Configuration(files: files), connections)
        return try await resolver.repositories(for: ComponentVersionIdentity(identity)).map { "\($0.locator)" }
    }

    private func rules(_ rules: (String, String)...) -> String {
        let list = rules.map { "{repository: {type: OCIRepository/v1, baseUrl: \($0.0)}\($0.1)}" }
        return "{type: resolvers.config.ocm.software/v1alpha1, resolvers: [\(list.joined(separator: ", "))]}"
    }

    @Test(
        "fit by pattern and version",
        arguments: [
            (#", componentNamePattern: "acme.org/*""#, "acme.org/app:1.0.0", true),
            (#", componentNamePattern: "acme.org/*""#, "acme.org/app/part:1.0.0", false),
            (#", componentNamePattern: "acme.org/*/*""#, "acme.org/app/part:1.0.0", true),
            (#", componentNamePattern: "acme.org/[ab]*""#, "acme.org/app:1.0.0", true),
            (#", componentNamePattern: "acme.org/[bc]*""#, "acme.org/app:1.0.0", false),
            (#", componentNamePattern: "acme.org""#, "acme.org/app:1.0.0", false),
            (#", versionConstraint: ">=2.0.0""#, "acme.org/app:1.0.0", false),
            (#", versionConstraint: ">=1.0.0""#, "acme.org/app:1.0.0", true),
            // A rule that names no components is for all of them, however deep.
            ("", "acme.org/app:1.0.0", true), ("", "acme.org/app/part/of/it:1.0.0", true),
        ])
    func fits(rule: String, identity: String, expected: Bool) async throws {
        #expect(try await asked(rules(("a.example", rule)), for: identity) == (expected ? ["a.example"] : []))
    }

    @Test("are asked in their order, the older kind by priority") func order() async throws {
        let newer = try await asked(rules(("a.example", ""), ("b.example", "")), for: "acme.org/app:1.0.0")
        #expect(newer == ["a.example", "b.example"])
        let older = try await asked(
            """
            {type: ocm.config.ocm.software, resolvers: [
                {repository: {type: OCIRegistry, baseUrl: low.example}, priority: 1},
                {repository: {type: OCIRegistry, baseUrl: usual.example}, prefix: acme.org},
                {repository: {type: OCIRegistry, baseUrl: also.example}, prefix: acme.org/app},
                {repository: {type: OCIRegistry, baseUrl: other.example}, prefix: acme.org/a},
                {repository: {type: OCIRegistry, baseUrl: high.example}, priority: 99}]}
            """, for: "acme.org/app:1.0.0")
        #expect(older == ["high.example", "usual.example", "also.example", "low.example"])
    }

    @Test("of both kinds at once, or without a repository, are refused") func refused() async throws {
        let older = "{type: ocm.config.ocm.software, resolvers: [{repository: {type: OCIRegistry, baseUrl: a.b}}]}"
        for entries in [[rules(("a.example", "")), older], [rules(("a.example", ", versionConstraint: nonsense"))]] {
            let fault = await faultOf {
                _ =
                    entries.count == 1
                    ? try await asked(entries[0], for: "acme.org/app:1.0.0")
                    : try await asked(entries[0], entries[1], for: "acme.org/app:1.0.0")
            }
            #expect(fault?.code == .invalid)
        }
    }
}
