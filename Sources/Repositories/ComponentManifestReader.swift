// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI

/// Reads a component version from the manifest or index it is stored as, in every form the tools have written.
struct ComponentManifestReader {
    let store: any ArtifactStore
    let repository: String

    /// The most bytes of a stored descriptor; the largest known in the field has 3 MiB.
    static let descriptorLimit = 16 * 1024 * 1024
    private static let configLimit = 1024 * 1024

    func read(_ root: OCIDescriptor) async throws -> StoredComponentVersion {
        do {
            return try await parse(root)
        } catch let failure as StoreFailure {
            throw failure.fault
        } catch let fault as Fault where fault.code == .invalid {
            // Who reads it did not write it: to them a stored document that breaks the rules is damaged or forged.
            throw Fault(
                .corrupt, fault.message, fix: "it was damaged or altered; fetch it again from its origin",
                cause: fault.cause)
        }
    }

    /// What the store could not deliver, which says nothing about what it keeps.
    private struct StoreFailure: Error { let fault: Fault }

    private func fetchManifest(_ digest: Digest) async throws -> (bytes: [UInt8], mediaType: String) {
        do {
            return try await store.manifest(digest, in: repository)
        } catch let fault as Fault {
            throw StoreFailure(fault: fault)
        }
    }

    private func openBlob(_ blob: OCIDescriptor) async throws -> ByteStream {
        do {
            let stream = try await store.openBlob(blob.digest, size: blob.size, in: repository)
            return ByteStream { try await Self.next(of: stream) }
        } catch let fault as Fault {
            throw StoreFailure(fault: fault)
        }
    }

    /// What fails while it moves is not delivered either.
    private static func next(of stream: ByteStream) async throws -> Chunk? {
        do {
            return try await stream.next()
        } catch let fault as Fault {
            throw StoreFailure(fault: fault)
        }
    }

    private func parse(_ root: OCIDescriptor) async throws -> StoredComponentVersion {
        let (bytes, mediaType) = try await fetchManifest(root.digest)
        var manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "\(repository)@\(root.digest)")
        var contents = LocalContents()
        if manifest.isIndex {
            guard let component = manifest.manifests.first else {
                throw Fault(
                    .corrupt, "the index \(root.digest) in \(repository) is empty, so it is no component version")
            }
            for artifact in manifest.manifests.dropFirst() { contents.artifacts[artifact.digest] = artifact }
            let (bytes, mediaType) = try await fetchManifest(component.digest)
            manifest = try OCIManifest(
                parsing: bytes, mediaType: mediaType, source: "\(repository)@\(component.digest)")
        }
        let layer = try await descriptorLayer(of: manifest, root)
        for blob in manifest.layers where blob.digest != layer.digest { contents.blobs[blob.digest] = blob }
        let descriptor = try await descriptor(in: layer)
        return StoredComponentVersion(descriptor: descriptor, storedDigest: root.digest, contents: contents)
    }

    /// The layer named by the configuration; with a configuration of another kind, the first layer that is a descriptor.
    private func descriptorLayer(of manifest: OCIManifest, _ root: OCIDescriptor) async throws -> OCIDescriptor {
        if let config = manifest.config, MediaType.componentConfigs.contains(config.mediaType) {
            let stream = try await openBlob(config)
            let bytes = try await stream.collect(limit: Self.configLimit, of: "the configuration of \(repository)")
            let json = try JSON(parsing: bytes, source: "the configuration of \(repository)@\(root.digest)")
            if let layer = json["componentDescriptorLayer"] {
                let named = try OCIDescriptor(json: layer)
                guard let found = manifest.layers.first(where: { $0.digest == named.digest }) else {
                    throw Fault(
                        .corrupt,
                        "the configuration of \(repository)@\(root.digest) names the layer \(named.digest), "
                            + "which the manifest does not have", fix: "the manifest was altered; fetch it again")
                }
                return found
            }
        }
        guard let layer = manifest.layers.first(where: { MediaType.isDescriptor($0.mediaType) }) else {
            throw Fault(
                .corrupt, "\(repository)@\(root.digest) is no component version: no layer is a component descriptor",
                fix: "check that the reference names a component version and not an image")
        }
        return layer
    }

    private func descriptor(in layer: OCIDescriptor) async throws -> ComponentDescriptor {
        let source = "the descriptor in \(repository)"
        guard layer.size <= Self.descriptorLimit else {
            throw Fault(
                .limitExceeded,
                "\(source) has \(ByteCount(layer.size)), more than the \(ByteCount(Int64(Self.descriptorLimit))) accepted",
                fix: "no release has a descriptor of that size; fetch it again from its origin")
        }
        let stream = try await openBlob(layer)
        let bytes =
            try await layer.mediaType.hasSuffix("+tar")
            ? member(of: TarReader(stream, source: source), source)
            : stream.collect(limit: Self.descriptorLimit, of: source)
        return try ComponentDescriptor(parsing: bytes, source: source)
    }

    /// The descriptor in a tar, which is read to its end: only there is it known that its bytes are those of its digest.
    private func member(of reader: TarReader, _ source: String) async throws -> [UInt8] {
        var bytes: [UInt8]?
        while let entry = try await reader.next() {
            guard entry.path == "component-descriptor.yaml", entry.kind == .file else { continue }
            bytes = try await reader.content().collect(limit: Self.descriptorLimit, of: source)
        }
        guard let bytes else { throw Fault(.corrupt, "\(source) is a tar without component-descriptor.yaml") }
        return bytes
    }
}
