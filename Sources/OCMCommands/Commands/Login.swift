// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import OCI
internal import Repositories
internal import Web
internal import WebClient

/// `ocm login HOST`
struct Login: Command {
    static let configuration = CommandConfiguration(
        "login", abstract: "Check a login at a registry and keep it in the Docker configuration",
        discussion: """
            The login is tried first and kept only when the registry accepts it: by the credential helper of the Docker \
            configuration when one is set, else in the file itself, readable by you alone.
            """,
        examples: ["ocm login ghcr.io --username me --password-stdin < token.txt"])

    @Argument(help: "the registry", valueName: "HOST") var host: String
    @Option(short: "u", help: "the user name") var username: String?
    @Option(
        short: "p", help: "the password; prefer --password-stdin, which other users cannot see",
        environment: "OCM_PASSWORD")
    var password: String?
    @Flag(help: "read the password from standard input") var passwordStdin = false

    func run(in context: OCMContext) async throws {
        guard case .registry(let origin, _) = try RepositoryLocator("oci::\(host)").kind else {
            throw UsageError("“\(host)” is no registry")
        }
        guard let username else { throw UsageError("--username is missing") }
        guard let secret = try passwordStdin ? Self.readSecret() : password, !secret.isEmpty else {
            throw UsageError("give the password with --password-stdin")
        }
        let client = RegistryClient(origin: origin, http: context.connections.http) { _ in
            .basic(username: username, password: secret)
        }
        try await client.ping()
        let path = DockerConfiguration.defaultPath(context.environment)
        let place = try await DockerConfiguration(path: path, isRequired: false).store(
            username: username, secret: secret, for: origin)
        context.print("logged in to \(origin.repositoryHost) as \(username); the login is kept in \(place)")
    }

    private static func readSecret() throws -> String {
        let bytes = try FileSystem.read("/dev/stdin", limit: 64 * 1024)
        let text = String(decoding: bytes, as: UTF8.self)
        return text.hasSuffix("\r\n") ? String(text.dropLast(1)) : text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
