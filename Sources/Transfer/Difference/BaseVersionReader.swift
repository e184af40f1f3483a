// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import OCI
public import Repositories

/// Finds out which blobs a receiver has that got an earlier version in the same way.
public struct BaseVersionReader: Sendable {
    private let source: ComponentVersionSource
    private let planner: TransferPlanner

    /// A reader of earlier versions in `source`, which are taken to have been carried with `options`.
    public init(source: ComponentVersionSource, access: AccessMethods, options: TransferOptions) {
        self.source = source
        planner = TransferPlanner(ofEarlierVersionsIn: source, access: access, options: options)
    }

    /// The blobs of one version of the components of `roots` and, if the transfer is recursive, of all it refers to.
    ///
    /// Components that have no such version are carried whole. Throws `.notFound` when none of them has one.
    public func blobs(
        of version: ComponentVersion, for roots: [ComponentVersionIdentity]
    ) async throws -> AssumedBlobs {
        var bases: [ComponentVersionIdentity] = []
        for name in Set(roots.map(\.name)).sorted(by: { $0.text < $1.text }) {
            let identity = ComponentVersionIdentity(name: name, version: version)
            if try await source.find(identity) != nil { bases.append(identity) }
        }
        guard !bases.isEmpty else {
            throw Fault(
                .notFound, "\(source.repositories[0].locator) has no version \(version) of what is carried",
                fix: "name a version that is there, or use --have with an inventory of the receiver")
        }
        var assumed = AssumedBlobs()
        for identity in bases { assumed.add(basis: identity.description) }
        for planned in try await planner.plan(bases).targets.flatMap(\.versions) {
            for content in planned.contents {
                try await add(content, of: planned.version.identity.name, to: &assumed)
            }
        }
        return assumed
    }

    private func add(_ planned: PlannedContent, of name: ComponentName, to assumed: inout AssumedBlobs) async throws {
        switch planned.content {
        case .artifact(let artifact):
            for node in try await artifact.nodes() where node.manifest == nil {
                assumed.add(node.descriptor.digest, size: node.descriptor.size, holder: name)
            }
        case .blob(let blob):
            if let digest = blob.digest {
                assumed.add(digest, size: blob.size, holder: name)
            } else if let expected = planned.expected, !expected.isArtifactDigest,
                let digest = try? expected.digest()
            {
                assumed.add(digest, size: blob.size, holder: name)
            }
        }
    }
}
