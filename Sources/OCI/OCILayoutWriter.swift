// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics
internal import Cryptography
internal import Documents

/// Writes one artifact as an OCI image layout. The same artifact gives the same bytes.
public enum OCILayoutWriter {
    /// The layout as a tar: blobs, then `index.json`, then `oci-layout`.
    public static func tar(
        root: OCIDescriptor, from store: any ArtifactStore, repository: String, tag: String? = nil
    ) async throws -> ByteStream {
        var members: [TarMember] = []
        for blob in try await nodes(root, store, repository) {
            members.append(
                .file("blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)", size: blob.size, mode: 0o644) {
                    try await open(blob, store, repository)
                })
        }
        members.append(.bytes("index.json", index(root, tag)))
        members.append(.bytes("oci-layout", marker))
        return Tar.stream(members)
    }

    /// The layout as a folder, which must not exist; it appears whole.
    public static func write(
        root: OCIDescriptor, from store: any ArtifactStore, repository: String, tag: String? = nil,
        toFolder path: String
    ) async throws {
        guard !FileSystem.exists(path) else {
            throw Fault(.conflict, "\(path) exists", fix: "name a folder that does not exist yet")
        }
        let parent = FileSystem.folder(of: path)
        let temporary = FileSystem.join(parent, ".tmp-\(SecureRandom.bytes(8).hex)")
        try FileSystem.makeFolder("\(temporary)/blobs/\(root.digest.algorithm.rawValue)")
        do {
            for blob in try await nodes(root, store, repository) {
                try FileSystem.makeFolder("\(temporary)/blobs/\(blob.digest.algorithm.rawValue)")
                let file = try FileHandle(
                    creating: "\(temporary)/blobs/\(blob.digest.algorithm.rawValue)/\(blob.digest.hex)")
                for try await chunk in try await open(blob, store, repository) { try file.write(chunk) }
            }
            try FileSystem.write(index(root, tag), to: "\(temporary)/index.json")
            try FileSystem.write(marker, to: "\(temporary)/oci-layout")
            try FileSystem.rename(temporary, to: path)
        } catch {
            try? FileSystem.remove(temporary)
            throw error
        }
    }

    private static let marker = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

    private static func index(_ root: OCIDescriptor, _ tag: String?) -> [UInt8] {
        var root = root
        root.annotations = tag.map { ["org.opencontainers.image.ref.name": $0] } ?? [:]
        let json: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue), "manifests": [root.json],
        ]
        return json.encoded()
    }

    private static func open(
        _ blob: OCIDescriptor, _ store: any ArtifactStore, _ repository: String
    ) async throws -> ByteStream {
        guard MediaType(blob.mediaType).isManifest || MediaType(blob.mediaType).isIndex else {
            return try await store.openBlob(blob.digest, size: blob.size, in: repository)
        }
        return ByteStream(try await store.manifest(blob.digest, in: repository).bytes)
    }

    /// Blobs and manifests, each digest once, children before their parents.
    private static func nodes(
        _ root: OCIDescriptor, _ store: any ArtifactStore, _ repository: String
    ) async throws -> [OCIDescriptor] {
        var nodes: [OCIDescriptor] = []
        var seen: Set<Digest> = []
        func visit(_ descriptor: OCIDescriptor, _ depth: Int) async throws {
            guard seen.insert(descriptor.digest).inserted else { return }
            guard depth <= 8, seen.count <= 10_000 else {
                throw Fault(.limitExceeded, "the artifact \(root.digest) is nested too deeply")
            }
            if MediaType(descriptor.mediaType).isManifest || MediaType(descriptor.mediaType).isIndex {
                let (bytes, type) = try await store.manifest(descriptor.digest, in: repository)
                try descriptor.require(size: bytes.count, of: "\(repository)@\(descriptor.digest)")
                let manifest = try OCIManifest(
                    parsing: bytes, mediaType: type, source: "\(repository)@\(descriptor.digest)")
                for child in manifest.children { try await visit(child, depth + 1) }
            }
            nodes.append(descriptor)
        }
        try await visit(root, 0)
        return nodes
    }
}
