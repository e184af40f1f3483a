// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import OCI
public import Registry
internal import Web
public import WebClient

/// Serves repositories of other registries through this one, which keeps what was fetched.
///
/// Manifests by tag are asked for upstream once in a while; when the upstream fails, what is here is served. Manifests by
/// digest and blobs are fetched once, checked and kept. Whoever pulls must be allowed to before anything is fetched.
public final class PullThrough: Sendable {
    let registry: RegistryFolder
    let clock: @Sendable () -> Int64
    let report: @Sendable (Fault) -> Void
    private let upstreams: [Upstream]
    let tags = TagChecks()
    let lists: ProxiedLists
    let cache: ProxyCache
    /// Lets one question at a time for each tag or manifest.
    let questions = KeyedGate<String>()
    let fetches = Guarded<[String: BlobFetch]>([:])

    /// Rules for a registry. Throws when two of them overlap, and when credentials or certificates cannot be read.
    ///
    /// - Parameters:
    ///   - settings: how upstreams are asked; by default with little patience.
    ///   - listBytes: the most bytes of lists of tags and referrers that are kept in memory.
    ///   - clock: milliseconds since 1970.
    ///   - report: told what upstreams do wrong, which clients are not told.
    public init(
        _ rules: [ProxyRule], over registry: RegistryFolder, settings: HTTPClientSettings? = nil,
        listBytes: Int = 16 << 20,
        clock: @escaping @Sendable () -> Int64 = { RegistryFolder.wallClock() },
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) throws(Fault) {
        (self.registry, self.clock, self.report) = (registry, clock, report)
        var upstreams: [Upstream] = []
        for rule in rules {
            for other in upstreams
            where "\(rule.prefix)/".hasPrefix("\(other.rule.prefix)/")
                || "\(other.rule.prefix)/".hasPrefix("\(rule.prefix)/")
            {
                throw Fault(
                    .invalid, "the proxies for \(rule.prefix) and \(other.rule.prefix) overlap",
                    fix: "give them prefixes of which none begins with the other")
            }
            upstreams.append(try Upstream(rule, settings ?? Upstream.settings))
        }
        self.upstreams = upstreams
        cache = ProxyCache(registry, clock: clock)
        lists = ProxiedLists(limit: listBytes)
    }

    /// The prefixes, of which none begins with another.
    public var prefixes: [String] { upstreams.map(\.rule.prefix) }

    /// About how many bytes the lists take that are kept.
    public var listBytes: Int { lists.weight }

    /// Whether a repository is one of another registry; nothing is pushed to it.
    public func covers(_ repository: RepositoryName) -> Bool { upstream(of: repository) != nil }

    /// What is said to those who push.
    public func refusal(of repository: RepositoryName) -> Fault {
        let origin = upstream(of: repository)?.rule.upstream.description ?? "another registry"
        return Fault(
            .operationUnsupported, "\(repository) is read from \(origin), so nothing is pushed to it here",
            fix: "push to \(origin)")
    }

    /// Whether a tag that is in memory may be answered with at once.
    public func isFresh(_ tag: String, in repository: RepositoryName) -> Bool {
        guard let upstream = upstream(of: repository) else { return true }
        return tags.isFresh(tag, repository, upstream.rule, clock())
    }

    /// Notes that a manifest was answered with from memory.
    public func noteUse(of manifest: Digest, in repository: RepositoryName) {
        if covers(repository) { cache.noteUse(of: manifest, in: repository) }
    }

    func upstream(of repository: RepositoryName) -> Upstream? { upstreams.first { $0.rule.covers(repository) } }

    /// The rule and the name upstream, for what may be fetched.
    func place(of repository: RepositoryName) -> (upstream: Upstream, name: String)? {
        guard let upstream = upstream(of: repository), let name = upstream.rule.upstreamName(of: repository) else {
            return nil
        }
        return (upstream, name)
    }

    /// Notes what an upstream did; returns what clients are told. Their credentials are not concerned, whatever it said.
    func failure(_ error: any Error, _ upstream: Upstream) -> Fault {
        let fault = Fault(wrapping: error)
        report(fault.during("the upstream of \(upstream.rule.prefix)"))
        return Fault(
            .unavailable, "\(upstream.rule.upstream) does not deliver what was asked for", fix: "try again later")
    }
}

/// A manifest of another registry.
public struct ProxiedManifest: Sendable {
    /// The manifest.
    public let content: StoredContent
    /// For tags whose upstream could not be asked: since when in seconds it is not known whether they mean something else
    /// by now; 0 when nobody has asked since the start.
    public let staleFor: Int64?
}

/// A blob of another registry.
public enum ProxiedBlob: Sendable {
    /// It is in the registry.
    case stored
    /// It is on its way; reading it from the start or in the middle follows it.
    case coming(size: Int64, open: @Sendable (Range<Int64>) async throws -> ByteStream)
}
