// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Registry
internal import Repositories

/// Verifies a component version as it is stored in a registry's folder by a rule. Nothing is fetched from elsewhere.
struct VersionCheck: Sendable {
    let rule: SignatureRule
    let keys: SignatureKeys
    let store: RegistryFolderStore
    private let repository: StoreRepository

    /// How many versions a version may refer to, however indirectly.
    private static let referenceLimit = 10_000

    /// - Parameters:
    ///   - store: where the version is, with what its tag is to name.
    ///   - path: what stands in front of `component-descriptors`.
    init(_ rule: SignatureRule, _ keys: SignatureKeys, _ store: RegistryFolderStore, path: String) {
        (self.rule, self.keys, self.store) = (rule, keys, store)
        let locator = RepositoryLocator(.archive(path: store.name, format: nil), description: "this registry")
        repository = StoreRepository(store, locator: locator, subPath: path)
    }

    /// What a version was found to be.
    struct Verified: Sendable {
        /// The signed digests of its resources.
        let resources: Set<Digest>
        /// The signatures that the rule asked for.
        let signatures: [SignatureWitness]
    }

    /// Whether a version names one of some digests as a resource, signed or not; also when it cannot be read, so that who
    /// verifies it finds out.
    func mayName(_ digests: Set<Digest>, _ identity: ComponentVersionIdentity) async throws -> Bool {
        do {
            return try await repository.get(identity).descriptor.resources.contains { resource in
                (try? resource.digest?.digest()).map { digests.contains($0) } ?? false
            }
        } catch {
            guard !(error is CancellationError) else { throw error }
            return true
        }
    }

    /// The signatures and the signed digests of the resources of a version.
    ///
    /// Throws when the version is not there or is another one than its tag says, a signature is missing or wrong, a
    /// resource has no digest, a content beside the descriptor is not what was signed or damaged or belongs to no element,
    /// and, with a recursive rule, when something that is referred to is missing or does not verify.
    ///
    /// - Parameter readingContents: whether contents beside the descriptor are looked at.
    func verify(_ identity: ComponentVersionIdentity, readingContents: Bool = true) async throws -> Verified {
        guard rule.components.isEmpty || rule.components.contains(where: { $0.matches(identity.name.text) }) else {
            throw Fault(.unverified, "the component \(identity.name) is not one of those that belong here")
        }
        let version = try await repository.get(identity)
        let signatures = try keys.verify(version.descriptor)
        var digests: Set<Digest> = []
        for resource in version.descriptor.resources {
            if let digest = try await verify(resource, of: version, readingContents) { digests.insert(digest) }
        }
        try requireNothingElse(in: version)
        if rule.isRecursive {
            var known: [ComponentVersionIdentity: ComponentDescriptor] = [:]
            try await followReferences(of: version.descriptor, ReferencePath(identity), &known)
        }
        return Verified(resources: digests, signatures: signatures)
    }

    /// The signed digest of a resource; nil when there is none to be had.
    private func verify(
        _ resource: Resource, of version: StoredComponentVersion, _ readingContents: Bool
    ) async throws -> Digest? {
        let thing = "resource “\(resource.name)” of \(version.identity)"
        guard let access = resource.access, AccessMethods.canonicalName(access.type) != "none" else { return nil }
        guard let expected = resource.digest else {
            throw Fault(.unverified, "\(thing) has no digest, so nothing vouches for its bytes")
        }
        if expected.isExcluded { return nil }
        let digest = try expected.digest()
        if readingContents, AccessMethods.canonicalName(access.type) == "localBlob" {
            let content = try await repository.content(of: LocalBlobAccess(access, of: thing), in: version)
            try await verify(content, expected, digest, thing)
        }
        return digest
    }

    /// What has the digest that was signed was compared with it when it was pushed: only its file is looked at.
    private func verify(
        _ content: ResourceContent, _ expected: DigestSpecification, _ digest: Digest, _ thing: String
    ) async throws {
        switch content {
        case .blob(let blob) where blob.digest == digest && blob.home != nil:
            try await store.requireSound(digest, in: blob.home?.repository ?? "")
        case .artifact(let artifact) where artifact.root.digest == digest:
            for node in try await artifact.nodes() where node.manifest == nil {
                try await store.requireSound(node.descriptor.digest, in: artifact.repository)
            }
        default: _ = try await ContentVerifier().verify(content, against: expected, thing: thing)
        }
    }

    /// What stands beside a descriptor becomes visible with it, so it must be a part of the version.
    private func requireNothingElse(in version: StoredComponentVersion) throws(Fault) {
        var named: Set<Digest> = []
        let accesses = version.descriptor.resources.map(\.access) + version.descriptor.sources.map(\.access)
        for access in accesses {
            guard let access, AccessMethods.canonicalName(access.type) == "localBlob" else { continue }
            for reference in try LocalBlobAccess(access, of: "an element of \(version.identity)").references {
                named.insert(try LocalBlobAccess.digest(reference))
            }
        }
        let stored = Set(version.contents.blobs.keys).union(version.contents.artifacts.keys)
        guard let other = stored.subtracting(named).min() else { return }
        throw Fault(.unverified, "\(other) is stored with \(version.identity), which has no element of that content")
    }

    private func followReferences(
        of descriptor: ComponentDescriptor, _ path: ReferencePath,
        _ known: inout [ComponentVersionIdentity: ComponentDescriptor]
    ) async throws {
        for reference in descriptor.references {
            let identity = try reference.target
            let next = try path.appending(identity)
            guard let pinned = reference.digest else {
                throw Fault(
                    .unverified,
                    "\(descriptor.identity) refers to \(identity) without a digest, so nothing vouches for it")
            }
            if let child = known[identity] {
                try child.check(pinned, pinnedBy: descriptor.identity)
                continue
            }
            guard known.count < Self.referenceLimit else {
                throw Fault(.limitExceeded, "\(path.versions[0]) refers to more than \(Self.referenceLimit) versions")
            }
            let child = try await repository.get(identity).descriptor
            try child.check(pinned, pinnedBy: descriptor.identity)
            try keys.verify(child)
            known[identity] = child
            try await followReferences(of: child, next, &known)
        }
    }
}
