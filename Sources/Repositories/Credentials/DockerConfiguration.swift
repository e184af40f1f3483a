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
    /// The content, when it is given and not in a file.
    private let inline: JSON?
    /// How strictly the names of registries are compared.
    let matching: CredentialMatching

    /// Where helpers are looked up, and what they are given.
    let environment: Environment

    /// Refers to a file; it is read when a credential is asked for.
    public init(path: String, isRequired: Bool, environment: Environment = .process) {
        (self.path, self.isRequired, self.environment) = (path, isRequired, environment)
        (inline, matching) = (nil, .strict)
    }

    /// A configuration that was given as a text, as in a Secret of the type `kubernetes.io/dockerconfigjson`. Helpers that
    /// it names are not run: whoever wrote it need not be allowed to run programs here.
    ///
    /// Throws `.invalid` when it is no JSON object.
    public init(content: [UInt8], source: String, matching: CredentialMatching = .strict) throws(Fault) {
        guard content.count <= Self.sizeLimit else {
            throw Fault(.limitExceeded, "\(source) is larger than \(ByteCount(Int64(Self.sizeLimit)))")
        }
        let json = try JSON(parsing: content, source: source)
        guard json.object != nil else {
            throw Fault(.invalid, "\(source) is a \(json.kindName), not an object", fix: "write it as {\"auths\": {…}}")
        }
        (path, isRequired, environment) = (source, true, Environment([:]))
        (inline, self.matching) = (json, matching)
    }

    /// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
    public static func defaultPath(_ environment: Environment) -> String {
        let folder = environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        return FileSystem.join(folder ?? "\(environment.home)/.docker", "config.json")
    }

    private static let sizeLimit = 4 * 1024 * 1024

    func read() throws(Fault) -> JSON? {
        if let inline { return inline }
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
        for host in hosts where inline == nil {
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
        if matching == .forgiving {
            let spelled = DockerEntryMatch.best(of: auths, for: origin, path: repository)
            if let spelled, let credential = try Self.credential(spelled, path) { return credential }
        }
        guard inline == nil, let store = json["credsStore"]?.string, !store.isEmpty else { return nil }
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
