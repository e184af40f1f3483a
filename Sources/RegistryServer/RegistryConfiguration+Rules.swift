// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import Documents
internal import RegistryMirror
internal import RegistryProxy
internal import RegistryRules
internal import Web

/// Rules about prefixes of repositories: what must be signed, what comes from elsewhere.
extension RegistryConfiguration {
    /// The most rules of one kind.
    private static let ruleLimit = 1000

    /// Reads `signatures`, `proxies` and `mirrors`.
    mutating func readRules(_ node: ConfigurationNode, _ folder: String) throws(Fault) {
        for item in try node["signatures"]?.elements(limit: Self.ruleLimit) ?? [] {
            signatures.append(try Self.signatureRule(item, folder))
        }
        for item in try node["proxies"]?.elements(limit: Self.ruleLimit) ?? [] {
            proxies.append(try Self.proxyRule(item, folder))
        }
        for item in try node["mirrors"]?.elements(limit: Self.ruleLimit) ?? [] {
            mirrors.append(try Self.mirrorRule(item, folder))
        }
    }

    private static func signatureRule(_ node: ConfigurationNode, _ folder: String) throws(Fault) -> SignatureRule {
        try node.allowOnly(["prefix", "require", "components", "unverified", "recursive"])
        var demands: [SignatureRule.Demand] = []
        for item in try node.required("require", "require: [{name: release, keys: [release.pub]}]").elements(limit: 16)
        {
            try item.allowOnly(["name", "keys", "roots", "issuer"])
            var keys: [SignatureRule.Key] = []
            for key in try item["keys"]?.elements(limit: 16) ?? [] {
                keys.append(.publicKey(path: try key.path(in: folder)))
            }
            let issuer = try item["issuer"]?.text()
            for root in try item["roots"]?.elements(limit: 16) ?? [] {
                keys.append(.roots(path: try root.path(in: folder), issuer: issuer))
            }
            demands.append(SignatureRule.Demand(name: try item["name"]?.text(), keys: keys))
        }
        // All repositories is too much to mean by leaving something out.
        let prefix = try node.required("prefix", "prefix: products").value.string ?? ""
        do throws(Fault) {
            return try SignatureRule(
                prefix: prefix, demands: demands, components: patterns(node["components"]),
                unverified: try node["unverified"]?.choice() ?? .pending,
                isRecursive: try node["recursive"]?.flag() ?? true)
        } catch { throw error.about(node.place) }
    }

    private static func proxyRule(_ node: ConfigurationNode, _ folder: String) throws(Fault) -> ProxyRule {
        try node.allowOnly(["prefix", "upstream", "allowed", "credentials", "authority", "fresh", "lists", "cache"])
        let (origin, prefix) = try place(node.required("upstream", "upstream: https://registry.example.org/library"))
        do throws(Fault) {
            var rule = try ProxyRule(
                prefix: try node.required("prefix", "prefix: mirror/hub").text(), upstream: origin,
                upstreamPrefix: prefix)
            rule.allowed = try patterns(node["allowed"])
            rule.credentialsFile = try node["credentials"]?.path(in: folder)
            rule.certificateAuthority = try node["authority"]?.path(in: folder)
            if let item = node["fresh"] { rule.freshness = try item.seconds(0...86_400) }
            if let item = node["lists"] { rule.listFreshness = try item.seconds(0...86_400) }
            if let item = node["cache"] { rule.cacheBytes = try item.bytes(1 << 20...1 << 50) }
            return rule
        } catch { throw error.about(node.place) }
    }

    private static func mirrorRule(_ node: ConfigurationNode, _ folder: String) throws(Fault) -> MirrorRule {
        try node.allowOnly([
            "name", "from", "folder", "to", "repositories", "tags", "versions", "every", "prune", "credentials",
            "authority",
        ])
        let source: MirrorRule.Source
        switch (node["from"], node["folder"]) {
        case (let from?, nil):
            let (origin, prefix) = try place(from)
            var registry = MirrorRegistry(origin: origin, prefix: prefix)
            registry.credentialsFile = try node["credentials"]?.path(in: folder)
            registry.certificateAuthority = try node["authority"]?.path(in: folder)
            source = .registry(registry)
        case (nil, let inbox?): source = .folder(try inbox.path(in: folder))
        default:
            throw node.fault("it is not said where this comes from", fix: "give from: https://… or folder: /srv/inbox")
        }
        do throws(Fault) {
            var rule = try MirrorRule(
                name: try node.required("name", "name: vendor").text(), source: source,
                target: try node["to"]?.text() ?? "")
            rule.repositories = try patterns(node["repositories"])
            for item in try node["tags"]?.elements(limit: 100) ?? [] { rule.tags.append(Glob(try item.text())) }
            if let item = node["versions"] {
                guard let constraint = VersionConstraint(try item.text()) else {
                    throw item.fault("this is no constraint of versions", fix: "write it as in \">=1.2 <2\"")
                }
                rule.versions = constraint
            }
            if let item = node["every"] { rule.interval = try item.seconds(10...31_536_000) }
            if let item = node["prune"] { rule.prunes = try item.flag() }
            return rule
        } catch { throw error.about(node.place) }
    }

    private static func patterns(_ node: ConfigurationNode?) throws(Fault) -> [RepositoryPattern] {
        var patterns: [RepositoryPattern] = []
        for item in try node?.elements(limit: 100) ?? [] {
            guard let pattern = RepositoryPattern(try item.text()) else {
                throw item.fault("this is no pattern of names", fix: "write it as images/** or app")
            }
            patterns.append(pattern)
        }
        return patterns
    }

    /// A registry and the prefix of its repositories, written as one URL.
    private static func place(_ node: ConfigurationNode) throws(Fault) -> (Origin, String) {
        do throws(Fault) {
            let url = try HTTPURL(node.text())
            return (url.origin, url.path.split(separator: "/").joined(separator: "/"))
        } catch { throw error.about(node.place) }
    }
}
