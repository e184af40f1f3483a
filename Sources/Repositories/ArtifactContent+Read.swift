// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
public import OCI

extension ArtifactContent {
    /// The manifests and blobs of the artifact, each digest once, children before their parents.
    ///
    /// Throws `.limitExceeded` when the tree has more nodes or is deeper than any artifact of the field.
    public func nodes() async throws -> [ArtifactNode] {
        var nodes: [ArtifactNode] = []
        var seen: Set<Digest> = []
        try await visit(root, depth: 0, &nodes, &seen)
        return nodes
    }

    private static let nodeLimit = 10_000
    private static let depthLimit = 8

    private func visit(
        _ descriptor: OCIDescriptor, depth: Int, _ nodes: inout [ArtifactNode], _ seen: inout Set<Digest>
    ) async throws {
        guard seen.insert(descriptor.digest).inserted else { return }
        guard depth <= Self.depthLimit, seen.count <= Self.nodeLimit else {
            throw Fault(.limitExceeded, "the artifact \(root.digest) has too many nodes or is nested too deeply")
        }
        guard MediaType(descriptor.mediaType).isManifest || MediaType(descriptor.mediaType).isIndex else {
            nodes.append(ArtifactNode(descriptor: descriptor, manifest: nil))
            return
        }
        let (bytes, mediaType) = try await store.manifest(descriptor.digest, in: repository)
        try descriptor.require(size: bytes.count, of: "\(repository)@\(descriptor.digest)")
        let manifest = try OCIManifest(
            parsing: bytes, mediaType: mediaType, source: "\(repository)@\(descriptor.digest)")
        for child in manifest.children { try await visit(child, depth: depth + 1, &nodes, &seen) }
        nodes.append(ArtifactNode(descriptor: descriptor, manifest: bytes))
    }

    /// Reads every blob and manifest; returns how many bytes there were. Each is checked against its digest.
    func readAll(
        concurrency: Int, thing: String, moved: @escaping @Sendable (Int64) -> Void
    ) async throws -> Int64 {
        let nodes = try await nodes()
        let (store, repository) = (store, repository)
        try await nodes.filter { $0.manifest == nil }.forEachConcurrently(limit: concurrency) { node in
            do {
                let blob = node.descriptor
                _ = try await store.openBlob(blob.digest, size: blob.size, in: repository).drain(moved)
            } catch let fault as Fault where fault.code == .mismatch || fault.code == .notFound {
                throw fault.during(thing)
            }
        }
        return nodes.reduce(0) { $0 + $1.descriptor.size }
    }

    /// The sum of all sizes the manifests state.
    public func size() async throws -> Int64 { try await nodes().reduce(0) { $0 + $1.descriptor.size } }
}

/// One manifest or blob of an artifact.
public struct ArtifactNode: Sendable {
    /// Media type, digest and size.
    public let descriptor: OCIDescriptor
    /// The bytes of a manifest; nil for a blob.
    public let manifest: [UInt8]?
}
