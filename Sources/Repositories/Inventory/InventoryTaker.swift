// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
internal import OCI

/// Looks through a repository and writes down what it holds. Reads manifests and descriptors; no blob.
public struct InventoryTaker: Sendable {
    private let repository: any ComponentVersionRepository
    private let concurrency: Int
    private let observer: ProgressObserver

    /// - Parameter concurrency: how many versions are read at once.
    public init(
        _ repository: any ComponentVersionRepository, concurrency: Int = 4,
        observer: @escaping ProgressObserver = { _ in }
    ) {
        (self.repository, self.concurrency, self.observer) = (repository, concurrency, observer)
    }

    /// The inventory of some components, or of all.
    ///
    /// A registry is believed that it has the blobs its manifests name; of an archive, those are listed that are there.
    /// Throws `.notFound` when a component has no version here, `.unsupported` when the repository cannot list all.
    public func take(_ names: [ComponentName] = []) async throws -> Inventory {
        let all = names.isEmpty ? try await repository.components() : names
        let sorted = Set(all).sorted { $0.text < $1.text }
        var components: [Inventory.Component] = []
        observer(.planned(items: sorted.count, bytes: 0, text: "\(sorted.count) components"))
        for name in sorted {
            observer(.started(id: name.text, name: name.text, bytes: nil))
            components.append(try await component(name))
            observer(.finished(id: name.text))
        }
        return Inventory(repository: "\(repository.locator)", components: components)
    }

    private func component(_ name: ComponentName) async throws -> Inventory.Component {
        let versions = try await repository.versions(of: name)
        guard !versions.isEmpty else {
            throw Fault(
                .notFound, "\(repository.locator) holds no version of \(name)", fix: "check the component's name")
        }
        let repository = repository
        let found = try await versions.mapConcurrently(limit: concurrency) { version in
            try await Self.look(ComponentVersionIdentity(name: name, version: version), repository)
        }
        var component = Inventory.Component(name: name, versions: [], blobs: [:], artifacts: [:])
        for item in found {
            component.versions.append(item.version)
            component.blobs.merge(item.blobs) { size, _ in size }
            component.artifacts.merge(item.artifacts) { size, _ in size }
        }
        return component
    }

    private struct Found: Sendable {
        let version: Inventory.Version
        var blobs: [Digest: Int64] = [:]
        var artifacts: [Digest: Int64] = [:]
    }

    private static func look(
        _ identity: ComponentVersionIdentity, _ repository: any ComponentVersionRepository
    ) async throws -> Found {
        let stored = try await repository.get(identity)
        let descriptor = Digest(of: try stored.descriptor.normalised(.v4alpha1))
        var found = Found(
            version: Inventory.Version(
                version: identity.version, descriptor: descriptor, manifest: stored.storedDigest))
        for (digest, blob) in stored.contents.blobs { found.blobs[digest] = blob.size }
        guard let base = repository as? StoreRepository else { return found }
        let name = base.repository(of: identity.name)
        for (digest, root) in stored.contents.artifacts {
            found.artifacts[digest] = root.size
            for node in try await ArtifactContent(store: base.store, repository: name, root: root).nodes()
            where node.manifest == nil {
                found.blobs[node.descriptor.digest] = node.descriptor.size
            }
        }
        guard !(base.store is RegistryClient) else { return found }
        for (digest, size) in found.blobs where try await base.store.blobSize(digest, in: name) != size {
            found.blobs[digest] = nil
        }
        return found
    }
}
