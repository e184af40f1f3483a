// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
public import Documents
internal import OCI
public import Registry

extension PullThrough {
    /// How lists are called where it is noted when they were asked for: no tag has a blank in its name.
    private static let tagsKey = "list of tags"
    /// The most entries of a list that is made of what is here.
    private static let limit = 100_000

    /// The tags of a repository of another registry, sorted; when it cannot be asked, those that it had last, or else those
    /// that are here. Nil when there is no such repository.
    public func tagList(in repository: RepositoryName) async throws -> ProxiedList<String>? {
        guard let (upstream, name) = place(of: repository) else { return nil }
        let list = try await list(Self.tagsKey, repository, upstream) {
            .tags(try await upstream.client.tags(in: name))
        } here: { [registry] in
            try registry.tags(in: repository, after: nil, limit: Self.limit).map { .tags($0) }
        }
        guard case .tags(let tags)? = list?.content else { return nil }
        return ProxiedList(elements: tags, staleFor: list?.staleFor)
    }

    /// The descriptors of the manifests that name a digest as their subject upstream; when it cannot be asked, those that
    /// it had last, or else those that are here.
    ///
    /// - Parameter artifactType: only those of this type. All are asked for, so that one answer serves every type.
    public func referrers(
        of digest: Digest, in repository: RepositoryName, artifactType: String?
    ) async throws -> ProxiedList<JSON> {
        guard let (upstream, name) = place(of: repository) else { return ProxiedList(elements: [], staleFor: nil) }
        let list = try await list("referrers of \(digest)", repository, upstream) {
            .referrers(
                try await upstream.client.referrers(of: digest, in: name, artifactType: nil).map(\.json))
        } here: { [registry] in
            .referrers(try registry.referrers(of: digest, in: repository, limit: Self.limit).map(\.json))
        }
        guard case .referrers(let all)? = list?.content else { return ProxiedList(elements: [], staleFor: nil) }
        let wanted = all.filter { artifactType == nil || $0["artifactType"]?.string == artifactType }
        return ProxiedList(elements: wanted, staleFor: list?.staleFor)
    }

    private typealias Found = (content: ProxiedLists.Content, staleFor: Int64?)

    /// A list: as it was asked for lately, as the upstream has it, or as it was or is here; nil when there is none.
    private func list(
        _ key: String, _ repository: RepositoryName, _ upstream: Upstream,
        _ ask: @escaping @Sendable () async throws -> ProxiedLists.Content,
        here: @escaping @Sendable () throws -> ProxiedLists.Content?
    ) async throws -> Found? {
        let place = "\(repository) \(key)"
        if let known = try known(key, place, repository, upstream, here) { return known }
        return try await questions.run(place) { [self] in
            if let known = try known(key, place, repository, upstream, here) { return known }
            do {
                let content = try await ask()
                lists.set(place, to: content)
                let freshness = upstream.rule.listFreshness
                tags.note(.found, key, repository, upstream.rule, clock(), freshness: freshness)
                return (content, nil)
            } catch {
                guard !(error is CancellationError) else { throw error }
                let fault = failure(error, upstream)
                tags.note(.failed, key, repository, upstream.rule, clock())
                guard let stale = try stale(key, place, repository, here) else { throw fault }
                return stale
            }
        }
    }

    /// What can be said without asking; nil when the upstream has to be asked.
    private func known(
        _ key: String, _ place: String, _ repository: RepositoryName, _ upstream: Upstream,
        _ here: () throws -> ProxiedLists.Content?
    ) throws -> Found? {
        switch tags.outcome(key, repository, clock()) {
        case .failed:
            guard let stale = try stale(key, place, repository, here) else {
                throw Fault(.unavailable, "\(upstream.rule.upstream) could not be asked", fix: "try again later")
            }
            return stale
        // There may have been no room for it.
        case .found: return lists.find(place).map { ($0, nil) }
        case .absent, nil: return nil
        }
    }

    private func stale(
        _ key: String, _ place: String, _ repository: RepositoryName, _ here: () throws -> ProxiedLists.Content?
    ) throws -> Found? {
        guard let content = try lists.find(place) ?? here() else { return nil }
        return (content, tags.age(key, repository, clock()))
    }
}
