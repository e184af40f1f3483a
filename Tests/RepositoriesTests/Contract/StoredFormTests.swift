// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories
import Testing

@Suite("Component versions are read in every form that tools have written") struct StoredFormTests {
    private static let name = "component-descriptors/acme.org/demo"
    private static let identity = "acme.org/demo:1.0.0"
    private static let blob = Array("local".utf8)

    /// A version put together by hand, as another tool would have written it.
    private struct Form {
        var manifestType = "application/vnd.oci.image.manifest.v1+json"
        var configType = "application/vnd.ocm.software.component.config.v1+json"
        var descriptorType = "application/vnd.ocm.software.component-descriptor.v2+json"
        var reference = "\(Digest(of: blob))"
        var blobs = [blob]
        var isDescriptorLast = false
        var members = JSONObject()

        func write(to store: MemoryStore, tag: String? = "1.0.0") async throws -> OCIDescriptor {
            let access: JSON = ["type": "localBlob", "localReference": .string(reference), "mediaType": "a/b"]
            let json: JSON = [
                "meta": ["schemaVersion": "v2"],
                "component": [
                    "name": "acme.org/demo", "version": "1.0.0", "provider": "acme", "repositoryContexts": [],
                    "resources": [
                        ["name": "text", "version": "1.0.0", "type": "a", "relation": "local", "access": access]
                    ],
                    "sources": [], "componentReferences": [],
                ],
            ]
            var bytes = try ComponentDescriptor(json: json, source: "a form").encoded()
            if descriptorType.hasSuffix("+tar") {
                bytes = try await Tar.stream([.bytes("component-descriptor.yaml", bytes)]).collect(limit: 1 << 20)
            }
            func push(_ bytes: [UInt8], _ type: String) async throws -> OCIDescriptor {
                _ = try await store.pushBlob(.memory(bytes), in: name)
                return OCIDescriptor(mediaType: type, digest: Digest(of: bytes), size: Int64(bytes.count))
            }
            let descriptor = try await push(bytes, descriptorType)
            let config = try await push(
                JSON.object(["componentDescriptorLayer": descriptor.json]).encoded(), configType)
            var layers: [OCIDescriptor] = []
            for blob in blobs { layers.append(try await push(blob, "a/b")) }
            layers.insert(descriptor, at: isDescriptorLast ? layers.endIndex : 0)
            var manifest: JSONObject = [
                "schemaVersion": 2, "mediaType": .string(manifestType), "config": config.json,
                "layers": .array(layers.map(\.json)),
            ]
            for (key, value) in members { manifest[key] = value }
            return try await store.pushManifest(
                JSON.object(manifest).encoded(), mediaType: manifestType, in: name, tag: tag)
        }
    }

    private func requireReadable(_ store: MemoryStore, _ content: [UInt8] = blob) async throws {
        let repository = try StoreRepository(store)
        let found = try await repository.get(ComponentVersionIdentity(Self.identity))
        let access = try LocalBlobAccess(try #require(found.descriptor.resources[0].access), of: "text")
        guard case .blob(let blob) = try await repository.content(of: access, in: found) else {
            return #expect(Bool(false), "no blob")
        }
        #expect(try await blob.open().collect(limit: 100) == content)
    }

    @Test(
        "the descriptor is found through each configuration and in each encoding",
        arguments: [
            "application/vnd.ocm.software.component.config.v1+json",
            "application/vnd.gardener.cloud.cnudie.component.config.v1+json",
            "application/vnd.oci.gardener.cloud.cnudie.component-descriptor-metadata.config.v2+json",
            "application/vnd.oci.image.config.v1+json", "application/vnd.oci.empty.v1+json",
        ],
        [
            "application/vnd.ocm.software.component-descriptor.v2+json",
            "application/vnd.ocm.software.component-descriptor.v2+yaml",
            "application/vnd.ocm.software.component-descriptor.v2+yaml+tar",
            "application/vnd.gardener.cloud.cnudie.component-descriptor.v2+json",
            "application/vnd.gardener.cloud.cnudie.component-descriptor.v2+yaml",
            "application/vnd.gardener.cloud.cnudie.component-descriptor.v2+yaml+tar",
            "application/vnd.oci.gardener.cloud.cnudie.component-descriptor.config.v2+yaml+tar",
        ])
    func mediaTypes(config: String, descriptor: String) async throws {
        for isLast in [false, true] {
            let store = MemoryStore()
            _ = try await Form(configType: config, descriptorType: descriptor, isDescriptorLast: isLast).write(
                to: store)
            try await requireReadable(store)
        }
    }

    @Test("Docker's manifests and lists are as good as the others", arguments: [true, false])
    func docker(isIndex: Bool) async throws {
        let store = MemoryStore()
        let manifest = try await Form(manifestType: MediaType.dockerManifest.rawValue).write(to: store)
        if isIndex {
            let index: JSON = [
                "schemaVersion": 2, "mediaType": .string(MediaType.dockerManifestList.rawValue),
                "manifests": [manifest.json],
            ]
            _ = try await store.pushManifest(
                index.encoded(), mediaType: MediaType.dockerManifestList.rawValue, in: Self.name, tag: "1.0.0")
        }
        try await requireReadable(store)
    }

    @Test("a local blob is found by each spelling of its digest, and put together from its parts") func references()
        async throws
    {
        let parts = [Array("lo".utf8), Array("cal".utf8)]
        for (reference, blobs) in [
            ("sha256.\(Digest(of: Self.blob).hex)", [Self.blob]),
            (parts.map { "\(Digest(of: $0))" }.joined(separator: ","), parts),
            (parts.map { "\(Digest(of: $0))" }.joined(separator: ", "), parts.reversed()),
        ] {
            let store = MemoryStore()
            _ = try await Form(reference: reference, blobs: blobs).write(to: store)
            try await requireReadable(store)
        }
    }

    @Test(
        "a version that refers to the index of components is read and listed",
        .enabled(if: transportArchiveVectors != nil, "needs the vectors"))
    func componentIndex() async throws {
        let path = "\(try #require(transportArchiveVectors))/../oci/component-index/manifest.json"
        let bytes = try FileSystem.read(path, limit: 1 << 20)
        let digest = try Digest("sha256:9717cda41c478af11cba7ed29f4aa3e4882bab769d006788169cbccafc0fcd05")
        #expect(Digest(of: bytes) == digest && bytes.count == 837)
        let index = try OCIManifest(parsing: bytes, mediaType: nil, source: "the index of components")
        #expect(index.artifactType == "application/vnd.ocm.software.component-index.v1+json")
        let store = MemoryStore()
        let subject = OCIDescriptor(mediaType: index.mediaType.rawValue, digest: digest, size: 837)
        let version = try await Form(members: ["subject": subject.json]).write(to: store)
        try await requireReadable(store)
        #expect(
            try await store.referrers(of: digest, in: Self.name, artifactType: nil).map(\.digest) == [version.digest])
    }

    @Test("what is no component version is said to be none") func others() async throws {
        let store = MemoryStore()
        try await SampleArtifact(["{}", "an image's layer"]).push(to: store, Self.name, tag: "1.0.0")
        let empty = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#
        _ = try await store.pushManifest(
            Array(empty.utf8), mediaType: MediaType.imageIndex.rawValue, in: Self.name, tag: "2.0.0")
        for version in ["1.0.0", "2.0.0"] {
            let fault = await faultOf {
                _ = try await StoreRepository(store).find(ComponentVersionIdentity("acme.org/demo:\(version)"))
            }
            #expect(fault?.code == .corrupt, "\(version): \(String(describing: fault))")
        }
    }

    @Test("a configuration that names another layer than the manifest has is refused") func otherLayer() async throws {
        let store = MemoryStore()
        let honest = try await Form().write(to: store, tag: nil)
        var manifest = try JSON(parsing: try await store.manifest(honest.digest, in: Self.name).bytes, source: "m")
        manifest["layers"] = .array(Array(try #require(manifest["layers"]?.array).dropFirst()))
        _ = try await store.pushManifest(
            manifest.encoded(), mediaType: honest.mediaType, in: Self.name, tag: "1.0.0")
        let fault = await faultOf { _ = try await StoreRepository(store).find(ComponentVersionIdentity(Self.identity)) }
        #expect(fault?.code == .corrupt)
    }

    @Test("a local blob that the version does not hold is missed by name") func missingBlob() async throws {
        let store = MemoryStore()
        _ = try await Form(blobs: []).write(to: store)
        let fault = await faultOf { try await requireReadable(store) }
        #expect(fault?.code == .mismatch && fault?.message.contains("\(Digest(of: Self.blob))") == true)
    }
}
