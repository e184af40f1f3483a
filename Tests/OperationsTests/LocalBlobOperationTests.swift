// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Operations
import Orchestration
import Repositories
import TestServers
import Testing

@Suite("Operations on local blobs") struct LocalBlobOperationTests {
    private let text = Array("some text\n".utf8)
    private static let read = """
        - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: @/source}

        """

    private func bench() async throws -> (SpecificationBench, ComponentDescriptor) {
        var bench = try SpecificationBench()
        let descriptor = try await bench.write(
            to: RepositoryLocator(bench.path("source")),
            blobs: [
                "docs": BlobContent(mediaType: "text/plain", bytes: text),
                "more": BlobContent(mediaType: "text/plain", bytes: Array("more\n".utf8)),
            ])
        bench.others = [SpecificationBench.replacement(Array("other text\n".utf8), mediaType: "text/plain")]
        return (bench, descriptor)
    }

    @Test(
        "the component version is named in several ways",
        arguments: [
            "filePath: \"${read.spec.filePath}\"", "componentDescriptor: ${read.outputs.descriptor}",
            "filePath: @/source\n  name: acme.org/demo\n  version: 1.0.0",
            "repository: {type: CTF, filePath: @/source}\n  componentDescriptor: ${read.outputs.descriptor}",
        ])
    func named(_ owner: String) async throws {
        let (bench, descriptor) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - type: downloader.localblob.ctf/v1alpha1
                  id: docs
                  resource: {name: docs}
                  \(owner)
                """)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(outcome["docs"]?["resource"] == descriptor.resources.first { $0.name == "docs" }?.json)
        #expect(outcome["docs"]?["data"]?["digest"]?.string == Digest(of: text).description)
    }

    @Test(
        "what is not there, or not clear, is refused",
        arguments: [
            ("filePath: @/source", "docs", "none has the resource"),
            ("filePath: \"${read.spec.filePath}\"", "none", "none has the resource"),
            ("name: acme.org/demo", "docs", "'name' and 'version' belong together"),
            ("version: \"${read.spec.version}\"", "docs", "belong together"),
            ("componentDescriptor: ${read.descriptor}", "none", "0 resources of acme.org/demo:1.0.0 match"),
            ("filePath: @/source\n  name: acme.org/demo\n  version: 2.0.0", "docs", "acme.org/demo:2.0.0 is not in"),
        ])
    func refused(_ owner: String, _ resource: String, _ message: String) async throws {
        let (bench, _) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - type: downloader.localblob.ctf/v1alpha1
                  id: docs
                  resource: {name: \(resource)}
                  \(owner)
                """)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome)")
    }

    @Test(
        "a changed blob has a new digest in the version that is written, and one that is not changed its own",
        arguments: [true, false])
    func changed(_ changes: Bool) async throws {
        let (bench, descriptor) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.localblob.ctf/v1alpha1, id: docs, componentDescriptor: "${read.descriptor}", resource: {name: docs}}
                - {type: test.replace/v1, id: other, data: "${docs.data}"}
                - type: uploader.localblob.ctf/v1alpha1
                  id: store
                  filePath: @/target
                  componentDescriptor: ${read.descriptor}
                  data: ${\(changes ? "other" : "docs").data}
                  referenceName: docs/demo:1
                - {type: uploader.component.ctf/v1alpha1, filePath: @/target, componentDescriptor: "${store.descriptor}"}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        let target = try RepositoryLocator(bench.path("target"))
        let written = changes ? Array("other text\n".utf8) : text
        #expect(try await bench.bytes("docs", in: target) == written)
        #expect(try await bench.bytes("more", in: target) == Array("more\n".utf8))
        let resource = try #require(
            try await bench.read(target).version.descriptor.resources.first { $0.name == "docs" })
        #expect(resource.digest?.value == Digest(of: written).hex)
        #expect(resource.digest?.normalisationAlgorithm == "genericBlobDigest/v1")
        #expect(resource.access?.json["referenceName"] == "docs/demo:1")
        #expect(changes || resource.digest == descriptor.resources.first { $0.name == "docs" }?.digest)
    }

    @Test("a new place in one target is not named in another")
    func twoTargets() async throws {
        let (bench, _) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.localblob.ctf/v1alpha1, id: docs, componentDescriptor: "${read.descriptor}", resource: {name: docs}}
                - {type: test.replace/v1, id: other, data: "${docs.data}"}
                - {type: uploader.localblob.ctf/v1alpha1, id: store, filePath: @/first, componentDescriptor: "${read.descriptor}"}
                - {type: uploader.component.ctf/v1alpha1, filePath: @/first, data: "${read.data}"}
                - {type: uploader.component.ctf/v1alpha1, filePath: @/second, data: "${read.data}"}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await bench.bytes("docs", in: RepositoryLocator(bench.path("first"))) == Array("other text\n".utf8))
        #expect(try await bench.bytes("docs", in: RepositoryLocator(bench.path("second"))) == text)
    }

    @Test(
        "a stated digest must be that of the content, and nothing is visible when it is not", arguments: [true, false])
    func stated(_ isRight: Bool) async throws {
        let (bench, descriptor) = try await bench()
        let digest = isRight ? Digest(of: text) : Digest(of: Array("else".utf8))
        let outcome = try await bench.run(
            """
            - id: read
              type: CTFGetComponentVersion/v1alpha1
              spec: &from {repository: {type: CTF, filePath: @/source}, component: acme.org/demo, version: 1.0.0}
            - {id: get, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: docs}}}
            - id: add
              type: CTFAddLocalResource/v1alpha1
              spec:
                repository: {type: CTF, filePath: @/target}
                component: acme.org/demo
                version: 1.0.0
                file: ${get.output.file}
                resource:
                  name: docs
                  version: 1.0.0
                  type: blob
                  relation: local
                  access: {type: LocalBlob/v1, referenceName: "docs:1"}
                  digest: {hashAlgorithm: SHA-256, normalisationAlgorithm: genericBlobDigest/v1, value: \(digest.hex)}
            - id: write
              type: CTFAddComponentVersion/v1alpha1
              spec:
                repository: {type: CTF, filePath: @/target}
                descriptor:
                  meta: {schemaVersion: v2}
                  component:
                    name: acme.org/demo
                    version: 1.0.0
                    provider: acme.org
                    repositoryContexts: null
                    sources: null
                    componentReferences: null
                    resources: ["${add.output.resource}"]
            """)
        let target = try RepositoryLocator(bench.path("target"))
        #expect(outcome.isFinished == isRight, "\(outcome)")
        #expect(try await bench.has(target) == isRight)
        guard !isRight else { return }
        #expect(outcome.failure?.code == .mismatch)
        withExtendedLifetime(descriptor) {}
    }
}
