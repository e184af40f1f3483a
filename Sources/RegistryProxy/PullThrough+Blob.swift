// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
internal import OCI
public import Registry

extension PullThrough {
    /// A blob of another registry: here, or on its way; nil when there is none. Throws `.unavailable` when the upstream
    /// fails.
    ///
    /// However many ask for one at a time, it is fetched once. It goes on coming when the one who asked has left and more
    /// than half is there. Without room for it here, it is passed through and not kept.
    public func blob(_ digest: Digest, in repository: RepositoryName) async throws -> ProxiedBlob? {
        guard let (upstream, name) = place(of: repository) else { return nil }
        let key = "\(repository)@\(digest)"
        if let fetch = fetches.withLock({ $0[key] }), await fetch.join() { return try await Self.coming(fetch) }
        if try registry.blobSize(digest, in: repository) != nil { return .stored }
        return try await questions.run("blob \(key)") { [self] in
            if let fetch = fetches.withLock({ $0[key] }), await fetch.join() { return try await Self.coming(fetch) }
            if try registry.blobSize(digest, in: repository) != nil { return .stored }
            return try await begin(digest, key, repository, upstream, name)
        }
    }

    /// How many bytes a blob of another registry has, without fetching it; nil when there is none.
    public func blobSize(_ digest: Digest, in repository: RepositoryName) async throws -> Int64? {
        guard let (upstream, name) = place(of: repository) else { return nil }
        if let size = try registry.blobSize(digest, in: repository) { return size }
        return try await upstreamSize(digest, repository, upstream, name)
    }

    private func upstreamSize(
        _ digest: Digest, _ repository: RepositoryName, _ upstream: Upstream, _ name: String
    ) async throws -> Int64? {
        let key = "blob \(digest)"
        if tags.outcome(key, repository, clock()) == .absent { return nil }
        do {
            if let size = try await upstream.client.blobSize(digest, in: name) { return size }
            tags.note(.absent, key, repository, upstream.rule, clock())
            return nil
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw failure(error, upstream)
        }
    }

    /// Blobs up to this size are answered when they are whole, so that what is wrong with them is answered properly.
    private static let small: Int64 = 64 * 1024

    /// A fetch that its caller has joined.
    private static func coming(_ fetch: BlobFetch) async throws -> ProxiedBlob {
        if fetch.size <= Self.small {
            let place = fetch.stream(0..<fetch.size)
            try await fetch.finish()
            withExtendedLifetime(place) {}
            return .stored
        }
        // Made now, so that whoever has joined leaves also when nothing is read.
        let whole = fetch.stream(0..<fetch.size)
        return .coming(size: fetch.size) { range in
            if range == 0..<fetch.size { return whole }
            guard await fetch.join() else { throw Fault(.unavailable, "the blob was given up", fix: "try again") }
            return fetch.stream(range)
        }
    }

    private func begin(
        _ digest: Digest, _ key: String, _ repository: RepositoryName, _ upstream: Upstream, _ name: String
    ) async throws -> ProxiedBlob? {
        guard let size = try await upstreamSize(digest, repository, upstream, name) else { return nil }
        guard let session = try beginUpload(digest, size, repository, upstream) else {
            return passed(digest, size, upstream, name)
        }
        let fetch = try BlobFetch(session, size: size)
        _ = await fetch.join()
        fetches.withLock { $0[key] = fetch }
        await fetch.start { [self] fetch in
            defer { fetches.withLock { if $0[key] === fetch { $0[key] = nil } } }
            do {
                try await move(digest, size, name, upstream.client, session, fetch)
            } catch {
                try? await registry.give(up: session)
                throw error is CancellationError ? error : failure(error, upstream)
            }
            Task { await self.trim(upstream.rule) }
        }
        return try await Self.coming(fetch)
    }

    /// Where a blob is to be kept; nil when there is no room, or too much is on its way.
    private func beginUpload(
        _ digest: Digest, _ size: Int64, _ repository: RepositoryName, _ upstream: Upstream
    ) throws(Fault) -> UploadSession? {
        do throws(Fault) {
            return try registry.beginUpload(
                in: repository, by: "proxy", share: .registry, size: size, algorithm: digest.algorithm)
        } catch {
            guard error.code == .noSpace || error.code == .tooManyRequests else { throw error }
            report(error.during("keeping a blob of \(upstream.rule.upstream)"))
            return nil
        }
    }

    /// A blob that is not kept.
    private func passed(_ digest: Digest, _ size: Int64, _ upstream: Upstream, _ name: String) -> ProxiedBlob {
        .coming(size: size) { [self] range in
            do {
                // From its start, since only the whole can be checked.
                let bytes = try await upstream.client.openBlob(digest, size: size, in: name)
                return bytes.dropping(first: range.lowerBound)
                    .prefix(Int64(range.count), of: size - range.lowerBound)
            } catch {
                throw failure(error, upstream)
            }
        }
    }

    private func move(
        _ digest: Digest, _ size: Int64, _ name: String, _ client: RegistryClient, _ session: UploadSession,
        _ fetch: BlobFetch
    ) async throws {
        // Unchecked: what is kept is checked when it is whole, and readers wait for that with its last byte.
        let bytes = try await client.openBlob(digest, size: size, from: 0, in: name)
        let moved = Guarded<Int64>(0)
        // Whoever asks for more has written what came before.
        let counted = ByteStream {
            await fetch.note(moved.withLock { $0 })
            try Task.checkCancellation()
            guard let chunk = try await bytes.next() else { return nil }
            let total = moved.withLock { moved in
                moved += Int64(chunk.count)
                return moved
            }
            guard total <= size else {
                throw Fault(.mismatch, "the blob \(digest) has more bytes than its size")
            }
            return chunk
        }
        _ = try await registry.append(counted, to: session, length: size)
        try await registry.commit(session, as: digest, by: "proxy")
    }
}

extension ByteStream {
    /// The first bytes of a stream; all of them when there are no more, read to the end so that they are checked.
    fileprivate func prefix(_ count: Int64, of total: Int64) -> ByteStream {
        guard count < total else { return self }
        let left = Guarded(count)
        return ByteStream {
            let rest = left.withLock { $0 }
            guard rest > 0, let chunk = try await next() else { return nil }
            let part = chunk.prefix(Int(Swift.min(rest, Int64(chunk.count))))
            left.withLock { $0 -= Int64(part.count) }
            return part
        }
    }
}
