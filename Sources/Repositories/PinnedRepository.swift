// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography

/// A repository of which one version must be stored as a certain manifest or index, each time that it is read.
///
/// Checking it once and reading it again would leave a moment to move the tag.
public struct PinnedRepository: ComponentVersionRepository {
    let base: any ComponentVersionRepository
    private let identity: ComponentVersionIdentity
    private let digest: Digest

    /// Pins `identity` in a repository to the digest of its manifest or index.
    public init(_ base: any ComponentVersionRepository, _ identity: ComponentVersionIdentity, storedAs digest: Digest) {
        (self.base, self.identity, self.digest) = (base, identity, digest)
    }

    public var locator: RepositoryLocator { base.locator }

    public func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion? {
        guard let version = try await base.find(identity) else { return nil }
        guard identity != self.identity || version.storedDigest == digest else {
            throw Fault(
                .mismatch,
                "\(identity) is stored as \(version.storedDigest?.description ?? "no manifest") in \(locator), "
                    + "not as \(digest)",
                fix: "the tag was moved; ask who publishes it")
        }
        return version
    }

    public func components() async throws -> [ComponentName] { try await base.components() }
    public func versions(of component: ComponentName) async throws -> [ComponentVersion] {
        try await base.versions(of: component)
    }
    public func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent
    {
        try await base.content(of: access, in: version)
    }
    public func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent {
        try await base.place(content, for: identity, observer: observer)
    }
    public func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest {
        try await base.commit(descriptor, contents: contents)
    }
    public func finish() async throws { try await base.finish() }
}
