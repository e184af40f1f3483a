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
import Testing
import WebClient

@Suite("Localising and filtering in a graph") struct LocalizationOperationTests {
    private let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())

    private func outputs(_ reports: [OperationReport], of id: String = "it") throws -> JSON {
        let report = try #require(reports.first { $0.id == id })
        guard case .finished(_, let outputs) = report.outcome else {
            throw failure(reports, of: id) ?? Fault(.internal, id)
        }
        return outputs
    }

    private func failure(_ reports: [OperationReport], of id: String = "it") -> Fault? {
        guard case .failed(let fault)? = reports.first(where: { $0.id == id })?.outcome else { return nil }
        return fault
    }

    private func blob(_ content: ResourceContent) async throws -> [UInt8] {
        guard case .blob(let blob) = content else { throw Fault(.internal, "the content is no blob") }
        let bytes = try await blob.open().collect(limit: 1 << 20)
        #expect(
            blob.digest == Digest(of: bytes) && blob.size == Int64(bytes.count), "digest and size are of the new bytes")
        #expect(try await blob.open().collect(limit: 1 << 20) == bytes, "it opens again")
        return bytes
    }

    private func file(_ path: String, in packed: [UInt8]) async throws -> String {
        var stream = ByteStream(packed)
        if Gzip.isGzip(packed[...]) { stream = stream.gunzipped(source: "it") }
        let reader = TarReader(stream, source: "it")
        while let entry = try await reader.next() {
            if entry.path == path {
                return String(decoding: try await reader.content().collect(limit: 1 << 20), as: UTF8.self)
            }
        }
        throw Fault(.notFound, "there is no \(path)")
    }

    @Test("the localisation of the orchestration specification runs as it is written there")
    func specified() async throws {
        let archive = try await DemoArchive(connections)
        // Stands for an uploader, whose resource later operations read.
        let uploader = Operation(
            OperationType(
                "uploader.test/v1", summary: "", properties: [],
                outputs: [.required("resource", .objectSchema, "")])
        ) { _, _ in ["resource": ["access": ["imageReference": "ghcr.io/fabianburth/images/myimage:after-localize"]]] }
        let text = """
            type: transformation.ocm.component/v1alpha1
            transformations:
              - type: uploader.test/v1
                id: resourceupload1
              - type: CTFGetLocalResource/v1alpha1
                id: ocitotar1
                repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                component: acme.org/demo
                version: 1.0.0
                resourceIdentity: {name: chart}
              - type: yaml.engine.localization/v1
                id: localization1
                data: ${ocitotar1.outputs.file}
                file: "*/values.yaml"
                mappings:
                  - path: "image.repository"
                    value: "${resourceupload1.resource.access.imageReference.parseRef().
                  registry}/${resourceupload1.resource.access.imageReference.parseRef().
                  repository}"
            """
        let (reports, context) = try await archive.run(text, and: [uploader])
        let outputs = try outputs(reports, of: "localization1")
        let content = try context.content(of: outputs["data"])
        let packed = try await blob(content)
        let values = DemoArchive.values.replacing("ghcr.io/acme/app #", with: "ghcr.io/fabianburth/images/myimage #")
        #expect(try await packed == DemoArchive.chart(values), "nothing else of the chart changed")
        #expect(outputs["files"] == ["app/values.yaml"])
        #expect(content.mediaType == "application/gzip")
        let old = try context.content(of: self.outputs(reports, of: "ocitotar1")["file"])
        #expect(content.digest != old.digest && old.digest != nil)
        #expect(outputs["data"]?["digest"]?.string == content.digest?.description)
        #expect(try context.origin(of: outputs["data"])?.resource.description.contains("chart") == true)
    }

    @Test("a chart that is an artifact becomes another one with the same configuration and annotations")
    func chartArtifact() async throws {
        let archive = try await DemoArchive(connections)
        let operation = """
            - id: it
              type: helm.values.localization/v1alpha1
              data: ${get.output.file}
              images: [{from: ghcr.io/acme/app, to: "registry.example/app:2"}]
            """
        let (reports, context) = try await archive.run(DemoArchive.get("chart-artifact") + operation)
        guard case .artifact(let old) = try context.content(of: outputs(reports, of: "get")["file"]),
            case .artifact(let new) = try context.content(of: outputs(reports)["data"])
        else {
            Issue.record("an artifact became something else")
            return
        }
        #expect(new.root.digest != old.root.digest)
        func manifest(_ artifact: ArtifactContent) async throws -> JSON {
            try await JSON(
                parsing: artifact.store.manifest(artifact.root.digest, in: artifact.repository).bytes, source: "it")
        }
        let (before, after) = (try await manifest(old), try await manifest(new))
        #expect(after["config"] == before["config"] && after["annotations"] == before["annotations"])
        #expect(after["layers"]?[0]?["annotations"] == before["layers"]?[0]?["annotations"])
        #expect(after["layers"]?[0]?["digest"] != before["layers"]?[0]?["digest"])
        // Another store takes all of it, each byte checked against its digest.
        let target = MemoryStore(name: "target")
        try await new.copy(to: target, repository: "chart", tag: "2", observer: PlacementObserver())
        let digest = try Digest(#require(after["layers"]?[0]?["digest"]?.string))
        let packed = try await target.openBlob(digest, size: nil, in: "chart").collect(limit: 1 << 20)
        let values = DemoArchive.values.replacing("ghcr.io/acme/app #", with: "registry.example/app #")
            .replacing("tag: 1.1.0", with: "tag: \"2\"")
        #expect(try await file("app/values.yaml", in: packed) == values)

        let signed = try await archive.run(DemoArchive.get("signed-chart") + operation).reports
        #expect(failure(signed)?.message.contains("provenance") == true)
        let dropped = try await archive.run(DemoArchive.get("signed-chart") + operation + "\n  dropProvenance: true")
        guard case .artifact(let unsigned) = try dropped.context.content(of: outputs(dropped.reports)["data"]) else {
            return
        }
        #expect(try await manifest(unsigned)["layers"]?.array?.count == 1)
    }

    @Test("a single file needs no 'file', and other artifacts than charts are refused")
    func forms() async throws {
        let archive = try await DemoArchive(connections)
        let operation = """
            - {id: it, type: yaml.engine.localization/v1alpha1, data: "${get.output.file}", mappings: [{path: image.tag, value: 3}]}
            """
        let (reports, context) = try await archive.run(DemoArchive.get("values") + operation)
        let bytes = try await blob(context.content(of: outputs(reports)["data"]))
        #expect(String(decoding: bytes, as: UTF8.self) == DemoArchive.values.replacing("1.1.0", with: "3"))
        for resource in ["image", "files"] {
            let reports = try await archive.run(DemoArchive.get(resource) + operation).reports
            #expect(failure(reports)?.fix?.contains("oci.to.tar") == true)
        }
        let chart = try await archive.run(DemoArchive.get("chart") + operation).reports
        #expect(failure(chart)?.message.contains("'file'") == true)
    }

    @Test(
        "what is wrong is said with the operation and the place",
        arguments: [
            (
                "type: yaml.engine.localization/v1, file: '*/values.yaml', mappings: [{path: image.tga, value: x}]",
                "app/values.yaml:2:1: there is no “image.tga”"
            ),
            ("type: yaml.engine.localization/v1, file: '*/none', mappings: [{path: a, value: x}]", "no file “*/none”"),
            (
                "type: yaml.engine.localization/v1, file: '*/values.yaml', mappings: [{path: 'a[', value: x}]",
                "mappings[0]: the path “a[”"
            ),
            (
                "type: yaml.engine.localization/v1, file: '*/values.yaml', mappings: [{path: image, value: [x]}]",
                "mappings[0]: 'value' is a array"
            ),
            ("type: yaml.engine.localization/v1, file: '*/values.yaml', mappings: []", "nothing to change"),
            ("type: helm.values.localization/v1alpha1, images: [{from: a/b, to: c/d}]", "no image is “a/b”"),
            ("type: helm.values.localization/v1alpha1, mappings: [{path: job, image: c/d}]", "describes no image"),
            ("type: manifest.image.localization/v1alpha1, images: [{from: a/b, to: c/d}]", "templates/app.yaml"),
            ("type: kustomize.image.localization/v1alpha1, images: [{from: a/b, to: c/d}]", "has no file"),
        ])
    func mistakes(operation: String, message: String) async throws {
        let archive = try await DemoArchive(connections)
        let text = DemoArchive.get("chart") + "- {id: it, data: \"${get.output.file}\", \(operation)}"
        let reports = try await archive.run(text).reports
        let fault = try #require(failure(reports))
        #expect(fault.message.contains("operation it: ") && fault.message.contains(message), "\(fault.message)")
    }

    @Test("resources are left out by expression, and signatures with them")
    func resources() async throws {
        func run(_ expression: String) async throws -> [OperationReport] {
            try await DemoArchive(connections).run(
                """
                transformations:
                - id: it
                  type: filter.resources/v1alpha1
                  expression: "\(expression)"
                  componentDescriptor:
                    meta: {schemaVersion: v2}
                    component:
                      name: acme.org/demo
                      version: 1.0.0
                      provider: acme.org
                      repositoryContexts: []
                      sources: []
                      componentReferences: []
                      resources:
                      - {name: first, version: 1.0.0, type: ociImage, relation: local, access: {type: ociArtifact, imageReference: "ghcr.io/x/a:1"}}
                      - {name: second, version: 1.0.0, type: helmChart, relation: local, extraIdentity: {os: linux}, labels: [{name: internal, value: {team: x}}], access: {type: ociArtifact, imageReference: "ghcr.io/x/b:1"}}
                    signatures:
                    - {name: s, digest: {hashAlgorithm: SHA-256, normalisationAlgorithm: jsonNormalisation/v4alpha1, value: aa}, signature: {algorithm: RSASSA-PSS, value: aa, mediaType: application/x}}
                """
            ).reports
        }
        func names(_ expression: String) async throws -> [String?] {
            let outputs = try outputs(try await run(expression))
            let kept = outputs["descriptor"]?["component"]?["resources"]?.array ?? []
            let isWhole = kept.count == 2
            #expect((outputs["descriptor"]?["signatures"]?.array?.count ?? 0) == (isWhole ? 1 : 0))
            #expect(outputs["removed"]?.array?.count == 2 - kept.count)
            return kept.map { $0["name"]?.string }
        }
        #expect(try await names("resource.type == 'ociImage'") == ["first"])
        #expect(try await names("resource.labels.exists(l, l.name == 'internal')") == ["second"])
        #expect(try await names("'os' in resource.extraIdentity && resource.extraIdentity.os == 'linux'") == ["second"])
        #expect(
            try await names("resource.access.imageReference.parseRef().registry == 'ghcr.io'") == ["first", "second"])
        #expect(try await names("false") == [])
        let mistakes = [
            ("resource.typ == 'x'", "expression:1:9"), ("resource.name ==", "expression:1:"),
            ("resource.name", "gives a string"),
            ("resource.access.nothing == 'x'", "the resource"), ("nothing", "expression:1:1"),
        ]
        for (expression, message) in mistakes {
            let fault = try #require(failure(try await run(expression)))
            #expect(fault.message.contains(message), "\(fault.message)")
        }
        let hostile = "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, "
        let depth = 7
        let loops = (0..<depth).map { hostile.replacing("a,", with: "a\($0),").replacing("b,", with: "b\($0),") }
            .joined()
        let fault = failure(try await run(loops + "true" + String(repeating: "))", count: depth)))
        #expect(fault?.code == .limitExceeded, "\(fault!)")
    }

    @Test("platforms are left out of an index, each that is named has to be there")
    func platforms() async throws {
        let archive = try await DemoArchive(connections)
        func run(_ list: String, _ resource: String = "image") async throws -> (
            reports: [OperationReport], context: OperationContext
        ) {
            try await archive.run(
                DemoArchive.get(resource)
                    + "- {id: it, type: filter.platforms/v1alpha1, data: \"${get.output.file}\", platforms: \(list)}")
        }
        let (reports, context) = try await run("[linux/arm64]")
        guard case .artifact(let artifact) = try context.content(of: outputs(reports)["data"]) else {
            Issue.record("an index became something else")
            return
        }
        let bytes = try await artifact.store.manifest(artifact.root.digest, in: artifact.repository).bytes
        let manifests = try JSON(parsing: bytes, source: "it")["manifests"]?.array ?? []
        #expect(manifests.map { $0["platform"]?["architecture"] } == ["arm64"])
        #expect(Digest(of: bytes) == artifact.root.digest)
        try await artifact.copy(to: MemoryStore(name: "t"), repository: "r", tag: nil, observer: PlacementObserver())
        #expect(failure(try await run("[linux/arm64, linux/s390x]").reports)?.message.contains("linux/s390x") == true)
        #expect(failure(try await run("[]").reports) != nil)
        #expect(failure(try await run("[linux/amd64]", "files").reports)?.message.contains("not an index") == true)
        #expect(failure(try await run("[linux/amd64]", "values").reports)?.code == .unsupported)
    }

    @Test("layers are left out of manifest, diff_ids and history alike")
    func layers() async throws {
        let archive = try await DemoArchive(connections)
        func run(_ expression: String, _ resource: String = "files") async throws -> (
            reports: [OperationReport], context: OperationContext
        ) {
            try await archive.run(
                DemoArchive.get(resource)
                    + "- {id: it, type: filter.layers/v1alpha1, data: \"${get.output.file}\", expression: \"\(expression)\"}"
            )
        }
        let (reports, context) = try await run("!layer.annotations['org.opencontainers.image.title'].contains('.src')")
        let outputs = try outputs(reports)
        guard case .artifact(let artifact) = try context.content(of: outputs["data"]) else {
            Issue.record("an image became something else")
            return
        }
        #expect(outputs["removed"]?.array?.count == 1)
        let manifest = try await OCIManifest(
            parsing: artifact.store.manifest(artifact.root.digest, in: artifact.repository).bytes, mediaType: nil,
            source: "it")
        #expect(manifest.layers.map { $0.annotations["org.opencontainers.image.title"] } == ["a.tar", "c.tar"])
        let target = MemoryStore(name: "t")
        try await artifact.copy(to: target, repository: "r", tag: nil, observer: PlacementObserver())
        let config = try await JSON(
            parsing: target.openBlob(#require(manifest.config).digest, size: nil, in: "r").collect(limit: 1 << 20),
            source: "it")
        #expect(config["rootfs"]?["diff_ids"] == ["sha256:0", "sha256:2"])
        #expect(config["history"]?.array?.map { $0["created_by"] } == ["a", "env", "c"])
        #expect(config["os"] == "linux")

        guard
            case .artifact(let same) = try await run("layer.index < 10 && layer.size > 0").context.content(of: [
                "uri": "content:1"
            ])
        else { return }
        #expect(same.root.digest != artifact.root.digest)
        #expect(failure(try await run("false").reports)?.message.contains("keeps no layer") == true)
        #expect(failure(try await run("true", "image").reports)?.message.contains("index of images") == true)
        #expect(failure(try await run("layer.sise > 1").reports)?.message.contains("expression:1:6") == true)
    }

    @Test("the example of each kind runs", arguments: (Operation.localization + Operation.filters).map(\.type.name))
    func examples(name: String) async throws {
        let type = try #require(Operation.builtIn.first { $0.type.name == name }?.type)
        let text = type.example
        #expect(text.contains("type: \(name)") && !type.summary.isEmpty)
        let reports = try await DemoArchive(connections).run("transformations:\n" + text).reports
        #expect(reports.count == 2 && reports.allSatisfy { $0.outcome.isFinished }, "\(reports)")
    }

    @Test("the examples of the guide run")
    func guide() async throws {
        let path = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let guide = String(
            decoding: try FileSystem.read("/\(path)/docs/localization.md", limit: 1 << 20), as: UTF8.self)
        let blocks = guide.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        #expect(blocks.count == 5)
        for block in blocks {
            let reports = try await DemoArchive(connections).run(String(block)).reports
            #expect(reports.allSatisfy { $0.outcome.isFinished }, "\(reports)")
        }
    }
}
