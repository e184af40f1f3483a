// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
internal import Documents
internal import OCI

extension StoreRepository {
    public func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent {
        let repository = repository(of: identity.name)
        if let (found, bytes) = try await finished(content, in: repository) {
            observer.skipped(bytes)
            return found
        }
        let placed = try await place(content, in: repository, observer: observer)
        (store as? RegistryClient)?.noteFinished(placed.descriptor, in: repository)
        return placed
    }

    private func place(
        _ content: ResourceContent, in repository: String, observer: PlacementObserver
    ) async throws -> PlacedContent {
        switch content {
        case .artifact(let artifact):
            try await artifact.copy(to: store, repository: repository, tag: nil, observer: observer)
            return PlacedContent(descriptor: artifact.root, isArtifact: true)
        case .blob(let blob):
            guard let digest = blob.digest, let size = blob.size else {
                let (digest, size) = try await store.ingest(in: repository) {
                    try await blob.open().observed { observer.moved(Int64($0)) }
                }
                return PlacedContent(
                    descriptor: OCIDescriptor(mediaType: blob.mediaType, digest: digest, size: size), isArtifact: false)
            }
            let mount = blob.home.flatMap { $0.store == store.name ? $0.repository : nil }
            let source = BlobSource(
                digest: digest, size: size, mountableFrom: mount, file: blob.file,
                openFrom: blob.openFrom.map { observer.resuming($0) },
                open: { try await blob.open().observed { observer.moved(Int64($0)) } })
            if try await store.pushBlob(source, in: repository) != .pushed {
                if blob.isBoundBeyondDigest { _ = try await blob.open().drain() }
                observer.skipped(size)
            }
            return PlacedContent(
                descriptor: OCIDescriptor(mediaType: blob.mediaType, digest: digest, size: size), isArtifact: false)
        }
    }

    @discardableResult
    public func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest {
        let repository = repository(of: descriptor.identity.name)
        let bytes = descriptor.encoded()
        let layer = try await push(bytes, MediaType.descriptorJSON, in: repository)
        let config: JSON = ["componentDescriptorLayer": layer.json]
        let configuration = try await push(config.encoded(), MediaType.componentConfig, in: repository)

        let placement = try ContentPlacement(descriptor, contents)
        let manifest = ComponentManifest(identity: descriptor.identity)
        let tag = descriptor.identity.version.tag
        let manifestBytes = manifest.manifest(config: configuration, layers: [layer] + placement.layers)
        guard !placement.artifacts.isEmpty else {
            return try await store.pushManifest(
                manifestBytes, mediaType: MediaType.ociManifest, in: repository, tag: tag
            ).digest
        }
        let stored = try await store.pushManifest(
            manifestBytes, mediaType: MediaType.ociManifest, in: repository, tag: nil)
        let index = manifest.index(component: stored, artifacts: placement.artifacts)
        return try await store.pushManifest(index, mediaType: MediaType.ociIndex, in: repository, tag: tag).digest
    }

    private func push(_ bytes: [UInt8], _ mediaType: String, in repository: String) async throws -> OCIDescriptor {
        let descriptor = OCIDescriptor(mediaType: mediaType, digest: Digest(of: bytes), size: Int64(bytes.count))
        var source = BlobSource(digest: descriptor.digest, size: descriptor.size, open: { ByteStream(bytes) })
        source.isAlwaysStored = true
        _ = try await store.pushBlob(source, in: repository)
        return descriptor
    }
}

/// The local contents of a descriptor in the order of its elements, each annotated with the elements it belongs to.
struct ContentPlacement {
    var layers: [OCIDescriptor] = []
    var artifacts: [OCIDescriptor] = []

    init(_ descriptor: ComponentDescriptor, _ contents: LocalContents) throws(Fault) {
        var owners: [Digest: [JSON]] = [:]
        var order: [Digest] = []
        var attributes: [Digest: [String: String]] = [:]
        func note(_ access: TypedSpecification, _ kind: String, _ identity: ElementIdentity, _ thing: String)
            throws(Fault)
        {
            guard LocalBlobAccess.typeNames.contains(access.type.name) else { return }
            for reference in try LocalBlobAccess(access, of: thing).references {
                let digest = try LocalBlobAccess.digest(reference)
                if owners[digest] == nil { order.append(digest) }
                let entry: JSON = ["identity": identity.json, "kind": .string(kind)]
                if owners[digest, default: []].contains(entry) { continue }
                owners[digest, default: []].append(entry)
                attributes[digest] = attributes[digest] ?? identity.attributes
            }
        }
        for resource in descriptor.resources {
            guard let access = resource.access else { continue }
            try note(access, "resource", resource.identity, "resource “\(resource.name)”")
        }
        for source in descriptor.sources {
            guard let access = source.access else { continue }
            try note(access, "source", source.identity, "source “\(source.name)”")
        }
        for digest in order {
            guard var stored = contents.artifacts[digest] ?? contents.blobs[digest] else {
                throw Fault(
                    .internal, "\(descriptor.identity) refers to the local blob \(digest), which was not placed")
            }
            stored.annotations = ["software.ocm.artifact": JSON.array(owners[digest] ?? []).text(sortedKeys: true)]
            stored.platform = attributes[digest].flatMap(Self.platform)
            if contents.artifacts[digest] != nil { artifacts.append(stored) } else { layers.append(stored) }
        }
    }

    /// The OCI platform that the well-known identity attributes describe; nil when none of them is there.
    static func platform(_ attributes: [String: String]) -> JSON? {
        var platform = JSONObject()
        if let value = attributes["architecture"] { platform["architecture"] = .string(value) }
        if let value = attributes["os"] { platform["os"] = .string(value) }
        if let value = attributes["os.version"] { platform["os.version"] = .string(value) }
        if let value = attributes["os.features"] {
            platform["os.features"] = .array(value.split(separator: ",").map { .string(String($0)) })
        }
        if let value = attributes["variant"] { platform["variant"] = .string(value) }
        return platform.isEmpty ? nil : .object(platform)
    }
}

/// The bytes of a component manifest and of the index around it. The same input gives the same bytes.
struct ComponentManifest {
    let identity: ComponentVersionIdentity

    private var annotations: JSON {
        ["software.ocm.componentversion": .string(identity.description), "software.ocm.creator": "Sovereign"]
    }

    func manifest(config: OCIDescriptor, layers: [OCIDescriptor]) -> [UInt8] {
        let json: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest),
            "artifactType": .string(MediaType.componentArtifactType), "config": config.json,
            "layers": .array(layers.map(\.json)), "annotations": annotations,
        ]
        return json.encoded()
    }

    func index(component: OCIDescriptor, artifacts: [OCIDescriptor]) -> [UInt8] {
        var first = component
        first.artifactType = MediaType.componentArtifactType
        first.annotations = [
            "software.ocm.componentversion": identity.description, "software.ocm.creator": "Sovereign",
        ]
        let json: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociIndex),
            "manifests": .array(([first] + artifacts).map(\.json)), "annotations": annotations,
        ]
        return json.encoded()
    }
}
