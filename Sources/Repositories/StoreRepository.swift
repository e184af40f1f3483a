// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
public import OCI

/// Component versions in an OCI-like store: a registry, a transport archive, memory.
///
/// A component's versions are the tags of `[<subPath>/]component-descriptors/<name>`. A version is a manifest with
/// the descriptor and the local blobs as layers; with OCI artifacts beside it, it is an index whose first entry is
/// that manifest (OCM specification, “OCI registries as storage backend”).
public struct StoreRepository: ComponentVersionRepository {
    /// How to name it in messages and in output.
    public let locator: RepositoryLocator
    /// The store underneath.
    public let store: any ArtifactStore
    /// The path in front of `component-descriptors`, or empty.
    public let subPath: String

    static let prefix = "component-descriptors/"

    /// Looks at a store as a repository of component versions.
    public init(_ store: any ArtifactStore, locator: RepositoryLocator, subPath: String = "") {
        (self.store, self.locator, self.subPath) = (store, locator, subPath)
    }

    /// The same repository, whose uploads of large blobs another process can go on with; stores that are no registries
    /// keep what is unfinished by themselves.
    ///
    /// - Parameter sender: what the bytes of such a blob are sent with.
    public func journaling(with journal: any UploadJournal, sender: (any UploadSender)? = nil) -> StoreRepository {
        guard let client = store as? RegistryClient else { return self }
        return StoreRepository(client.journaling(with: journal, sender: sender), locator: locator, subPath: subPath)
    }

    /// The OCI repository that holds a component.
    public func repository(of component: ComponentName) -> String {
        (subPath.isEmpty ? "" : "\(subPath)/") + Self.prefix + component.text
    }

    public func components() async throws -> [ComponentName] {
        let prefix = (subPath.isEmpty ? "" : "\(subPath)/") + Self.prefix
        let names = try await store.repositories(prefix: prefix)
        return names.compactMap { try? ComponentName(String($0.dropFirst(prefix.count))) }
            .sorted { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
    }

    public func versions(of component: ComponentName) async throws -> [ComponentVersion] {
        // Tags that encode no version are other things: referrers' fallback tags, marks of people.
        try await store.tags(in: repository(of: component)).compactMap { try? ComponentVersion(tag: $0) }.sorted(by: >)
    }

    public func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion? {
        let repository = repository(of: identity.name)
        guard let root = try await store.resolve(identity.version.tag, in: repository) else { return nil }
        let version = try await ComponentManifestReader(store: store, repository: repository).read(root)
        guard version.identity == identity else {
            throw Fault(
                .mismatch, "\(locator) has \(version.identity) where \(identity) should be",
                fix: "the tag was moved or the archive was altered; fetch it again from its origin")
        }
        return version
    }

    public func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent
    {
        let repository = repository(of: version.identity.name)
        if let digest = access.digest, let artifact = version.contents.artifacts[digest] {
            return .artifact(ArtifactContent(store: store, repository: repository, root: artifact))
        }
        var parts: [OCIDescriptor] = []
        for reference in access.references {
            let digest = try LocalBlobAccess.digest(reference)
            guard let layer = version.contents.blobs[digest] else {
                throw Fault(
                    .mismatch, "\(version.identity) names the local blob \(digest), which is not stored with it",
                    fix: "the version is incomplete; fetch it again from its origin")
            }
            parts.append(layer)
        }
        return .blob(blob(parts, access, repository))
    }

    private func blob(_ parts: [OCIDescriptor], _ access: LocalBlobAccess, _ repository: String) -> BlobContent {
        let size = parts.reduce(0) { $0 + $1.size }
        guard parts.count == 1, let part = parts.first else {
            return BlobContent(mediaType: access.mediaType, size: size) { [store] in
                ByteStream.concatenating(
                    parts.map { part in
                        { try await store.openBlob(part.digest, size: part.size, in: repository) }
                    })
            }
        }
        return BlobContent(
            mediaType: access.mediaType, digest: part.digest, size: size,
            home: BlobHome(store: store.name, repository: repository),
            openFrom: { [store] offset in
                try await store.openBlob(part.digest, size: part.size, from: offset, in: repository)
            }
        ) { [store] in try await store.openBlob(part.digest, size: part.size, in: repository) }
    }

    public func finish() async throws { try await store.finish() }
}
