// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
internal import Documents

/// What a repository holds: component versions, and the contents that are kept beside them.
///
/// The receiver writes it, the sender reads it to leave out what is there. Equal contents give equal bytes.
public struct Inventory: Sendable, Equatable {
    /// One component.
    public struct Component: Sendable, Equatable {
        /// Its name.
        public let name: ComponentName
        /// Its versions, newest first.
        public internal(set) var versions: [Version]
        /// The blobs in its repository, with their sizes; manifests and descriptors are not among them.
        public internal(set) var blobs: [Digest: Int64]
        /// The OCI artifacts in its repository: the digests of their manifests, with the sizes of these.
        public internal(set) var artifacts: [Digest: Int64]
    }

    /// One version of a component.
    public struct Version: Sendable, Equatable {
        /// The version.
        public let version: ComponentVersion
        /// SHA-256 of the normalised descriptor (`jsonNormalisation/v4alpha1`): the same wherever it is kept.
        public let descriptor: Digest
        /// The manifest or index it is stored as; nil in a component archive.
        public let manifest: Digest?
    }

    /// The repository, as who made the inventory named it.
    public let repository: String
    /// The components, sorted by name.
    public let components: [Component]

    /// How many different blobs there are.
    public var blobCount: Int { Set(components.flatMap(\.blobs.keys)).count }
    /// How many bytes the different blobs have.
    public var blobBytes: Int64 {
        components.reduce(into: [Digest: Int64]()) { all, component in
            all.merge(component.blobs) { size, _ in size }
        }.values.reduce(0) { $0.addingReportingOverflow($1).overflow ? Int64.max : $0 + $1 }
    }

    init(repository: String, components: [Component]) {
        (self.repository, self.components) = (repository, components)
    }

    /// The newest version of a component; nil when there is none.
    public func newestVersion(of name: ComponentName) -> ComponentVersion? {
        components.first { $0.name == name }?.versions.first?.version
    }

    /// The blobs, as what the receiver of an archive is taken to have.
    public func assume(in assumed: inout AssumedBlobs) {
        assumed.add(basis: "the inventory of \(repository)")
        for component in components {
            for (digest, size) in component.blobs { assumed.add(digest, size: size, holder: component.name) }
        }
    }
}
