// SPDX-License-Identifier: Apache-2.0

import Archives
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

@Suite("Operations on formats", .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
struct FormatOperationTests {
    private static let repack = """
        - {type: oci.to.tar.transformer/v1alpha1, id: unpack, data: "${get.data}"}
        - type: tar.to.oci.transformer/v1alpha1
          id: pack
          data: ${unpack.outputs.data}
          manifest: ${unpack.outputs.manifest}
          ref: ${unpack.outputs.ref}
          configLayer: ${unpack.outputs.configLayer}

        """

    private struct Setting {
        var bench: SpecificationBench
        let server: RegistryServer
        let digest: Digest
        var source: String { "\(server.host)/source/thing:1" }
        var target: String { "\(server.host)/target/thing:2" }
        var get: String { "- {type: downloader.resource.oci/v1alpha1, id: get, imageReference: \"\(source)\"}\n" }
        func put(_ id: String) -> String {
            "- {type: uploader.oci/v1alpha1, id: put, imageReference: \"\(target)\", data: \"${\(id).data}\"}\n"
        }
    }

    private func setting(_ artifact: ArtifactContent) async throws -> Setting {
        let setting = Setting(
            bench: try SpecificationBench(), server: try await RegistryServer(), digest: artifact.root.digest)
        try await setting.bench.push(artifact, to: setting.source)
        return setting
    }

    private func chart(provenance: [UInt8]? = nil) async throws -> ArtifactContent {
        let packed = try await SpecificationBench.chart(values: "image: {repository: source/app}\n")
        return try await HelmChart(packed: packed, source: "test").artifact(provenance: provenance)
    }

    @Test(
        "what is unpacked and packed again without a change is the very artifact",
        arguments: ["chart", "image", "images"])
    func unchanged(_ kind: String) async throws {
        let layers = [["a.txt": "a"], ["b.txt": "b"]].prefix(kind == "image" ? 1 : 2)
        let setting = try await setting(
            kind == "chart" ? chart() : SpecificationBench.image(Array(layers)))
        let outcome = try await setting.bench.run(setting.get + Self.repack + setting.put("pack"))
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await setting.bench.artifact(setting.target).root.digest == setting.digest)
    }

    @Test("a changed chart has a new layer, keeps its configuration, and loses who vouched for it")
    func changedChart() async throws {
        var setting = try await setting(chart(provenance: Array("signed\n".utf8)))
        let tar = try await SpecificationBench.tar(["podinfo/values.yaml": "image: {repository: target/app}\n"])
        setting.bench.others = [SpecificationBench.replacement(tar)]
        let specification =
            setting.get
            + Self.repack.replacing(
                "data: ${unpack.outputs.data}", with: "data: ${change.data}\n  dropProvenance: true")
            + "- {type: test.replace/v1, id: change, data: \"${unpack.data}\"}\n" + setting.put("pack")
        let refused = try await setting.bench.run(specification.replacing("dropProvenance: true", with: ""))
        #expect(refused.failure?.message.contains("has a provenance") == true, "\(refused)")
        let outcome = try await setting.bench.run(specification)
        #expect(outcome.isFinished, "\(outcome)")
        let made = try await setting.bench.artifact(setting.target)
        #expect(made.root.digest != setting.digest)
        #expect(
            try await SpecificationBench.files(in: made) == [
                "podinfo/values.yaml": "image: {repository: target/app}\n"
            ])
        let (new, old) = (
            try await manifest(made), try await manifest(setting.bench.artifact(setting.source))
        )
        #expect(new.config == old.config && new.annotations == old.annotations)
        #expect(old.layers.count == 2 && new.layers.map(\.mediaType) == [HelmChart.contentType])
        let again = try await setting.bench.run(specification)
        #expect(again["put"] == outcome["put"])
    }

    @Test("the configuration of an image lists its changed layer")
    func changedImage() async throws {
        var setting = try await setting(SpecificationBench.image([["a.txt": "a"]]))
        let tar = try await SpecificationBench.tar(["a.txt": "changed"])
        setting.bench.others = [SpecificationBench.replacement(tar)]
        let outcome = try await setting.bench.run(
            setting.get + Self.repack.replacing("data: ${unpack.outputs.data}", with: "data: ${change.data}")
                + "- {type: test.replace/v1, id: change, data: \"${unpack.data}\"}\n" + setting.put("pack"))
        #expect(outcome.isFinished, "\(outcome)")
        let made = try await setting.bench.artifact(setting.target)
        let config = try #require(try await manifest(made).config)
        let bytes = try await made.store.openBlob(config.digest, size: config.size, in: made.repository)
            .collect(limit: 1 << 20)
        let ids = try JSON(parsing: bytes, source: "test")["rootfs"]?["diff_ids"]
        #expect(ids == [.string(Digest(of: tar).description)])
    }

    @Test(
        "which form the tar has is asked for or follows from the artifact",
        arguments: [
            (1, "", "application/x-tar"), (1, "artifact", "application/vnd.ocm.software.oci.layout.v1+tar"),
            (2, "", "application/vnd.ocm.software.oci.layout.v1+tar"), (2, "layer", nil), (1, "layers", nil),
        ] as [(Int, String, String?)])
    func layout(_ layers: Int, _ layout: String, _ mediaType: String?) async throws {
        let files = [["a.txt": "a"], ["b.txt": "b"]]
        let setting = try await setting(SpecificationBench.image(Array(files.prefix(layers))))
        let outcome = try await setting.bench.run(
            setting.get + "- {type: oci.to.tar.transformer/v1alpha1, id: unpack, data: \"${get.data}\""
                + (layout.isEmpty ? "}" : ", layout: \(layout)}"))
        #expect(outcome["unpack"]?["data"]?["mediaType"]?.string == mediaType, "\(outcome)")
    }

    @Test(
        "what does not belong together is refused",
        arguments: [
            (
                "configLayer: ${unpack.outputs.configLayer}", "configLayer: ${unpack.outputs.data}",
                "is not the configuration"
            ),
            (
                "ref: ${unpack.outputs.ref}\n  configLayer: ${unpack.outputs.configLayer}", "ref: unknown",
                "which is not given"
            ),
            (
                "manifest: ${unpack.outputs.manifest}", "manifest: {schemaVersion: 2}",
                "holds neither layers nor manifests"
            ),
            ("data: ${unpack.outputs.data}", "data: ${get.data}", "is an artifact already"),
        ])
    func foreign(_ old: String, _ new: String, _ message: String) async throws {
        var setting = try await setting(chart())
        setting.bench.others = [SpecificationBench.replacement(try await SpecificationBench.tar(["a": "b"]))]
        let outcome = try await setting.bench.run(
            setting.get + "- {type: test.replace/v1, id: change, data: \"${get.data}\"}\n"
                + Self.repack.replacing(old, with: new).replacing(
                    "${unpack.outputs.data}\n  manifest", with: "${change.data}\n  manifest"))
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome)")
    }

    @Test("a layer that is not what its manifest says is never packed")
    func damaged() async throws {
        var setting = try await setting(SpecificationBench.image([["a.txt": "a"]]))
        let manifest = try await manifest(setting.bench.artifact(setting.source))
        let layer = try #require(manifest.layers.first)
        let path =
            "\(setting.server.folder.path)/data/docker/registry/v2/blobs/sha256/\(layer.digest.hex.prefix(2))/"
            + "\(layer.digest.hex)/data"
        var bytes = try FileSystem.read(path, limit: 1 << 20)
        bytes[bytes.count - 1] ^= 1
        try FileSystem.write(bytes, to: path)
        setting.bench.others = []
        let outcome = try await setting.bench.run(setting.get + Self.repack + setting.put("pack"))
        #expect(!outcome.isFinished)
        await #expect(throws: Fault.self) { try await setting.bench.artifact(setting.target) }
    }

    @Test("a layer that expands without end is given up")
    func bomb() async throws {
        let zeros = ByteStream([UInt8](repeating: 0, count: 64 << 20)).gzipped(level: 9)
        let bytes = try await zeros.collect(limit: 1 << 20)
        var store = OverlayStore(name: "test")
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": store.add(Array("{}".utf8), mediaType: "application/vnd.oci.empty.v1+json").json,
            "layers": [store.add(bytes, mediaType: HelmChart.contentType).json],
        ]
        let root = store.add(manifest: manifest.encoded(), mediaType: MediaType.imageManifest.rawValue)
        let setting = try await setting(ArtifactContent(store: store, repository: "", root: root))
        let outcome = try await setting.bench.run(setting.get + Self.repack + setting.put("pack"))
        #expect(outcome.failure?.code == .limitExceeded, "\(outcome)")
        await #expect(throws: Fault.self) { try await setting.bench.artifact(setting.target) }
    }

    private func manifest(_ artifact: ArtifactContent) async throws -> OCIManifest {
        let (bytes, type) = try await artifact.store.manifest(artifact.root.digest, in: artifact.repository)
        return try OCIManifest(parsing: bytes, mediaType: type, source: "test")
    }

    @Test("an artifact becomes a local blob, keeps its digest, and becomes the artifact again")
    func localBlob() async throws {
        let setting = try await setting(SpecificationBench.image([["a.txt": "a"], ["b.txt": "b"]]))
        let digest = DigestSpecification(artifact: setting.digest)
        try await setting.bench.write(
            to: RepositoryLocator(setting.bench.path("source")),
            resources: [SpecificationBench.artifact("image", at: setting.source, digest: digest)])
        let outcome = try await setting.bench.run(
            """
            - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: @/source}
            - {type: downloader.resource.oci/v1alpha1, id: image, componentDescriptor: "${read.descriptor}", resource: {name: image}}
            - {type: oci.to.localblob/v1alpha1, id: archive, data: "${image.data}"}
            - {type: uploader.localblob.ctf/v1alpha1, id: store, filePath: @/target, componentDescriptor: "${read.descriptor}"}
            - {type: uploader.component.ctf/v1alpha1, id: write, filePath: @/target, data: "${read.data}"}
            """)
        #expect(outcome.isFinished, "\(outcome)")
        let target = try RepositoryLocator(setting.bench.path("target"))
        let resource = try #require(try await setting.bench.read(target).version.descriptor.resources.first)
        #expect(resource.digest == digest)
        #expect(resource.access?.json["mediaType"] == "application/vnd.oci.image.manifest.v1+tar+gzip")
        #expect(resource.access?.json["referenceName"] == "source/thing:1")
        let back = try await setting.bench.run(
            """
            - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: @/target}
            - {type: downloader.localblob.ctf/v1alpha1, id: blob, componentDescriptor: "${read.descriptor}", resource: {name: image}}
            - {type: localblob.to.oci/v1alpha1, id: convert, data: "${blob.data}"}
            - {type: uploader.oci/v1alpha1, id: put, imageReference: "\(setting.target)"}
            """)
        #expect(back.isFinished, "\(back)")
        #expect(try await setting.bench.artifact(setting.target).root.digest == setting.digest)
        #expect(back["put"]?["resource"]?["digest"] == digest.json)
    }

    @Test("a plain blob and a packed chart become artifacts", arguments: ["text/plain", HelmChart.contentType])
    func blobToArtifact(_ mediaType: String) async throws {
        let bench = try SpecificationBench(), server = try await RegistryServer()
        let bytes =
            mediaType == "text/plain"
            ? Array("text\n".utf8) : try await SpecificationBench.chart(values: "replicas: 1\n")
        try await bench.write(
            to: RepositoryLocator(bench.path("source")),
            blobs: ["thing": BlobContent(mediaType: mediaType, bytes: bytes)])
        let outcome = try await bench.run(
            """
            - {type: downloader.localblob.ctf/v1alpha1, id: blob, filePath: @/source, name: acme.org/demo, version: 1.0.0, resource: {name: thing}}
            - {type: localblob.to.oci/v1alpha1, id: convert, data: "${blob.data}"}
            - {type: uploader.oci/v1alpha1, id: put, imageReference: "\(server.host)/target/thing:1"}
            """)
        #expect(outcome.isFinished, "\(outcome)")
        let manifest = try await manifest(bench.artifact("\(server.host)/target/thing:1"))
        #expect(manifest.layers.map(\.digest) == [Digest(of: bytes)])
        #expect(manifest.layers.map(\.mediaType) == [mediaType])
        #expect(
            mediaType == "text/plain"
                ? manifest.artifactType == mediaType : manifest.config?.mediaType == HelmChart.configType)
    }

    @Test("a chart is converted as Helm does it, with its provenance", arguments: [true, false])
    func convert(_ hasProvenance: Bool) async throws {
        let bench = try SpecificationBench(), server = try await RegistryServer()
        let packed = try await SpecificationBench.chart(values: "replicas: 1\n")
        try await bench.write(
            to: RepositoryLocator(bench.path("source")),
            blobs: [
                "chart": BlobContent(mediaType: "application/x-tgz", bytes: packed),
                "prov": BlobContent(mediaType: "text/plain", bytes: Array("signed\n".utf8)),
            ])
        let from = "repository: {type: CTF, filePath: @/source}, component: acme.org/demo, version: 1.0.0"
        let outcome = try await bench.run(
            """
            - {id: chart, type: CTFGetLocalResource/v1alpha1, spec: {\(from), resourceIdentity: {name: chart}}}
            - {id: prov, type: CTFGetLocalResource/v1alpha1, spec: {\(from), resourceIdentity: {name: prov}}}
            - id: convert
              type: ConvertHelmToOCI/v1alpha1
              spec:
                resource: ${chart.output.resource}
                chartFile: ${chart.output.file}
                provFile: "${\(hasProvenance ? "prov.output.?file" : "chart.spec.?none")}"
            - id: add
              type: AddOCIArtifact/v1alpha1
              spec:
                resource:
                  name: chart
                  version: ${convert.output.resource.version}
                  type: helmChart
                  relation: external
                  access: {type: ociArtifact, imageReference: "\(server.host)/charts/podinfo:6.7.1"}
                  digest: ${convert.output.resource.digest}
                file: ${convert.output.file}
            """.replacing("\"${chart.spec.?none}\"", with: "null"))
        #expect(outcome.isFinished, "\(outcome)")
        let made = try await bench.artifact("\(server.host)/charts/podinfo:6.7.1")
        let manifest = try await manifest(made)
        let wanted: Set<String> =
            hasProvenance ? [HelmChart.contentType, HelmChart.provenanceType] : [HelmChart.contentType]
        #expect(Set(manifest.layers.map(\.mediaType)) == wanted)
        #expect(manifest.layers.map(\.digest) == manifest.layers.map(\.digest).sorted())
        #expect(manifest.annotations["org.opencontainers.image.description"] == "A chart")
        let config = try #require(manifest.config)
        let bytes = try await made.store.openBlob(config.digest, size: config.size, in: made.repository).collect(
            limit: 1 << 20)
        #expect(
            try JSON(parsing: bytes, source: "test") == [
                "apiVersion": "v2", "name": "podinfo", "version": "6.7.1", "description": "A chart",
            ])
    }
}
