// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryMirror
import RegistryRules
import Repositories
import TestServers
import Web
import WebClient

/// A small image.
struct MirrorImage: Sendable {
    let blobs: [[UInt8]]
    let manifest: [UInt8]
    var digest: Digest { Digest(of: manifest) }
    static let mediaType = "application/vnd.oci.image.manifest.v1+json"

    init(_ layer: String, subject: MirrorImage? = nil) {
        blobs = [Array(#"{"architecture":"amd64","os":"linux"}"#.utf8), Array(layer.utf8)]
        func descriptor(_ bytes: [UInt8], _ type: String) -> JSON {
            [
                "mediaType": .string(type), "digest": .string("\(Digest(of: bytes))"),
                "size": .number(JSONNumber(Int64(bytes.count))),
            ]
        }
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(Self.mediaType),
            "config": descriptor(blobs[0], "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor(blobs[1], "application/vnd.oci.image.layer.v1.tar")],
        ]
        if let subject { object["subject"] = descriptor(subject.manifest, Self.mediaType) }
        manifest = JSON.object(object).encoded()
    }

    func push(to store: any ArtifactStore, _ repository: String, tag: String?) async throws {
        for bytes in blobs {
            let blob = BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
            _ = try await store.pushBlob(blob, in: repository)
        }
        _ = try await store.pushManifest(manifest, mediaType: Self.mediaType, in: repository, tag: tag)
    }
}

/// A component version with a text beside it, signed.
struct MirrorVersion: Sendable {
    let identity: ComponentVersionIdentity
    let text: String
    private let child: ComponentDescriptor?
    static let key: PrivateKey = {
        do { return try PrivateKey.generate(.ecdsaP256) } catch { fatalError("no key: \(error)") }
    }()

    init(_ identity: String, _ text: String = "the text", refersTo child: ComponentDescriptor? = nil) throws {
        (self.identity, self.text, self.child) = (try ComponentVersionIdentity(identity), text, child)
    }

    /// Writes it into a store.
    @discardableResult
    func write(to store: any ArtifactStore, _ path: String = "", signed: [String] = ["release"]) async throws
        -> ComponentDescriptor
    {
        let locator = RepositoryLocator(.archive(path: store.name, format: nil), description: store.name)
        let repository = StoreRepository(store, locator: locator, subPath: path)
        let content = ResourceContent.blob(BlobContent(mediaType: "text/plain", bytes: Array(text.utf8)))
        let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
        var contents = LocalContents()
        contents.add(placed)
        var references: [JSON] = []
        if let child {
            references.append([
                "name": "child", "componentName": .string(child.identity.name.text),
                "version": .string(child.identity.version.text),
                "digest": try child.digestSpecification(.v4alpha1, hash: .sha256).json,
            ])
        }
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                "repositoryContexts": [], "sources": [], "componentReferences": .array(references),
                "resources": [
                    [
                        "name": "text", "version": "1.0.0", "type": "blob", "relation": "local",
                        "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
                        "digest": [
                            "hashAlgorithm": "SHA-256", "normalisationAlgorithm": "genericBlobDigest/v1",
                            "value": .string(placed.descriptor.digest.hex),
                        ],
                    ]
                ],
            ],
        ]
        var descriptor = try ComponentDescriptor(json: json, source: "a sample")
        for name in signed {
            descriptor.signatures.append(
                try descriptor.sign(name: name, scheme: .ecdsaP256, normalisation: .v4alpha1, key: Self.key))
        }
        try await repository.commit(descriptor, contents: contents)
        return descriptor
    }
}

/// A registry's folder that mirrors are run on.
struct MirrorTarget: Sendable {
    let folder: TemporaryFolder
    let registry: RegistryFolder
    let store: RegistryFolderStore
    let time = Guarded(RegistryFolder.wallClock() + 100_000)

    init(signatures: [SignatureRule] = []) async throws {
        folder = try TemporaryFolder(prefix: "mirror")
        var limits = RegistryLimits()
        limits.freeSpaceFloor = 0
        registry = try RegistryFolder("\(folder.path)/registry", limits: limits)
        let rules = try await SignatureGuard.open(signatures, over: registry)
        store = RegistryFolderStore(registry, by: "mirror", signatures: rules)
    }

    var mirror: RegistryMirror {
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        let time = time
        return RegistryMirror(to: store, settings: settings, clock: { time.withLock { $0 } })
    }

    func digest(_ name: String, _ tag: String) throws -> Digest? {
        try registry.manifest(.tag(tag), in: RepositoryName(name))?.digest
    }

    func tags(_ name: String) throws -> [String] {
        try registry.tags(in: RepositoryName(name), after: nil, limit: 1000) ?? []
    }
}

extension RegistryServer {
    func client() throws -> RegistryClient {
        RegistryClient(origin: try HTTPURL(url).origin, http: HTTPClient(HTTPClientSettings())) { _ in nil }
    }
}
