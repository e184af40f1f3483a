// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
internal import Registry
public import Web

/// Makes the repositories below a prefix those of another registry, the upstream: what is pulled is fetched there when it
/// is not here yet, and kept.
public struct ProxyRule: Sendable {
    /// Whole segments with which names of repositories begin here.
    public let prefix: String
    /// Where the other registry is.
    public let upstream: Origin
    /// What stands in the place of the prefix there, or empty.
    public let upstreamPrefix: String
    /// The repositories there that may be fetched from; empty for all below the prefix.
    public var allowed: [RepositoryPattern] = []
    /// A file with who we are there: `{"username": …, "password": …}`, `{"identityToken": …}` or
    /// `{"token": …}`. Read whenever the upstream asks,
    /// and sent to no other origin.
    public var credentialsFile: String?
    /// A PEM file with the authorities that vouch for the upstream's certificate; they replace the system's.
    public var certificateAuthority: String?
    /// For how many seconds a tag means what it meant when the upstream was asked last.
    public var freshness: Int64 = 300
    /// For how many seconds a list of tags or referrers is what it was when the upstream was asked last.
    public var listFreshness: Int64 = 60
    /// For how many seconds something is not asked for again that was not there.
    public var absence: Int64 = 30
    /// For how many seconds an upstream that failed is not asked again for the same.
    public var pause: Int64 = 10
    /// How many bytes may be kept; what was not used for longest goes first. Nil for any number.
    public var cacheBytes: Int64?

    /// A rule; throws `.invalid` for a prefix that begins no repository's name.
    public init(prefix: String, upstream: Origin, upstreamPrefix: String = "") throws(Fault) {
        for (text, what) in [(prefix, "prefix"), (upstreamPrefix, "prefix of the upstream")] {
            if text.isEmpty && what != "prefix" { continue }
            do throws(Fault) { _ = try Registry.RepositoryName(text) } catch {
                throw Fault(
                    .invalid, "“\(text.prefix(255))” as \(what) begins no repository's name",
                    fix: "write it as mirror/hub")
            }
        }
        (self.prefix, self.upstream, self.upstreamPrefix) = (prefix, upstream, upstreamPrefix)
    }

    /// Whether the rule is about a repository.
    func covers(_ repository: Registry.RepositoryName) -> Bool { repository.description.hasPrefix(prefix + "/") }

    /// What a repository is called upstream; nil when it may not be fetched.
    func upstreamName(of repository: Registry.RepositoryName) -> String? {
        guard covers(repository) else { return nil }
        let rest = repository.description.dropFirst(prefix.count + 1)
        let name = upstreamPrefix.isEmpty ? String(rest) : "\(upstreamPrefix)/\(rest)"
        guard allowed.isEmpty || allowed.contains(where: { $0.matches(name) }) else { return nil }
        return name
    }
}
