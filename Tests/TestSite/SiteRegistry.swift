// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
public import Basics
internal import Documents
public import Registry
public import RegistryProxy
public import RegistryRules
public import RegistryServer
public import TestServers

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
    ///   - users: further users, each with the password of `RegistryServer`.
    ///   - passwords: further users, each with a password of its own.
    ///   - tokens: whether the registry issues tokens, so that clients are sent to get one.
    ///   - keepsFloor: whether the limit of free space counts; otherwise tests run on full disks too.
    ///   - data: a registry folder to serve; a new one if not given.
    ///   - signatures: the signature rules.
    ///   - proxies: makes the proxies for the registry.
    ///   - report: told what the server reports to its operator.
    public init(
        _ access: RegistryServer.Access = .plain, rules: String? = nil, users: [String] = [],
        passwords: [String: String] = [:], tokens: Bool = false,
        limits: RegistryLimits = RegistryLimits(), data: String? = nil, keepsFloor: Bool = false,
        signatures: [SignatureRule] = [], proxies: (RegistryFolder) throws -> PullThrough? = { _ in nil },
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) async throws {
        let folder = try TemporaryFolder(prefix: "site")
        (self.access, self.folder) = (access, folder)
        var document = "listen: 127.0.0.1:0\n"
        if access == .tls {
            try await TestCertificates.make(in: folder.path)
            document += "tls: {certificate: server.pem, key: server-key.pem}\n"
        }
        document += "access: {"
        if access != .plain {
            var lines: [UInt8] = []
            let known = ([RegistryServer.user] + users).map { ($0, RegistryServer.password) }
            for (user, password) in known + passwords.map({ ($0.key, $0.value) }) {
                let made = try await ChildProcess.run(
                    ["htpasswd", "-Bbn", "-C", "5", user, password],
                    environment: Environment(["PATH": "/usr/bin:/bin"]))
                lines += made.stdout
            }
            try FileSystem.write(lines, to: "\(folder.path)/htpasswd")
            document += "passwords: {file: htpasswd}, "
            if tokens { document += "tokens: {realm: \"http://localhost/token\", service: site, keys: keys}, " }
        }
        document += (rules.map { "rules: \($0)" } ?? "") + "}"
        let configuration = try RegistryConfiguration(
            try YAML.document(Array(document.utf8), source: "the test's settings"), folder: folder.path)
        let registryAccess = try RegistryAccess(configuration.access) { _ throws(Fault) in
            throw Fault(.internal, "no keys are fetched here")
        }
        var limits = limits
        if !keepsFloor { limits.freeSpaceFloor = 0 }
        let registry = try RegistryFolder(data ?? "\(folder.path)/data", limits: limits)
        var guarding: SignatureGuard?
        if !signatures.isEmpty { guarding = try await SignatureGuard.open(signatures, over: registry, report: report) }
        host = try RegistryHost(
            registry, access: registryAccess, configuration, signatures: guarding, proxies: proxies(registry),
            report: report)
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
