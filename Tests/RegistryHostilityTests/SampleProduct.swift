// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories

/// A small component version: two texts, of which one needs several reads, and an image of two layers.
struct SampleProduct: Sendable {
    static let identity = "acme.org/demo:1.0.0"
    static let repository = "component-descriptors/acme.org/demo"
    private static let image = "images/demo"
    /// What its blobs hold, by the names of its resources.
    static let texts: [(name: String, bytes: [UInt8])] = [
        ("short", Array("a short text\n".utf8)), ("long", noise(700_000)),
    ]
    private static let layers = [noise(3000), noise(90_000)]

    /// It in a store of its own, written once.
    static let original = Task { () async throws -> (store: MemoryStore, digest: Digest) in
        let store = MemoryStore(name: "original")
        return (store, try await write(to: store))
    }

    /// Writes it and returns the digest of what its tag stands for.
    static func write(to store: any ArtifactStore, subPath: String = "") async throws -> Digest {
        let repository = StoreRepository(store, locator: try RepositoryLocator("./sample"), subPath: subPath)
        let identity = try ComponentVersionIdentity(identity)
        let source = MemoryStore(name: "images")
        let root = try await writeImage(to: source)
        var contents = LocalContents(), resources: [JSON] = []
        let all: [(String, ResourceContent)] =
            texts.map { ($0.name, .blob(BlobContent(mediaType: "text/plain", bytes: $0.bytes))) }
            + [("image", .artifact(ArtifactContent(store: source, repository: image, root: root)))]
        for (name, content) in all {
            let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
            contents.add(placed)
            resources.append([
                "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
                "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
            ])
        }
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                "repositoryContexts": [], "resources": .array(resources), "sources": [], "componentReferences": [],
            ],
        ]
        return try await repository.commit(try ComponentDescriptor(json: json, source: "a sample"), contents: contents)
    }

    private static func writeImage(to store: MemoryStore) async throws -> OCIDescriptor {
        func push(_ bytes: [UInt8], _ type: String) async throws -> JSON {
            let digest = Digest(of: bytes)
            _ = try await store.pushBlob(
                BlobSource(digest: digest, size: Int64(bytes.count), open: { ByteStream(bytes) }), in: image)
            return OCIDescriptor(mediaType: type, digest: digest, size: Int64(bytes.count)).json
        }
        let type = "application/vnd.oci.image"
        let config = try await push(Array("{}".utf8), "\(type).config.v1+json")
        var entries: [JSON] = []
        for layer in layers { entries.append(try await push(layer, "\(type).layer.v1.tar")) }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string("\(type).manifest.v1+json"), "config": config,
            "layers": .array(entries),
        ]
        return try await store.pushManifest(
            manifest.encoded(), mediaType: "\(type).manifest.v1+json", in: image, tag: "1.0.0")
    }

    /// Reads all of it, and fails unless every byte is that of the original.
    static func check(_ store: any ArtifactStore, at locator: String, subPath: String = "") async throws {
        let repository = StoreRepository(store, locator: try RepositoryLocator(locator), subPath: subPath)
        let version = try await repository.get(try ComponentVersionIdentity(identity))
        guard version.descriptor.resources.map({ "\($0.name)" }) == ["short", "long", "image"] else {
            throw Fault(.internal, "it has the resources \(version.descriptor.resources.map(\.name))")
        }
        for resource in version.descriptor.resources {
            guard let access = resource.access else { throw Fault(.internal, "\(resource.name) has no access") }
            switch try await repository.content(of: LocalBlobAccess(access, of: "\(resource.name)"), in: version) {
            case .blob(let blob):
                let bytes = try await blob.open().collect(limit: 1 << 20)
                guard bytes == texts.first(where: { $0.name == "\(resource.name)" })?.bytes else {
                    throw Fault(.internal, "\(resource.name) has other bytes")
                }
            case .artifact(let artifact):
                var found: [[UInt8]] = []
                for node in try await artifact.nodes() where node.manifest == nil {
                    let stream = try await artifact.store.openBlob(
                        node.descriptor.digest, size: node.descriptor.size, in: artifact.repository)
                    found.append(try await stream.collect(limit: 1 << 20))
                }
                guard found == [Array("{}".utf8)] + layers else { throw Fault(.internal, "the image has other bytes") }
            }
        }
    }

    private static func noise(_ count: Int) -> [UInt8] {
        var state = UInt64(count)
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }
}
