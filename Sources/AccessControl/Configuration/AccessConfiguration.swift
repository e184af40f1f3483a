// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import Tokens
public import Web

/// The access section of a configuration: how users show who they are, and what they may do. `schema` describes it.
public struct AccessConfiguration: Sendable {
    /// Users with passwords.
    public struct Passwords: Sendable {
        /// The htpasswd file.
        public var file: String
        /// For how many seconds a password that was right is not checked again.
        public var remember: Int64 = 300
        /// How many are checked at a time.
        public var checks = 2
    }

    /// Tokens that are issued here.
    public struct OwnTokens: Sendable {
        /// Where clients get them: the address of `/token` as they see it.
        public var realm: String
        /// Whom they are for, and what clients ask for.
        public var service: String
        /// Who issues them.
        public var issuer: String
        /// The folder of the signing keys.
        public var keys: String
        /// What keys are made.
        public var algorithm = SigningKeys.Kind.ed25519
        /// For how many seconds they are valid.
        public var lifetime: Int64 = 300
    }

    /// An issuer elsewhere.
    public struct Issuer: Sendable {
        /// Where its keys are.
        public enum Keys: Sendable, Hashable {
            case file(String)
            case url(HTTPURL)
        }

        /// What it is called here.
        public var name: String
        /// Where its keys are.
        public var keys: Keys
        let policy: TokenPolicy
        let claims: ClaimMapping
        let refresh: Int64
    }

    /// What users are asked to log in to.
    public var realm = "registry"
    /// Users with passwords, when there are any.
    public var passwords: Passwords?
    /// Tokens that are issued here, when they are.
    public var tokens: OwnTokens?
    /// Issuers elsewhere whose tokens count.
    public var issuers: [Issuer] = []
    /// What may be tried out how often.
    public var throttle = AttemptThrottle.Limits()
    /// The file of groups, when there is one.
    public var groupFile: String?
    /// The rules in their order.
    public var rules: [AccessRule] = []
    var groups = GroupTable()
    var certificates: CertificateMapping?

    /// Whether there is any way to show who one is.
    public var isAuthenticationConfigured: Bool {
        passwords != nil || tokens != nil || !issuers.isEmpty || certificates != nil
    }

    /// No authentication and no rules: everybody may do everything. For development.
    public init() {}

    /// The groups that the configuration itself puts a user in.
    public func groups(of user: String) -> Set<String> { groups.groups(of: user) }

    /// Reads the section.
    ///
    /// - Parameters:
    ///   - document: the configuration.
    ///   - pointer: where the section stands in it; a section that is missing is `init()`.
    ///   - folder: where relative paths start.
    /// - Throws: `.invalid` and `.limitExceeded` with file, line and column for everything that is not in the schema.
    public init(_ document: LocatedDocument, at pointer: JSONPointer = JSONPointer(), folder: String) throws(Fault) {
        let node = ConfigurationNode(document, at: pointer)
        guard node.value != .null else { return }
        try node.allowOnly([
            "realm", "passwords", "groups", "groupFile", "tokens", "issuers", "certificates", "rules", "throttle",
        ])
        if let item = node["groups"] { groups = try GroupTable(item) }
        certificates = try node["certificates"].map { item throws(Fault) in try CertificateMapping(item) }
        rules = try AccessRules.rules(node["rules"])
        groupFile = try node["groupFile"]?.path(in: folder)
        if let item = node["realm"] { realm = try item.headerText() }
        passwords = try node["passwords"].map { item throws(Fault) in try Passwords(item, folder) }
        tokens = try node["tokens"].map { item throws(Fault) in try OwnTokens(item, folder) }
        var names: Set<String> = [], addresses: Set<String> = [tokens?.issuer ?? ""]
        for item in try node["issuers"]?.elements(limit: 16) ?? [] {
            let issuer = try Issuer(item, folder)
            guard names.insert(issuer.name).inserted, addresses.insert(issuer.policy.issuer).inserted else {
                throw item.fault("the issuer has the name or address of another one", fix: "give each its own")
            }
            issuers.append(issuer)
        }
        if let item = node["throttle"] { throttle = try AttemptThrottle.Limits(item) }
    }
}

extension AccessConfiguration.Passwords {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        try node.allowOnly(["file", "remember", "checks"])
        file = try node.required("file", "file: htpasswd").path(in: folder)
        if let item = node["remember"] { remember = try item.seconds(0...3600) }
        if let item = node["checks"] { checks = Int(try item.number(1...64)) }
    }
}

extension AccessConfiguration.OwnTokens {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        try node.allowOnly(["realm", "service", "issuer", "keys", "algorithm", "lifetime"])
        let address = try node.required("realm", "realm: https://registry.example.org/token")
        do { realm = try HTTPURL(address.headerText()).description } catch { throw error.during(address.place) }
        service = try node.required("service", "service: registry.example.org").headerText()
        issuer = try node["issuer"]?.text() ?? service
        keys = try node.required("keys", "keys: /var/lib/sovereign/keys").path(in: folder)
        if let item = node["algorithm"] {
            guard let kind = SigningKeys.Kind(rawValue: try item.text()) else {
                throw item.fault("there is no such algorithm", fix: "use EdDSA, ES256 or RS256")
            }
            algorithm = kind
        }
        // Clients of the specification count on a minute at least.
        if let item = node["lifetime"] { lifetime = try item.seconds(60...3600) }
    }
}

extension AccessConfiguration.Issuer {
    init(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        try node.allowOnly([
            "name", "issuer", "audiences", "keys", "user", "groups", "prefix", "access", "clockSkew", "longestLifetime",
            "refresh",
        ])
        name = try node.required("name", "name: gitlab").identityName()
        var policy = TokenPolicy(
            issuer: try node.required("issuer", "issuer: https://gitlab.example.org").text(), audiences: [])
        for item in try node.required("audiences", "audiences: [registry.example.org]").elements(limit: 16) {
            policy.audiences.insert(try item.text())
        }
        guard !policy.audiences.isEmpty else {
            throw node.fault(
                "no audience is named, so no token would be valid", fix: "add what the issuer puts in “aud”")
        }
        if let item = node["clockSkew"] { policy.clockSkew = try item.seconds(0...300) }
        if let item = node["longestLifetime"] { policy.longestLifetime = try item.seconds(60...(7 * 86_400)) }
        self.policy = policy
        keys = try Self.keys(
            node.required("keys", "keys: {url: https://gitlab.example.org/oauth/discovery/keys}"), folder)
        refresh = try node["refresh"]?.seconds(60...86_400) ?? 600
        // Nobody elsewhere becomes a user of here by choosing a name.
        var claims = ClaimMapping(prefix: "\(name):")
        if let item = node["prefix"] { claims.prefix = try item.value.string == "" ? "" : item.identityName() }
        if let item = node["user"] { claims.user = try item.text() }
        if let item = node["groups"] { claims.groups = try item.text() }
        if let item = node["access"] {
            switch try item.text() {
            case "rules": claims.isAccessGranted = false
            case "claim": claims.isAccessGranted = true
            default: throw item.fault("there is no such way to decide", fix: "use rules or claim")
            }
        }
        self.claims = claims
    }

    private static func keys(_ node: ConfigurationNode, _ folder: String) throws(Fault) -> Keys {
        try node.allowOnly(["file", "url"])
        switch (node["file"], node["url"]) {
        case (let file?, nil): return .file(try file.path(in: folder))
        case (nil, let address?):
            let url: HTTPURL
            do { url = try HTTPURL(address.text()) } catch { throw error.during(address.place) }
            guard url.scheme == "https" || url.origin.isLoopback else {
                throw address.fault("keys over plain HTTP could be anybody's", fix: "use https://")
            }
            return .url(url)
        default: throw node.fault("the keys are neither in one file nor at one URL", fix: "give file or url")
        }
    }
}

extension AttemptThrottle.Limits {
    init(_ node: ConfigurationNode) throws(Fault) {
        self.init()
        try node.allowOnly(["userAndAddress", "address", "user", "longestWait", "memory"])
        if let item = node["userAndAddress"] { userAndAddress = Int(try item.number(1...1000)) }
        if let item = node["address"] { address = Int(try item.number(1...100_000)) }
        if let item = node["user"] { user = Int(try item.number(1...100_000)) }
        if let item = node["longestWait"] { longestWait = 1000 * (try item.seconds(1...3600)) }
        if let item = node["memory"] { memory = 1000 * (try item.seconds(60...86_400)) }
        // What is forgotten sooner than it is waited for would never be waited for.
        memory = max(memory, 2 * longestWait)
    }
}

extension ConfigurationNode {
    /// A text that goes into a header: printable ASCII.
    fileprivate func headerText() throws(Fault) -> String {
        let text = try text()
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), text.utf8.count <= 512 else {
            throw fault("the text goes into a header and holds something else than printable ASCII", fix: "shorten it")
        }
        return text
    }
}
