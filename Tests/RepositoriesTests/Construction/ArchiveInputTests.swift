// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories
import Testing
import WebClient

@Suite("Inputs that are archives of artifacts") struct ArchiveInputTests {
    private let folder: TemporaryFolder
    private let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())

    init() throws { folder = try TemporaryFolder(prefix: "input") }

    /// An artifact with one layer, and the layout that tools write of it.
    private func makeLayout() async throws -> Digest {
        let store = MemoryStore(name: "source")
        var entries: [String] = []
        for (type, text) in [("a/config", "{}"), ("a/layer", "the layer")] {
            let bytes = Array(text.utf8), digest = Digest(of: bytes)
            _ = try await store.pushBlob(
                BlobSource(digest: digest, size: Int64(bytes.count)) { ByteStream(bytes) }, in: "image")
            entries.append("{\"mediaType\":\"\(type)\",\"digest\":\"\(digest)\",\"size\":\(bytes.count)}")
        }
        let type = "application/vnd.oci.image.manifest.v1+json"
        let text =
            "{\"schemaVersion\":2,\"mediaType\":\"\(type)\",\"config\":\(entries[0]),\"layers\":[\(entries[1])]}"
        let root = try await store.pushManifest(Array(text.utf8), mediaType: type, in: "image", tag: nil)
        try await OCILayoutWriter.write(
            root: root, from: store, repository: "image", tag: "1.0", toFolder: "\(folder.path)/layout")
        func tar() async throws -> ByteStream {
            try await OCILayoutWriter.tar(root: root, from: store, repository: "image", tag: "1.0")
        }
        let plain = try await tar().collect(limit: 1 << 20), packed = try await tar().gzipped().collect(limit: 1 << 20)
        try FileSystem.write(plain, to: "\(folder.path)/layout.tar")
        try FileSystem.write(packed, to: "\(folder.path)/layout.tgz")
        return root.digest
    }

    private func add(_ input: String) async throws -> StoredComponentVersion {
        let text = """
            components:
              - name: acme.org/app
                version: 1.0.0
                provider: {name: acme}
                resources: [{name: image, type: ociArtifact, version: 1.0.0, input: \(input)}]
            """
        let components = try ComponentConstructor(parsing: Array(text.utf8), source: "a test").components
        let inputs = InputMethods(connections, files: try InputFiles(base: folder.path))
        let target = try await connections.open(
            RepositoryLocator("\(folder.path)/archive-\(input.utf8.count)"), .create(.directory))
        _ = try await ComponentAdder(
            target: target, lookup: [], access: AccessMethods(connections), options: ComponentAdder.Options()
        ).add(components.map { ($0, inputs) })
        let identity = try ComponentVersionIdentity("acme.org/app:1.0.0")
        return try #require(try await target.find(identity))
    }

    @Test(
        "They are kept as the artifact itself, with its digest",
        arguments: [
            "{type: dir/v1, path: ./layout, mediaType: application/vnd.ocm.software.oci.layout.v1+tar}",
            "{type: dir, path: layout, compress: true, mediaType: application/vnd.ocm.software.oci.layout.v1+tar}",
            "{type: file, path: layout.tar, mediaType: application/vnd.ocm.software.oci.layout.v1+tar}",
            "{type: file/v1, path: ./layout.tgz, mediaType: application/vnd.ocm.software.oci.layout.v1+tar+gzip}",
        ])
    func artifacts(_ input: String) async throws {
        let digest = try await makeLayout()
        let resource = try #require(try await add(input).descriptor.resources.first)
        #expect(resource.digest == DigestSpecification(artifact: digest))
        #expect(resource.access?.json["localReference"]?.string == "\(digest)")
        #expect(resource.access?.json["mediaType"] == "application/vnd.oci.image.manifest.v1+json")
    }

    @Test("Other bytes of such a type are refused, and say what they are; other types are blobs")
    func others() async throws {
        _ = try await makeLayout()
        try FileSystem.write(Array("no tar".utf8), to: "\(folder.path)/text")
        await #expect(throws: Fault.self) {
            try await add("{type: file, path: text, mediaType: application/vnd.ocm.software.oci.layout.v1+tar}")
        }
        let blob = try #require(try await add("{type: file, path: layout.tar}").descriptor.resources.first)
        #expect(blob.digest?.normalisationAlgorithm == "genericBlobDigest/v1")
    }
}
