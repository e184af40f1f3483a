// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories
import Testing

/// A component version to write in tests, whose resources are kept beside its descriptor.
struct SampleVersion {
    var identity: ComponentVersionIdentity
    var contents = LocalContents()
    private var resources: [JSON] = []

    init(_ identity: String) throws { self.identity = try ComponentVersionIdentity(identity) }

    /// Places content and adds a resource that names it.
    mutating func add(_ name: String, _ content: ResourceContent, to repository: StoreRepository) async throws {
        let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
        contents.add(placed)
        resources.append([
            "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
            "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
        ])
    }

    var descriptor: ComponentDescriptor {
        get throws {
            let json: JSON = [
                "meta": ["schemaVersion": "v2"],
                "component": [
                    "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                    "repositoryContexts": [], "resources": .array(resources), "sources": [], "componentReferences": [],
                ],
            ]
            return try ComponentDescriptor(json: json, source: "a sample")
        }
    }

    @discardableResult
    func commit(to repository: StoreRepository) async throws -> Digest {
        try await repository.commit(descriptor, contents: contents)
    }
}

extension StoreRepository {
    /// A store as a repository of component versions.
    init(_ store: any ArtifactStore) throws { self.init(store, locator: try RepositoryLocator("./store")) }
}

@Suite("Component versions are kept the same way in every store") struct VersionContractTests {
    private static let text = Array("some text\n".utf8)
    private static let image = SampleArtifact(["{}", "a layer"])

    /// A version with two equal blobs, an empty one and an image.
    private func write(_ identity: String, to store: any ArtifactStore) async throws -> (SampleVersion, Digest) {
        let repository = try StoreRepository(store)
        let source = MemoryStore()
        try await Self.image.push(to: source, "image", tag: "1")
        let root = try #require(try await source.resolve("1", in: "image"))
        var version = try SampleVersion(identity)
        try await version.add("text", .blob(BlobContent(mediaType: "text/plain", bytes: Self.text)), to: repository)
        try await version.add("same", .blob(BlobContent(mediaType: "text/plain", bytes: Self.text)), to: repository)
        try await version.add("empty", .blob(BlobContent(mediaType: "text/plain", bytes: [])), to: repository)
        try await version.add(
            "image", .artifact(ArtifactContent(store: source, repository: "image", root: root)), to: repository)
        return (version, try await version.commit(to: repository))
    }

    @Test("what was added is read back, byte for byte, also with build metadata", arguments: StoreEngine.installed)
    func roundTrip(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        for identity in ["acme.org/demo:1.0.0", "acme.org/demo:1.0.0+build.7"] {
            let (version, digest) = try await write(identity, to: subject.store)
            // The same version has the same digest everywhere.
            #expect(try await write(identity, to: MemoryStore()).1 == digest)
            for store in [subject.store, try await subject.reopen()] {
                let repository = try StoreRepository(store)
                let found = try await repository.get(version.identity)
                #expect(try found.descriptor == version.descriptor && found.storedDigest == digest)
                #expect(try found.descriptor.encoded() == version.descriptor.encoded())
                for (name, bytes) in [("text", Self.text), ("same", Self.text), ("empty", [])] {
                    let resource = try #require(found.descriptor.resources.first(where: { "\($0.name)" == name }))
                    let access = try LocalBlobAccess(try #require(resource.access), of: name)
                    let content = try await repository.content(of: access, in: found)
                    guard case .blob(let blob) = content else { return #expect(Bool(false), "\(content)") }
                    #expect(blob.mediaType == "text/plain" && blob.size == Int64(bytes.count))
                    #expect(try await blob.open().collect(limit: 100) == bytes)
                }
                let resource = try #require(found.descriptor.resources.last)
                let access = try LocalBlobAccess(try #require(resource.access), of: "image")
                let content = try await repository.content(of: access, in: found)
                guard case .artifact(let artifact) = content else { return #expect(Bool(false), "\(content)") }
                #expect(artifact.root.digest == Self.image.digest)
                #expect(try await artifact.nodes().count == 3)
            }
        }
    }

    @Test("a version is one manifest, equal blobs one layer that says whose it is", arguments: StoreEngine.archives)
    func layers(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let (_, digest) = try await write("acme.org/demo:1.0.0", to: subject.store)
        let store = try await subject.reopen(), name = "component-descriptors/acme.org/demo"
        let (bytes, type) = try await store.manifest(digest, in: name)
        let index = try OCIManifest(parsing: bytes, mediaType: type, source: "the index")
        #expect(index.isIndex && index.artifactType == nil && index.manifests.count == 2)
        #expect(index.annotations["software.ocm.componentversion"] == "acme.org/demo:1.0.0")
        #expect(index.manifests[0].artifactType == "application/vnd.ocm.software.component-descriptor.v2")
        #expect(index.manifests[1].digest == Self.image.digest)
        let component = try await store.manifest(index.manifests[0].digest, in: name)
        let manifest = try OCIManifest(parsing: component.bytes, mediaType: component.mediaType, source: "the version")
        #expect(manifest.config?.mediaType == "application/vnd.ocm.software.component.config.v1+json")
        #expect(
            manifest.layers.map(\.mediaType) == [
                "application/vnd.ocm.software.component-descriptor.v2+json", "text/plain", "text/plain",
            ])
        let owners = try #require(manifest.layers[1].annotations["software.ocm.artifact"])
        let names = try JSON(parsing: Array(owners.utf8), source: "the owners").array?.map {
            $0["identity"]?["name"]?.string
        }
        #expect(names == ["text", "same"])
    }

    @Test("versions are listed from the newest, components by name", arguments: StoreEngine.installed)
    func lists(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let repository = try StoreRepository(subject.store)
        let versions = ["1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0", "1.10.0+build.2", "0.1.0"]
        for version in versions { try await SampleVersion("acme.org/b:\(version)").commit(to: repository) }
        try await SampleVersion("acme.org/a:1.0.0").commit(to: repository)
        // What is no version stays out of sight: referrers' lists, marks of people.
        let root = try #require(try await subject.store.resolve("2.0.0", in: "component-descriptors/acme.org/b"))
        let (bytes, type) = try await subject.store.manifest(root.digest, in: "component-descriptors/acme.org/b")
        for tag in ["latest", "sha256-\(root.digest.hex)"] {
            _ = try await subject.store.pushManifest(
                bytes, mediaType: type, in: "component-descriptors/acme.org/b", tag: tag)
        }
        let reopened = try StoreRepository(try await subject.reopen())
        #expect(try await reopened.components().map(\.text) == ["acme.org/a", "acme.org/b"])
        let listed = try await reopened.versions(of: ComponentName("acme.org/b")).map(\.text)
        #expect(Set(listed) == Set(versions) && listed.first == "2.0.0" && listed.last == "0.1.0", "\(listed)")
        #expect(listed.firstIndex(of: "2.0.0-rc.1") == 1 && listed.firstIndex(of: "1.9.0") == 4)
        #expect(try await reopened.versions(of: ComponentName("acme.org/none")) == [])
    }

    @Test("a version that is written again is replaced in one step", arguments: StoreEngine.installed)
    func replaced(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let repository = try StoreRepository(subject.store)
        var version = try SampleVersion("acme.org/demo:1.0.0")
        try await version.commit(to: repository)
        try await version.add("text", .blob(BlobContent(mediaType: "a/b", bytes: Self.text)), to: repository)
        // Placed is not visible.
        #expect(try await repository.get(version.identity).descriptor.resources.isEmpty)
        let digest = try await version.commit(to: repository)
        let found = try await StoreRepository(try await subject.reopen()).get(version.identity)
        #expect(found.storedDigest == digest && found.descriptor.resources.count == 1)
        #expect(try await repository.versions(of: version.identity.name).count == 1)
    }

    @Test("many versions are added at once", arguments: StoreEngine.installed) func concurrent(engine: StoreEngine)
        async throws
    {
        let subject = try await engine.make()
        let repository = try StoreRepository(subject.store)
        try await (0..<16).forEachConcurrently(limit: 8) { number in
            var version = try SampleVersion("acme.org/demo:1.\(number).0")
            let own = Array("own \(number)".utf8)
            try await version.add("own", .blob(BlobContent(mediaType: "a/b", bytes: own)), to: repository)
            try await version.add("shared", .blob(BlobContent(mediaType: "a/b", bytes: Self.text)), to: repository)
            try await version.commit(to: repository)
        }
        let reopened = try StoreRepository(try await subject.reopen())
        let listed = try await reopened.versions(of: ComponentName("acme.org/demo"))
        #expect(listed.map(\.text) == (0..<16).reversed().map { "1.\($0).0" })
        for version in listed {
            let identity = try ComponentVersionIdentity(name: ComponentName("acme.org/demo"), version: version)
            #expect(try await reopened.get(identity).contents.blobs.count == 2)
        }
    }

    @Test("a tag that was moved to another version is found out", arguments: StoreEngine.installed)
    func moved(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let repository = try StoreRepository(subject.store), name = "component-descriptors/acme.org/demo"
        let digest = try await SampleVersion("acme.org/demo:1.0.0").commit(to: repository)
        let (bytes, type) = try await subject.store.manifest(digest, in: name)
        _ = try await subject.store.pushManifest(bytes, mediaType: type, in: name, tag: "2.0.0")
        let fault = await faultOf { _ = try await repository.find(ComponentVersionIdentity("acme.org/demo:2.0.0")) }
        #expect(fault?.code == .mismatch)
    }

    @Test("a version whose content was not placed is not written", arguments: StoreEngine.installed)
    func incomplete(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let repository = try StoreRepository(subject.store)
        var version = try SampleVersion("acme.org/demo:1.0.0")
        try await version.add("text", .blob(BlobContent(mediaType: "a/b", bytes: Self.text)), to: repository)
        let fault = await faultOf { try await repository.commit(version.descriptor, contents: LocalContents()) }
        #expect(fault != nil)
        #expect(try await repository.find(version.identity) == nil)
        let missing = await faultOf { _ = try await repository.get(version.identity) }
        #expect(missing?.code == .notFound && missing?.fix != nil)
    }
}
