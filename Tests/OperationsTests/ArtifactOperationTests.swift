// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import TestServers
import Testing

@Suite(
    "Operations on artifacts in registries",
    .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
struct ArtifactOperationTests {
    private static let read = """
        - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: @/source}
        - {type: downloader.resource.oci/v1alpha1, id: image, componentDescriptor: "${read.descriptor}", resource: {name: image}}

        """
    private static let write = """

        - {type: uploader.component.ctf/v1alpha1, id: write, filePath: @/target, data: "${read.data}"}
        """

    /// A registry with an image, and an archive with a component version that names it.
    private struct Setting {
        var bench: SpecificationBench
        let server: RegistryServer
        let digest: Digest
        var image: String { "\(server.host)/source/image:1" }
        var target: String { "\(server.host)/target/image:2" }
    }

    private func setting(digest: DigestSpecification? = nil, signedWith key: PrivateKey? = nil) async throws -> Setting
    {
        let bench = try SpecificationBench(), server = try await RegistryServer()
        let image = try await SpecificationBench.image([["a.txt": "a"], ["b.txt": "b"]])
        let setting = Setting(bench: bench, server: server, digest: image.root.digest)
        try await bench.push(image, to: setting.image)
        let resource = SpecificationBench.artifact(
            "image", at: setting.image, digest: digest ?? DigestSpecification(artifact: image.root.digest))
        try await bench.write(to: RepositoryLocator(bench.path("source")), resources: [resource], signedWith: key)
        return setting
    }

    @Test(
        "an image is copied, and the version that is written names its new place", arguments: ["resource.oci", "oci"])
    func copied(_ name: String) async throws {
        let key = try PrivateKey.generate(.ed25519)
        let setting = try await setting(signedWith: key)
        let outcome = try await setting.bench.run(
            Self.read + """
                - {type: uploader.\(name)/v1alpha1, id: place, imageReference: "\(setting.target)", data: "${image.data}"}
                - type: attributes.transformation/v1alpha1
                  id: parts
                  attributes:
                    registry: ${place.resource.access.imageReference.parseRef().registry}
                    repository: ${place.outputs.resource.access.imageReference.parseRef().repository}
                """ + Self.write)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await setting.bench.artifact(setting.target).root.digest == setting.digest)
        let pinned = "\(setting.target)@\(setting.digest)"
        #expect(outcome["place"]?["resource"]?["access"]?["imageReference"]?.string == pinned)
        let target = try RepositoryLocator(setting.bench.path("target"))
        let descriptor = try await setting.bench.read(target).version.descriptor
        #expect(descriptor.resources[0].access?.json["imageReference"]?.string == pinned)
        #expect(descriptor.resources[0].digest == DigestSpecification(artifact: setting.digest))
        // Where contents are is not signed, so the signature still holds.
        #expect(try descriptor.verify(descriptor.signatures[0], with: .key(key.publicKey)).name == "maker")
    }

    @Test("of two copies, each version names the one that is listed last before it")
    func twice() async throws {
        let setting = try await setting()
        let second = "\(setting.server.host)/other/image:3"
        let outcome = try await setting.bench.run(
            Self.read + """
                - {type: uploader.oci/v1alpha1, imageReference: "\(setting.target)", data: "${image.data}"}
                - {type: uploader.component.ctf/v1alpha1, filePath: @/first, data: "${read.data}"}
                - {type: uploader.oci/v1alpha1, imageReference: "\(second)", data: "${image.data}"}
                - {type: uploader.component.ctf/v1alpha1, filePath: @/second, data: "${read.data}"}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        for (name, reference) in [("first", setting.target), ("second", second)] {
            let descriptor = try await setting.bench.read(RepositoryLocator(setting.bench.path(name))).version
                .descriptor
            #expect(descriptor.resources[0].access?.json["imageReference"]?.string?.hasPrefix(reference) == true)
        }
    }

    @Test("what a tag stood for when it was read is what is copied, wherever the tag is moved meanwhile")
    func movedTag() async throws {
        var setting = try await setting()
        let (bench, image) = (setting.bench, setting.image)
        setting.bench.others = [
            Operation(
                OperationType(
                    "test.retag/v1", summary: "Lets a tag stand for another image.",
                    properties: [.required("data", .fileSchema, "what goes on")],
                    outputs: [.required("data", .fileSchema, "the same")])
            ) { properties, _ in
                try await bench.push(SpecificationBench.image([["evil.txt": "evil"]]), to: image)
                return ["data": properties["data"] ?? .null]
            }
        ]
        let outcome = try await setting.bench.run(
            """
            - {type: downloader.resource.oci/v1alpha1, id: image, imageReference: "\(image)"}
            - {type: test.retag/v1, id: retag}
            - {type: uploader.oci/v1alpha1, id: place, imageReference: "\(setting.target)"}
            """)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await bench.artifact(image).root.digest != setting.digest)
        #expect(try await bench.artifact(setting.target).root.digest == setting.digest)
    }

    @Test("an artifact in no component version is copied by its reference alone")
    func bare() async throws {
        let setting = try await setting()
        let outcome = try await setting.bench.run(
            """
            - {type: downloader.resource.oci/v1alpha1, id: image, imageReference: "\(setting.image)"}
            - {type: uploader.oci/v1alpha1, id: place, imageReference: "\(setting.target)"}
            """)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await setting.bench.artifact(setting.target).root.digest == setting.digest)
    }

    @Test(
        "what is wrong is refused, and nothing is written",
        arguments: [
            ("imageReference: HOST/target/image", "has no tag"),
            ("imageReference: image", "names no registry"),
            (
                "imageReference: \"HOST/target/image:2@sha256:\(String(repeating: "a", count: 64))\"",
                "should be written"
            ),
            (
                "imageReference: HOST/target/image:2\n  data: {type: File/v1alpha1, uri: \"file:///etc/passwd\"}",
                "names no content of this run"
            ),
            (
                "imageReference: HOST/target/image:2\n  resource: {name: none}\n  componentDescriptor: ${read.descriptor}",
                "0 resources"
            ),
        ])
    func refused(_ properties: String, _ message: String) async throws {
        let setting = try await setting()
        let outcome = try await setting.bench.run(
            Self.read + "- type: uploader.oci/v1alpha1\n  id: place\n  "
                + properties.replacing("HOST", with: setting.server.host) + Self.write)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome)")
        // Content that nobody read belongs to no component version, and none waits for it.
        let isForeign = properties.contains("file:")
        #expect(try await setting.bench.has(RepositoryLocator(setting.bench.path("target"))) == isForeign)
    }

    @Test("an image that is not what the resource's digest says is not copied")
    func mismatch() async throws {
        let setting = try await setting(digest: DigestSpecification(artifact: Digest(of: Array("else".utf8))))
        let outcome = try await setting.bench.run(
            Self.read
                + "- {type: uploader.oci/v1alpha1, imageReference: \"\(setting.target)\", data: \"${image.data}\"}"
                + Self.write)
        #expect(outcome.failure?.code == .mismatch, "\(outcome)")
        #expect(try await !setting.bench.has(RepositoryLocator(setting.bench.path("target"))))
        await #expect(throws: Fault.self) { try await setting.bench.artifact(setting.target) }
    }

    @Test("the graph operations copy artifacts, and check the digests that resources state", arguments: [true, false])
    func graph(_ isRight: Bool) async throws {
        let setting = try await setting()
        let value = isRight ? setting.digest.hex : Digest(of: Array("else".utf8)).hex
        func resource(_ reference: String) -> String {
            """
            {name: image, version: 1.0.0, type: ociImage, relation: external, access: {type: ociArtifact, imageReference: "\(reference)"}, digest: {hashAlgorithm: SHA-256, normalisationAlgorithm: genericBlobDigest/v1, value: \(value)}}
            """
        }
        let third = "\(setting.server.host)/third/image:3"
        let outcome = try await setting.bench.run(
            """
            - {id: get, type: GetOCIArtifact/v1alpha1, spec: {resource: \(resource(setting.image))}}
            - {id: add, type: AddOCIArtifact/v1alpha1, spec: {resource: \(resource(setting.target)), file: "${get.output.file}"}}
            - id: transfer
              type: TransferOCIArtifact/v1alpha1
              spec:
                resource: \(resource(setting.image))
                targetResource: \(resource(third))
            - {id: cleanup, type: FileCleanup/v1alpha1, spec: {files: ["${add.spec.file}", null]}}
            """)
        guard isRight else {
            #expect(outcome.failure?.code == .mismatch, "\(outcome)")
            await #expect(throws: Fault.self) { try await setting.bench.artifact(third) }
            return
        }
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await setting.bench.artifact(setting.target).root.digest == setting.digest)
        #expect(outcome["transfer"]?["resource"]?["access"]?["imageReference"]?.string == "\(third)@\(setting.digest)")
        #expect(outcome["cleanup"]?["cleanedFiles"]?.array?.count == 1)
    }
}
