// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite(
    "Who we are, and whom we trust",
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct AuthenticationTests {
    private func get(_ workshop: Workshop, _ server: RegistryServer, _ variables: [String: String] = [:]) async throws
        -> ChildProcess.Result
    {
        try await workshop.ocm(
            ["get", "cv", "\(server.url)//example.org/app/product", "--debug"], variables: variables)
    }

    private func push(_ workshop: Workshop, _ server: RegistryServer, _ variables: [String: String] = [:]) async throws
    {
        let result = try await workshop.ocm(
            [
                "transfer", "cv", "--recursive", "--copy-resources", "\(workshop.archive)//\(Workshop.product)",
                server.url,
            ], variables: variables)
        try #require(result.status == 0, "\(result.errors)")
    }

    private static func consumers(_ server: RegistryServer, password: String = RegistryServer.password) -> String {
        """
        type: generic.config.ocm.software/v1
        configurations:
          - type: credentials.config.ocm.software/v1
            consumers:
              - identity: {type: OCIRegistry, hostname: localhost, port: "\(server.port)"}
                credentials:
                  - {type: OCICredentials/v1, username: \(RegistryServer.user), password: \(password)}

        """
    }

    @Test("without credentials: exit code 4, and how to log in") func none() async throws {
        let workshop = try Workshop()
        let server = try await RegistryServer(.basic)
        let result = try await get(workshop, server)
        #expect(result.status == 4 && result.errors.contains("ocm login localhost:\(server.port)"), "\(result.errors)")
    }

    @Test("ocm login keeps what the registry accepts, for this user alone, and nothing else") func login() async throws
    {
        let workshop = try Workshop()
        try await workshop.build()
        let server = try await RegistryServer(.basic)
        func login(_ password: String) async throws -> ChildProcess.Result {
            try await ChildProcess.run(
                [OCM.path, "login", server.host, "--username", RegistryServer.user, "--password-stdin"],
                input: Array("\(password)\n".utf8),
                environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin"]))
        }
        let refused = try await login("wrong-guess")
        #expect(refused.status == 4 && !refused.errors.contains("wrong-guess"), "\(refused.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/.docker/config.json"))
        let accepted = try await login(RegistryServer.password)
        #expect(accepted.status == 0, "\(accepted.errors)")
        let mode = try FileSystem.entry(at: "\(workshop.path)/.docker/config.json")?.mode
        #expect(mode.map { $0 & 0o777 } == 0o600)
        try await push(workshop, server)
        let result = try await get(workshop, server)
        #expect(result.status == 0 && result.output.contains("1.0.0"), "\(result.errors)")
        #expect(!result.errors.contains(RegistryServer.password))
    }

    @Test(
        "a configuration is found in each of its places",
        arguments: [
            ".ocmconfig", ".ocm/config", ".config/ocm/config", ".config/.ocmconfig", "xdg/ocm/config",
            "xdg/.ocmconfig", "$OCM_CONFIG", "--config",
        ])
    func places(place: String) async throws {
        let workshop = try Workshop()
        let server = try await RegistryServer(.basic)
        var variables: [String: String] = [:]
        var path = place
        if place.hasPrefix("xdg/") { variables["XDG_CONFIG_HOME"] = "\(workshop.path)/xdg" }
        if place == "$OCM_CONFIG" { (path, variables["OCM_CONFIG"]) = ("elsewhere", "\(workshop.path)/elsewhere") }
        if place == "--config" { path = "named" }
        var folder = workshop.path
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            try FileSystem.makeFolder(folder)
        }
        try workshop.write(path, Self.consumers(server))
        let more = place == "--config" ? ["--config", "named"] : []
        let result = try await workshop.ocm(
            ["get", "cv", "\(server.url)//example.org/app/product"] + more, variables: variables)
        // The password is right; what is missing is the component.
        #expect(result.status == 1 && result.errors.contains("example.org/app/product"), "\(result.errors)")
    }

    @Test("a wrong password is refused, and is in no output") func wrong() async throws {
        let workshop = try Workshop()
        let server = try await RegistryServer(.basic)
        try workshop.write(".ocmconfig", Self.consumers(server, password: "wrong-guess"))
        let result = try await get(workshop, server)
        #expect(result.status == 4, "\(result.errors)")
        let view = try await workshop.ocm("config", "view")
        #expect(view.status == 0 && view.output.contains("***"))
        for text in [result.output, result.errors, view.output, view.errors] { #expect(!text.contains("wrong-guess")) }
    }

    @Test("a credential helper is asked, with the host on its input") func helper() async throws {
        let workshop = try Workshop()
        let server = try await RegistryServer(.basic)
        try FileSystem.makeFolder("\(workshop.path)/.docker")
        try FileSystem.makeFolder("\(workshop.path)/bin")
        try workshop.write(".docker/config.json", #"{"credHelpers":{"\#(server.host)":"test"}}"#)
        try workshop.write(
            "bin/docker-credential-test",
            """
            #!/bin/sh
            read -r host
            test "$1 $host" = "get \(server.host)" || exit 1
            echo '{"Username":"\(RegistryServer.user)","Secret":"\(RegistryServer.password)"}'

            """)
        try FileSystem.setMode("\(workshop.path)/bin/docker-credential-test", 0o755)
        let result = try await get(workshop, server, ["PATH": "\(workshop.path)/bin:/usr/bin:/bin"])
        #expect(result.status == 1 && result.errors.contains("example.org/app/product"), "\(result.errors)")
        let missing = try await get(workshop, server)
        #expect(missing.status == 1 && missing.errors.contains("docker-credential-test"), "\(missing.errors)")
    }

    @Test("an authority of one's own is trusted when it is named, and only then") func authority() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let server = try await RegistryServer(.tls)
        let credentials = Self.consumers(server)
        try workshop.write(".ocmconfig", credentials)
        let untrusted = try await get(workshop, server)
        #expect(untrusted.status == 3 && untrusted.errors.contains("certificate"), "\(untrusted.errors)")
        try workshop.write(
            ".ocmconfig",
            credentials + """
                  - type: http.config.ocm.software/v1alpha1
                    hosts:
                      localhost:\(server.port): {certificateAuthorityFile: \(server.authority)}

                """)
        try await push(workshop, server)
        let verdict = try await workshop.verify(server.url)
        #expect(verdict.status == 0, "\(verdict.errors)")
    }
}
