// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Web

/// A Docker or Podman configuration file with logins: `auths`, `credsStore` and `credHelpers`.
public struct DockerConfiguration: Sendable {
    /// The file.
    public let path: String
    /// Whether the file must be there; the implicit default need not.
    public let isRequired: Bool

    /// Where helpers are looked up, and what they are given.
    let environment: Environment

    /// Refers to a file; it is read when a credential is asked for.
    public init(path: String, isRequired: Bool, environment: Environment = .process) {
        (self.path, self.isRequired, self.environment) = (path, isRequired, environment)
    }

    /// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
    public static func defaultPath(_ environment: Environment) -> String {
        let folder = environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        return FileSystem.join(folder ?? "\(environment.home)/.docker", "config.json")
    }

    private static let sizeLimit = 4 * 1024 * 1024

    func read() throws(Fault) -> JSON? {
        guard FileSystem.exists(path) else {
            guard isRequired else { return nil }
            throw Fault(.notFound, "there is no Docker configuration \(path)", fix: "check “dockerConfigFile”")
        }
        return try JSON(parsing: FileSystem.read(path, limit: Self.sizeLimit), source: path)
    }

    /// The login for a registry; with several, the one with the longest matching path.
    public func credential(for origin: Origin, repository: String) async throws -> Credential? {
        guard let json = try read() else { return nil }
        let hosts = Self.hosts(origin)
        for host in hosts {
            if let helper = json["credHelpers"]?[host]?.string {
                return try await CredentialHelper(name: helper, environment).get(host)
            }
        }
        var scoped = hosts
        var path = ""
        for segment in repository.split(separator: "/") {
            path += "/\(segment)"
            scoped.insert(contentsOf: hosts.map { $0 + path }, at: 0)
        }
        let auths = json["auths"]?.object ?? JSONObject()
        for key in scoped {
            for spelling in [key, "https://\(key)", "https://\(key)/v1/", "https://\(key)/v2/"] {
                if let entry = auths[spelling], let credential = try Self.credential(entry, path) { return credential }
            }
        }
        guard let store = json["credsStore"]?.string, !store.isEmpty else { return nil }
        for host in hosts {
            if let credential = try await CredentialHelper(name: store, environment).get(host) { return credential }
        }
        return nil
    }

    /// The names a registry may have in the file, the usual one first. A name without a port stands for HTTPS: a
    /// password that was kept for it never travels in the clear.
    static func hosts(_ origin: Origin) -> [String] {
        var hosts = [origin.hostAndPort]
        let isImplied = origin.scheme == "https" ? origin.port == 443 : origin.port == 80 && origin.isLoopback
        guard isImplied else { return hosts }
        hosts.insert(origin.host, at: 0)
        guard ["docker.io", "registry-1.docker.io", "index.docker.io"].contains(origin.host) else { return hosts }
        // Docker Hub is kept under the address it had first.
        let hub = ["https://index.docker.io/v1/", "index.docker.io", "docker.io"]
        return hub + hosts.filter { !hub.contains($0) }
    }

    private static func credential(_ entry: JSON, _ path: String) throws(Fault) -> Credential? {
        var properties: [String: String] = [:]
        properties["identityToken"] = entry["identitytoken"]?.string
        properties["accessToken"] = entry["registrytoken"]?.string
        properties["username"] = entry["username"]?.string
        properties["password"] = entry["password"]?.string
        if let auth = entry["auth"]?.string, !auth.isEmpty {
            guard let bytes = [UInt8](base64: auth), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                throw Fault(
                    .invalid, "a login in the Docker configuration is no Base64 of NAME:PASSWORD", fix: "log in again")
            }
            properties["username"] = String(decoding: bytes[..<colon], as: UTF8.self)
            let password = bytes[(colon + 1)...].reversed().drop { $0 == 0 }.reversed()
            properties["password"] = String(decoding: Array(password), as: UTF8.self)
        }
        let credential = Credential(properties)
        return credential.forRegistry == nil ? nil : credential
    }
}
