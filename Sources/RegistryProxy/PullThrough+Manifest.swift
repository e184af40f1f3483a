// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI
public import Registry

extension PullThrough {
    /// A manifest of another registry, fetched when it is not here or its tag was not asked for lately; nil when there is
    /// none. Throws `.unavailable` when the upstream fails and nothing is here to be served instead.
    public func manifest(
        _ reference: ManifestReference, in repository: RepositoryName
    ) async throws -> ProxiedManifest? {
        guard let (upstream, name) = place(of: repository) else { return nil }
        let found: ProxiedManifest?
        switch reference {
        case .tag(let tag): found = try await manifest(tag: tag, repository, upstream, name)
        case .digest(let digest):
            found = try await manifest(digest, repository, upstream, name).map {
                ProxiedManifest(content: $0, staleFor: nil)
            }
        }
        if let found { cache.noteUse(of: found.content.digest, in: repository) }
        return found
    }

    private func manifest(
        tag: String, _ repository: RepositoryName, _ upstream: Upstream, _ name: String
    ) async throws -> ProxiedManifest? {
        if let known = try known(tag, repository, upstream) { return known.manifest }
        return try await questions.run("\(repository):\(tag)") { [self] in
            if let known = try known(tag, repository, upstream) { return known.manifest }
            do {
                guard let wanted = try await upstream.client.resolve(tag, in: name) else {
                    tags.note(.absent, tag, repository, upstream.rule, clock())
                    // What is gone upstream shall not come back when the upstream is down.
                    try await removeTag(tag, repository)
                    return nil
                }
                if let here = try registry.manifest(.tag(tag), in: repository), here.digest == wanted.digest {
                    tags.note(.found, tag, repository, upstream.rule, clock())
                    return ProxiedManifest(content: here, staleFor: nil)
                }
                let content = try await fetch(wanted.digest, tag: tag, repository, upstream, name)
                tags.note(.found, tag, repository, upstream.rule, clock())
                return ProxiedManifest(content: content, staleFor: nil)
            } catch {
                guard !(error is CancellationError) else { throw error }
                let fault = failure(error, upstream)
                tags.note(.failed, tag, repository, upstream.rule, clock())
                guard let known = try stale(tag, repository) else { throw fault }
                return known
            }
        }
    }

    /// What can be said without asking; nil when the upstream has to be asked.
    private func known(
        _ tag: String, _ repository: RepositoryName, _ upstream: Upstream
    ) throws -> (manifest: ProxiedManifest?, Void)? {
        switch tags.outcome(tag, repository, clock()) {
        case .absent: return (nil, ())
        case .failed:
            guard let stale = try stale(tag, repository) else {
                throw Fault(.unavailable, "\(upstream.rule.upstream) could not be asked", fix: "try again later")
            }
            return (stale, ())
        case .found:
            // It may have been let go since.
            guard let content = try registry.manifest(.tag(tag), in: repository) else { return nil }
            return (ProxiedManifest(content: content, staleFor: nil), ())
        case nil: return nil
        }
    }

    private func stale(_ tag: String, _ repository: RepositoryName) throws -> ProxiedManifest? {
        try registry.manifest(.tag(tag), in: repository).map {
            ProxiedManifest(content: $0, staleFor: tags.age(tag, repository, clock()))
        }
    }

    private func removeTag(_ tag: String, _ repository: RepositoryName) async throws {
        guard try registry.manifest(.tag(tag), in: repository) != nil else { return }
        try? await registry.deleteTag(tag, in: repository, by: "proxy")
    }

    private func manifest(
        _ digest: Digest, _ repository: RepositoryName, _ upstream: Upstream, _ name: String
    ) async throws -> StoredContent? {
        if let here = try registry.manifest(.digest(digest), in: repository) { return here }
        return try await questions.run("\(repository)@\(digest)") { [self] in
            if let here = try registry.manifest(.digest(digest), in: repository) { return here }
            let key = digest.description
            if tags.outcome(key, repository, clock()) == .absent { return nil }
            do {
                return try await fetch(digest, tag: nil, repository, upstream, name)
            } catch let fault as Fault where fault.code == .notFound {
                tags.note(.absent, key, repository, upstream.rule, clock())
                return nil
            } catch {
                guard !(error is CancellationError) else { throw error }
                throw failure(error, upstream)
            }
        }
    }

    /// Fetches a manifest, checked, and keeps it if there is room.
    private func fetch(
        _ digest: Digest, tag: String?, _ repository: RepositoryName, _ upstream: Upstream, _ name: String
    ) async throws -> StoredContent {
        let (bytes, mediaType) = try await upstream.client.manifest(digest, in: name)
        let content = StoredContent(digest: digest, mediaType: mediaType, bytes: bytes)
        do {
            _ = try await registry.putManifest(
                bytes, mediaType: mediaType, in: repository, as: .digest(digest), by: "proxy", isPartial: true)
            if let tag {
                try await registry.setTags(by: "proxy") { _ throws(Fault) in
                    [TagEntry(repository: repository, tag: tag, digest: digest, isPending: false)]
                }
            }
        } catch {
            guard error.code == .noSpace else { throw error }
            report(error.during("keeping a manifest of \(upstream.rule.upstream)"))
            return content
        }
        cache.noteUse(of: digest, in: repository)
        await trim(upstream.rule)
        return try registry.manifest(.digest(digest), in: repository) ?? content
    }

    /// Keeps the cache below its limit.
    func trim(_ rule: ProxyRule) async {
        do { try await cache.trim(rule) } catch {
            report(Fault(wrapping: error).during("letting go what \(rule.prefix) holds too much"))
        }
    }
}
