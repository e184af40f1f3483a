// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension Kubeconfig {
    /// The most bytes of a file.
    static let limit = 16 << 20
    /// The most clusters, users and contexts each.
    static let entries = 10_000

    /// Reads YAML or JSON; relative paths in it are taken from `folder`.
    ///
    /// Throws `.invalid`, naming the place, for members of the wrong type and entries without a name.
    public init(_ bytes: [UInt8], source: String, folder: String) throws(Fault) {
        let document = try YAML.document(bytes, source: source)
        guard document.root != .null else { return }
        let root = ConfigurationNode(document)
        guard document.root.object != nil else {
            throw Fault(.invalid, "\(source) is no kubeconfig", fix: "it must be an object with clusters and contexts")
        }
        if let kind = try root.plain("kind"), kind != "Config" {
            throw Fault(.invalid, "\(source) is a \(kind.prefix(60)), not a kubeconfig", fix: "name another file")
        }
        for (name, node) in try root.named("clusters", "cluster") { clusters[name] = try Cluster(node, folder) }
        for (name, node) in try root.named("users", "user") { users[name] = try User(node, folder) }
        for (name, node) in try root.named("contexts", "context") { contexts[name] = try Context(node) }
        currentContext = try root.plain("current-context")
        other = root.others(["apiVersion", "kind", "clusters", "users", "contexts", "current-context"])
    }

    /// Reads a file.
    public init(path: String) throws(Fault) {
        let bytes = try FileSystem.read(path, limit: Self.limit)
        let absolute = FileSystem.join(FileSystem.workingFolder, path)
        try self.init(bytes, source: path, folder: FileSystem.folder(of: absolute))
    }
}

extension Kubeconfig.Cluster {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        self.init(server: try node.plain("server") ?? "")
        tlsServerName = try node.plain("tls-server-name")
        certificateAuthority = try node.pem("certificate-authority", folder)
        insecureSkipTLSVerify = try node["insecure-skip-tls-verify"]?.flag() ?? false
        proxyURL = try node.plain("proxy-url").map { SecretText($0) }
        other = node.others([
            "server", "tls-server-name", "certificate-authority", "certificate-authority-data",
            "insecure-skip-tls-verify", "proxy-url",
        ])
    }
}

extension Kubeconfig.User {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        clientCertificate = try node.pem("client-certificate", folder)
        clientKey = try node.pem("client-key", folder)
        token = try node.plain("token").map { SecretText($0) }
        tokenFile = try node.plain("tokenFile").map { FileSystem.join(folder, $0) }
        username = try node.plain("username")
        password = try node.plain("password").map { SecretText($0) }
        exec = try node["exec"].map { node throws(Fault) in try ExecPlugin(node, folder) }
        impersonation = Impersonation(user: try node.plain("as"), groups: try node.texts("as-groups"))
        impersonation.uid = try node.plain("as-uid")
        for (name, values) in try node["as-user-extra"]?.members(limit: 1000) ?? [] {
            impersonation.extra[name] = try values.elements(limit: 1000).map { node throws(Fault) in try node.text() }
        }
        authProvider = try node["auth-provider"].map { node throws(Fault) in try node.plain("name") ?? "?" }
        other = node.others([
            "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile",
            "username", "password", "exec", "as", "as-groups", "as-uid", "as-user-extra",
        ])
    }
}

extension Kubeconfig.Context {
    init(_ node: ConfigurationNode) throws(Fault) {
        self.init(
            cluster: try node.plain("cluster") ?? "", user: try node.plain("user"),
            namespace: try node.plain("namespace"))
        other = node.others(["cluster", "user", "namespace"])
    }
}

extension ExecPlugin {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        var command = try node.required("command", "aws").text()
        // Without a slash it is looked up, as a shell does it.
        if command.contains("/") { command = FileSystem.join(folder, command) }
        self.init(
            apiVersion: try node.required("apiVersion", "client.authentication.k8s.io/v1").text(), command: command,
            arguments: try node.texts("args"))
        for variable in try node["env"]?.elements(limit: 1000) ?? [] {
            environment[try variable.required("name", "REGION").text()] = SecretText(try variable.plain("value") ?? "")
        }
        installHint = try node.plain("installHint")
        provideClusterInfo = try node["provideClusterInfo"]?.flag() ?? false
        interactiveMode = try node["interactiveMode"].map { node throws(Fault) in try node.choice() }
    }
}

extension ConfigurationNode {
    /// A text, nil when it is missing or empty: kubectl writes empty texts where there is nothing. The text itself is in
    /// no error, since it may be a secret.
    fileprivate func plain(_ key: String) throws(Fault) -> String? {
        guard let node = self[key] else { return nil }
        guard let text = node.value.string else {
            throw node.fault("“\(key)” is a \(node.value.kindName) where a text is expected", fix: "write it in quotes")
        }
        return text.isEmpty ? nil : text
    }

    /// A list of texts.
    fileprivate func texts(_ key: String) throws(Fault) -> [String] {
        try (self[key]?.elements(limit: 10_000) ?? []).map { node throws(Fault) in
            guard let text = node.value.string else {
                throw node.fault("“\(key)” holds a \(node.value.kindName)", fix: "write texts, in quotes if need be")
            }
            return text
        }
    }

    /// Entries that have a name each; the first of a name counts.
    fileprivate func named(_ key: String, _ member: String) throws(Fault) -> [(String, ConfigurationNode)] {
        var names: Set<String> = []
        var found: [(String, ConfigurationNode)] = []
        for entry in try self[key]?.elements(limit: Kubeconfig.entries) ?? [] {
            guard let name = try entry.plain("name") else { throw entry.fault("an entry has no name", fix: "add one") }
            guard names.insert(name).inserted else { continue }
            guard let node = entry[member] else {
                // kubectl writes `user: {}` and tools write nothing at all; a cluster without a server is no cluster.
                found.append((name, ConfigurationNode(LocatedDocument(.object(JSONObject()), source: document.source))))
                continue
            }
            guard node.value.object != nil else {
                throw node.fault("“\(member)” is no object", fix: "indent its members")
            }
            found.append((name, node))
        }
        return found
    }

    /// A file, or what stands in the member with `-data`, which counts more.
    fileprivate func pem(_ key: String, _ folder: String) throws(Fault) -> PEMSource? {
        if let data = try plain("\(key)-data") {
            guard let bytes = [UInt8](base64: data) else {
                throw fault("“\(key)-data” is no Base64", fix: "encode the PEM file with base64")
            }
            return .text(SecretText(String(decoding: bytes, as: UTF8.self)))
        }
        return try plain(key).map { .file(FileSystem.join(folder, $0)) }
    }

    fileprivate func others(_ known: [String]) -> JSONObject {
        JSONObject((value.object ?? JSONObject()).filter { !known.contains($0.key) }.map { ($0.key, $0.value) })
    }
}
