// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A real registry (the distribution project's, Debian's `docker-registry` unless another is named) on a free loopback
/// port, for as long as this object lives.
public final class RegistryServer: Sendable {
    /// How clients reach it.
    public enum Access: String, Sendable, CaseIterable {
        /// Plain HTTP, open to everybody.
        case plain
        /// Plain HTTP with a user name and a password.
        case basic
        /// HTTPS with a certificate of its own authority, and a user name and a password.
        case tls
    }

    /// The name and password that `basic` and `tls` ask for.
    public static let user = "carrier"
    public static let password = "swordfish"
    /// Whether the programs are installed.
    public static let isInstalled =
        ServerProgram.find("docker-registry") != nil && ServerProgram.find("htpasswd") != nil
        && ServerProgram.find("openssl") != nil
    /// Why tests of it are skipped.
    public static let missing = "docker-registry, htpasswd (apache2-utils) or openssl is not installed"

    public let port: Int
    public let access: Access
    /// Where it keeps its data, log and certificates.
    public let folder: TemporaryFolder
    private let program: ServerProgram

    /// Starts it and waits until it answers. `data` lets a second server read what a first one kept; `program` is the path
    /// of another release of the same server.
    public init(_ access: Access = .plain, data: String? = nil, program path: String? = nil) async throws {
        (port, self.access, folder) = (try ServerProgram.freePort(), access, try TemporaryFolder(prefix: "registry"))
        var settings = """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {delete: {enabled: true}, filesystem: {rootdirectory: "\(data ?? folder.path + "/data")"}}
            http:
              addr: "127.0.0.1:\(port)"

            """
        if access == .tls {
            try await TestCertificates.make(in: folder.path)
            settings += "  tls: {certificate: \"\(folder.path)/server.pem\", key: \"\(folder.path)/server-key.pem\"}\n"
        }
        if access != .plain {
            let made = try await ChildProcess.run(
                [ServerProgram.find("htpasswd") ?? "htpasswd", "-Bbn", Self.user, Self.password])
            try FileSystem.write(made.stdout, to: "\(folder.path)/htpasswd")
            settings += "auth: {htpasswd: {realm: test, path: \"\(folder.path)/htpasswd\"}}\n"
        }
        try FileSystem.write(Array(settings.utf8), to: "\(folder.path)/config.yml")
        program = try ServerProgram(
            [path ?? ServerProgram.find("docker-registry") ?? "docker-registry", "serve", "\(folder.path)/config.yml"],
            log: "\(folder.path)/log", variables: ["OTEL_TRACES_EXPORTER": "none"])
        try await program.waitUntilListening(on: port)
    }

    /// `host:port`.
    public var host: String { "localhost:\(port)" }

    /// `scheme://host:port`.
    public var url: String { "\(access == .tls ? "https" : "http")://\(host)" }

    /// The certificate of the authority that signed the server's; only with `.tls`.
    public var authority: String { "\(folder.path)/ca.pem" }
}
