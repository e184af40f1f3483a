// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
public import Documents
public import Registry
public import RegistryMirror
public import RegistryProxy
public import RegistryRules
internal import Web
public import WebServer

/// Everything that a registry is started with. Its settings and their meanings are those of `RegistrySchema`.
public struct RegistryConfiguration: Sendable {
    /// Which requests a line of the log is written for.
    public enum LoggedRequests: String, Sendable, CaseIterable {
        /// None but failures of the registry.
        case none
        /// Those that change something, and those that were refused.
        case changes
        /// Every one.
        case all
    }
    /// The certificate that the server shows, by files that are read again when they change.
    public struct Certificate: Sendable, Hashable {
        /// The certificate, followed by those between it and its root (PEM).
        public var certificate: String
        /// Its private key (PEM).
        public var key: String
        /// Authorities of clients' certificates (PEM).
        public var clientAuthorities: String?
        /// Whether clients must show one.
        public var isClientCertificateRequired = false
    }

    /// The folder of the registry; nil when the configuration does not say.
    public var root: String?
    /// Where to listen.
    public var listen = ListenAddress(address: "127.0.0.1", port: 5001)
    /// The certificate; nil for plain HTTP.
    public var tls: Certificate?
    /// Who may do what.
    public var access = AccessConfiguration()
    /// What the registry accepts and keeps.
    public var limits = RegistryLimits()
    /// What the server accepts. Address, port, certificate and observer are set by the host.
    public var server = ServerSettings()
    /// What must be signed before tags are shown.
    public var signatures: [SignatureRule] = []
    /// Repositories that are those of other registries.
    public var proxies: [ProxyRule] = []
    /// What is brought here from elsewhere, again and again.
    public var mirrors: [MirrorRule] = []
    /// When it looks after itself.
    public var upkeep = UpkeepPlan()
    /// Which requests are logged.
    public var loggedRequests = LoggedRequests.changes
    /// For how long the registry says that it is not ready before it refuses connections, in seconds.
    public var drainSeconds: Int64 = 0

    /// The defaults.
    public init() { server.connections = 12_000 }

    /// Reads a document. Every mistake is named with its place; what is not known is refused, so that a misspelled limit
    /// is no missing one.
    ///
    /// - Parameter folder: where relative paths begin.
    public init(_ document: LocatedDocument, folder: String) throws(Fault) {
        self.init()
        let node = ConfigurationNode(document)
        guard node.value != .null else { return }
        try node.allowOnly(RegistrySchema.members)
        root = try node["root"]?.path(in: folder)
        if let item = node["listen"] {
            do throws(Fault) { listen = try ListenAddress(item.text()) } catch { throw error.during(item.place) }
        }
        tls = try node["tls"].map { item throws(Fault) in try Certificate(item, folder) }
        access = try AccessConfiguration(document, at: JSONPointer(["access"]), folder: folder)
        if let item = node["limits"] { try readLimits(item) }
        if let item = node["connections"] { try readConnections(item) }
        if let item = node["upkeep"] { try readUpkeep(item) }
        try readRules(node, folder)
        if let item = node["log"] {
            try item.allowOnly(["requests"])
            loggedRequests = try item["requests"]?.choice() ?? .changes
        }
        if let item = node["drain"] { drainSeconds = try item.seconds(0...600) }
    }

    /// Reads a file; relative paths in it begin in its folder.
    public static func read(_ path: String) throws(Fault) -> RegistryConfiguration {
        let document = try YAML.document(FileSystem.read(path, limit: 1 << 20), source: path)
        return try RegistryConfiguration(document, folder: FileSystem.folder(of: path))
    }

    private mutating func readLimits(_ node: ConfigurationNode) throws(Fault) {
        try node.allowOnly([
            "blob", "manifest", "uploads", "uploadsPerRepository", "uploadsPerPusher", "freeSpace", "memory",
            "verifyEvery",
            "quotas",
        ])
        if let item = node["blob"] { limits.blobBytes = try item.bytes(1 << 20...1 << 50) }
        if let item = node["manifest"] { limits.manifestBytes = Int(try item.bytes(4 << 20...64 << 20)) }
        if let item = node["uploads"] { limits.uploads = Int(try item.number(1...1_000_000)) }
        if let item = node["uploadsPerRepository"] { limits.uploadsPerRepository = Int(try item.number(1...1_000_000)) }
        if let item = node["uploadsPerPusher"] { limits.uploadsPerPusher = Int(try item.number(1...1_000_000)) }
        if let item = node["freeSpace"] { limits.freeSpaceFloor = try item.bytes(0...1 << 50) }
        if let item = node["memory"] { limits.cacheBytes = Int(try item.bytes(0...16 << 30)) }
        if let item = node["verifyEvery"] {
            limits.verificationHours = Int(try item.seconds(3600...8760 * 3600) / 3600)
        }
        var quotas: [(pattern: RepositoryPattern, bytes: Int64)] = []
        for item in try node["quotas"]?.elements(limit: 1000) ?? [] {
            try item.allowOnly(["repositories", "bytes"])
            let place = try item.required("repositories", "repositories: team-a/**")
            guard let pattern = RepositoryPattern(try place.text()) else {
                throw place.fault("this is no pattern of repositories", fix: "write it as team-a/** or team-a/*")
            }
            quotas.append((pattern, try item.required("bytes", "bytes: 10GiB").bytes(1...1 << 50)))
        }
        // The first pattern that fits decides, as in the order they are written.
        let all = quotas
        limits.quota = { name in all.first { $0.pattern.matches(name.description) }?.bytes }
    }

    private mutating func readUpkeep(_ node: ConfigurationNode) throws(Fault) {
        try node.allowOnly(["garbage", "scrub", "pending"])
        /// Seconds; 0 is never.
        func interval(_ node: ConfigurationNode) throws(Fault) -> Duration? {
            let seconds = try node.seconds(0...8760 * 3600)
            return seconds == 0 ? nil : .seconds(seconds)
        }
        if let garbage = node["garbage"] {
            try garbage.allowOnly(["every", "grace", "untagged", "uploads"])
            if let item = garbage["every"] { upkeep.garbageInterval = try interval(item) }
            if let item = garbage["grace"] { limits.grace = try item.seconds(0...8760 * 3600) * 1000 }
            if let item = garbage["untagged"] { upkeep.garbage.includesUntagged = try item.flag() }
            if let item = garbage["uploads"] { limits.uploadIdle = try item.seconds(60...8760 * 3600) * 1000 }
        }
        if let item = node["pending"] { limits.pendingAge = try item.seconds(0...8760 * 3600) * 1000 }
        if let scrub = node["scrub"] {
            try scrub.allowOnly(["every", "rate"])
            if let item = scrub["every"] { upkeep.scrubInterval = try interval(item) }
            if let item = scrub["rate"] { upkeep.scrub.bytesPerSecond = try item.bytes(1 << 10...1 << 40) }
        }
    }

    private mutating func readConnections(_ node: ConfigurationNode) throws(Fault) {
        try node.allowOnly(["most", "perAddress", "head", "idle", "leastBytesPerSecond", "threads"])
        if let item = node["most"] { server.connections = Int(try item.number(1...1_000_000)) }
        if let item = node["perAddress"] { server.connectionsPerAddress = Int(try item.number(0...1_000_000)) }
        if let item = node["head"] { server.headSeconds = Int(try item.seconds(1...600)) }
        if let item = node["idle"] { server.idleSeconds = Int(try item.seconds(1...3600)) }
        if let item = node["leastBytesPerSecond"] { server.leastBytesPerSecond = Int(try item.number(0...1 << 30)) }
        if let item = node["threads"] { server.threads = Int(try item.number(1...256)) }
    }
}

extension RegistryConfiguration.Certificate {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        try node.allowOnly(["certificate", "key", "clients"])
        certificate = try node.required("certificate", "certificate: server.pem").path(in: folder)
        key = try node.required("key", "key: server-key.pem").path(in: folder)
        guard let clients = node["clients"] else { return }
        try clients.allowOnly(["authorities", "required"])
        clientAuthorities = try clients.required("authorities", "authorities: ca.pem").path(in: folder)
        if let item = clients["required"] { isClientCertificateRequired = try item.flag() }
    }

    /// Reads the files.
    func load() throws(Fault) -> ServerTLS {
        func text(_ path: String) throws(Fault) -> String {
            String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
        }
        var clients = ServerTLS.Clients.anonymous
        if let clientAuthorities {
            let authorities = try text(clientAuthorities)
            clients =
                isClientCertificateRequired ? .mustShow(authorities: authorities) : .mayShow(authorities: authorities)
        }
        return ServerTLS(certificate: try text(certificate), key: try text(key), clients: clients)
    }

    /// The files.
    var paths: [String] { [certificate, key] + (clientAuthorities.map { [$0] } ?? []) }
}
