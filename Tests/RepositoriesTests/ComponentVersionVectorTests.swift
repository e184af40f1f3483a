// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import OCI
import Repositories
import Testing
import WebClient

/// A component version that another implementation wrote, and what must be found in it.
struct ComponentVersionVector: CustomTestStringConvertible, Sendable {
    let path: String
    let version: String
    let resources: [String]
    /// The digest of what the tag points to; nil for a component archive and where it was made anew for each format.
    var stored: String?
    var normalised: (NormalisationAlgorithm, String)?
    /// Whether the contents are stored with it.
    var isWhole = true
    var testDescription: String { path }

    private static let hello = "github.com/acme.org/helloworld:1.0.0"
    private static let demo = "acme.org/demo:1.0.0+build.7"
    static let all: [ComponentVersionVector] = [
        ComponentVersionVector(
            path: "v1-plain/transport-archive", version: hello, resources: ["resource"],
            stored: "sha256:6d776ef2c9c156ca260a67b335435f4ef20a1c8e777afee89148b06d5688e753",
            normalised: (.v3, "928f77abdbcd5998440eea39b1ff1f23a27f7f0b29fbfcb2d239d0b6480f8c79")),
        ComponentVersionVector(
            path: "v1-plain/transport-archive.tar", version: hello, resources: ["resource"]),
        ComponentVersionVector(
            path: "v1-plain/transport-archive.tar.gz", version: hello, resources: ["resource"]),
        ComponentVersionVector(
            path: "v1-with-resource/transport-archive", version: hello, resources: ["mychart"],
            stored: "sha256:da4d93b2c00c3f2c3946e120adff15a2f9a7a5bb15a5109691e0f6492a0058c9"),
        ComponentVersionVector(
            path: "v1-without-resource/transport-archive", version: hello, resources: ["mychart"],
            stored: "sha256:cb36198f6d90bc80826a79acfc1d88ee8d7af76882ed8e5f2e4a05e559f8c921", isWhole: false),
        ComponentVersionVector(
            path: "constructed-v2-plain/transport-archive", version: demo, resources: ["docs"],
            stored: "sha256:fa70250aac08a6689a2e4da11d0bf2c111ccb0d7c7fb961671f4d3643cb48f9d",
            normalised: (.v4alpha1, "968cb973e1b4c57d0c1381ed553e0a1f2d21a2b4b4b0f7766874550b661f84d5")),
        ComponentVersionVector(
            path: "constructed-v2-index/transport-archive", version: demo, resources: ["docs", "image"],
            stored: "sha256:0ad45665063f592193d80dfbf7fdd6ff4939c9bd09a77d0bbd1c5dc4f5806674",
            normalised: (.v4alpha1, "936bc81e6db4f6a362a07cea90085506222516c304d883eac553b0a2ebde64fe")),
        ComponentVersionVector(path: "component-archive", version: "", resources: []),
    ]
}

@Suite("Component versions of other implementations", .enabled(if: transportArchiveVectors != nil, "needs the vectors"))
struct ComponentVersionVectorTests {
    private let connections = RepositoryConnections(
        credentials: CredentialResolver(), http: HTTPClient(HTTPClientSettings.offline))

    @Test("are listed, read to their last byte, and carried without a change", arguments: ComponentVersionVector.all)
    func reads(vector: ComponentVersionVector) async throws {
        let path = "\(try #require(transportArchiveVectors))/\(vector.path)"
        let repository = try await connections.open(RepositoryLocator(path), .read)
        let component = try #require(try await repository.components().first)
        let number = try #require(try await repository.versions(of: component).first)
        let identity = ComponentVersionIdentity(name: component, version: number)
        let found = try await repository.get(identity)
        if !vector.version.isEmpty {
            #expect(identity.description == vector.version)
            #expect(found.descriptor.resources.map(\.name) == vector.resources)
        }
        if let stored = vector.stored { #expect(found.storedDigest?.description == stored) }
        if let (algorithm, digest) = vector.normalised {
            #expect(Digest(of: try found.descriptor.normalised(algorithm)).hex == digest)
        }
        guard vector.isWhole else { return }

        // Into a store of ours, where every byte is compared with the digest that the descriptor gives.
        let store = MemoryStore()
        let ours = StoreRepository(store, locator: try RepositoryLocator("./memory"))
        let access = AccessMethods(connections)
        var contents = LocalContents()
        for resource in found.descriptor.resources {
            let specification = try #require(resource.access)
            let content = try #require(
                try await access.content(of: specification, thing: resource.name, in: found, repository: repository))
            if let digest = resource.digest, !digest.isExcluded {
                let read = try await ContentVerifier().verify(content, against: digest, thing: resource.name)
                #expect(read > 0)
            }
            contents.add(try await ours.place(content, for: identity, observer: PlacementObserver()))
        }
        try await ours.commit(found.descriptor, contents: contents)
        let again = try await ours.get(identity)
        #expect(again.descriptor == found.descriptor)
    }

    @Test("a layout of the newer tools is read as what it is") func layout() async throws {
        let path =
            "\(FileSystem.folder(of: try #require(transportArchiveVectors)))/oci/oci-layout-helm/oci-layout.tar.gz"
        let layout = try await OCILayout.spooled(try ByteStream(file: path), source: path, temporaryFolder: nil)
        let root = try await layout.main()
        #expect(root.digest.description == "sha256:3572605a9b5634cff58bf86d649df46638eb096b6987adfd03157f1306b66c6c")
        let artifact = ArtifactContent(store: layout, repository: "", root: root)
        let digest = DigestSpecification(
            hashAlgorithm: "SHA-256", normalisationAlgorithm: "ociArtifactDigest/v1", value: root.digest.hex)
        #expect(try await ContentVerifier().verify(.artifact(artifact), against: digest, thing: "the chart") > 756)
    }

    @Test("the index that all versions may refer to is a manifest with nothing in it") func componentIndex() throws {
        let path = "\(FileSystem.folder(of: try #require(transportArchiveVectors)))/oci/component-index/manifest.json"
        let bytes = try FileSystem.read(path, limit: 10_000)
        #expect(bytes.count == 837)
        #expect(
            Digest(of: bytes).description == "sha256:9717cda41c478af11cba7ed29f4aa3e4882bab769d006788169cbccafc0fcd05")
        let manifest = try OCIManifest(parsing: bytes, mediaType: nil, source: "the component index")
        #expect(manifest.artifactType == "application/vnd.ocm.software.component-index.v1+json")
        #expect(manifest.children.allSatisfy { $0.size == 2 })
    }
}

extension HTTPClientSettings {
    /// Settings with which any request is an error.
    fileprivate static var offline: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.isOffline = true
        return settings
    }
}
