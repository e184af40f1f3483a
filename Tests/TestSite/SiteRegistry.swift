// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
public import Basics
internal import Documents
public import Registry
public import RegistryServer
public import TestServers
internal import WebServer

/// The site registry in this process, on a free loopback port, for as long as this object lives.
public final class SiteRegistry: Sendable {
    /// How clients reach it.
    public let access: RegistryServer.Access
    /// Where it keeps its data and certificates.
    public let folder: TemporaryFolder
    /// The registry with its server.
    public let host: RegistryHost

    /// Starts it.
    ///
    /// - Parameters:
    ///   - rules: the `rules` of the access section as YAML, in flow style; without them those who log in may do everything.
    ///   - data: a registry folder to serve; a new one if not given.
    public init(
        _ access: RegistryServer.Access = .plain, rules: String? = nil, limits: RegistryLimits = RegistryLimits(),
        data: String? = nil
    ) async throws {
        let folder = try TemporaryFolder(prefix: "site")
        (self.access, self.folder) = (access, folder)
        var settings = ServerSettings()
        if access == .tls {
            try await TestCertificates.make(in: folder.path)
            func pem(_ name: String) throws -> String {
                String(decoding: try FileSystem.read("\(folder.path)/\(name)", limit: 1 << 20), as: UTF8.self)
            }
            settings.tls = ServerTLS(certificate: try pem("server.pem"), key: try pem("server-key.pem"))
        }
        var document = "access: {"
        if access != .plain {
            let made = try await ChildProcess.run(
                ["htpasswd", "-Bbn", "-C", "5", RegistryServer.user, RegistryServer.password],
                environment: Environment(["PATH": "/usr/bin:/bin"]))
            try FileSystem.write(made.stdout, to: "\(folder.path)/htpasswd")
            document += "passwords: {file: htpasswd}, "
        }
        document += (rules.map { "rules: \($0)" } ?? "") + "}"
        let configuration = try AccessConfiguration(
            try YAML.document(Array(document.utf8), source: "the test's rules"), at: JSONPointer(["access"]),
            folder: folder.path)
        let registryAccess = try RegistryAccess(configuration) { _ throws(Fault) in
            throw Fault(.internal, "no keys are fetched here")
        }
        var limits = limits
        limits.freeSpaceFloor = 0
        host = try RegistryHost(
            try RegistryFolder(data ?? "\(folder.path)/data", limits: limits), access: registryAccess,
            settings: settings)
    }

    deinit {
        // The server runs until it is stopped, whether somebody still holds it or not.
        let host = host, folder = folder
        Task {
            await host.stop(deadline: .zero)
            withExtendedLifetime(folder) {}
        }
    }

    /// `scheme://host:port`.
    public var url: String { "\(access == .tls ? "https" : "http")://localhost:\(host.port)" }

    /// The certificate of the authority that signed the server's; only with `.tls`.
    public var authority: String { "\(folder.path)/ca.pem" }
}
