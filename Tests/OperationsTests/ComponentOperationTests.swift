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

@Suite("Operations on whole component versions") struct ComponentOperationTests {
    private let text = Array("some text\n".utf8)
    private static let read = """
        - type: downloader.component.ctf/v1alpha1
          id: read
          name: acme.org/demo
          version: 1.0.0
          filePath: @/source

        """

    private func bench(signedWith key: PrivateKey? = nil) async throws -> (SpecificationBench, ComponentDescriptor) {
        let bench = try SpecificationBench()
        let descriptor = try await bench.write(
            to: RepositoryLocator(bench.path("source")),
            blobs: ["docs": BlobContent(mediaType: "text/plain", bytes: text)], signedWith: key)
        return (bench, descriptor)
    }

    @Test(
        "a version is written with its contents, however it is given",
        arguments: [
            "data: ${read.outputs.data}", "componentDescriptor: ${read.outputs.descriptor}",
            "componentDescriptor: ${read.descriptor}\n  data: ${read.data}",
        ])
    func archive(_ given: String) async throws {
        let (bench, descriptor) = try await bench(signedWith: PrivateKey.generate(.ed25519))
        let outcome = try await bench.run(
            Self.read + "- type: uploader.component.ctf/v1alpha1\n  id: write\n  filePath: @/target\n  \(given)")
        #expect(outcome.isFinished, "\(outcome)")
        let target = try RepositoryLocator(bench.path("target"))
        #expect(try await bench.bytes("docs", in: target) == text)
        let (version, _) = try await bench.read(target)
        #expect(version.descriptor.json == descriptor.json)
        #expect(outcome["write"]?["digest"]?.string == version.storedDigest?.description)
    }

    @Test(
        "a version goes to a registry and back",
        .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
    func registry() async throws {
        let (bench, descriptor) = try await bench()
        let server = try await RegistryServer()
        let outcome = try await bench.run(
            Self.read + """
                - type: uploader.component.oci/v1alpha1
                  id: write
                  baseUrl: \(server.host)
                  subPath: ocm
                  data: ${read.outputs.data}
                - type: downloader.component.oci/v1alpha1
                  id: again
                  name: ${write.outputs.descriptor.component.name}
                  version: 1.0.0
                  repository: {type: OCIRepository/v1, baseUrl: "\(server.url)", subPath: ocm}
                - type: uploader.component.ctf/v1alpha1
                  filePath: @/target
                  data: ${again.outputs.data}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        let target = try RepositoryLocator(bench.path("target"))
        #expect(try await bench.bytes("docs", in: target) == text)
        #expect(try await bench.read(target).version.descriptor.json == descriptor.json)
        withExtendedLifetime(server) {}
    }

    @Test(
        "what cannot be written is refused, and nothing is visible",
        arguments: [
            ("filePath: @/target", "neither 'data' nor 'componentDescriptor' is given"),
            ("data: ${read.outputs.data}", "no repository is named"),
            (
                "filePath: @/target\n  repository: {type: CTF, filePath: x}\n  data: ${read.outputs.data}",
                "the repository is named twice"
            ),
            (
                "filePath: @/target\n  data: {type: ComponentVersion/v1alpha1, component: a.org/x, version: 1.0.0}",
                "which no operation before this one read"
            ),
            ("filePath: @/target\n  data: {type: File/v1alpha1, uri: \"file:///etc/passwd\"}", "no component version"),
            ("filePath: @/target\n  data: ${read.outputs.data}\n  signatures: forge", "is keep or drop"),
        ])
    func refused(_ properties: String, _ message: String) async throws {
        let (bench, _) = try await bench()
        let outcome = try await bench.run(
            Self.read + "- type: uploader.component.ctf/v1alpha1\n  id: write\n  \(properties)")
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome)")
        #expect(try await !bench.has(RepositoryLocator(bench.path("target"))))
    }

    @Test(
        "a signature that no longer holds is an error, and is left out when that is asked for",
        arguments: [true, false])
    func signatures(_ drops: Bool) async throws {
        var (bench, _) = try await bench(signedWith: PrivateKey.generate(.ed25519))
        bench.others = [SpecificationBench.replacement(Array("other text\n".utf8), mediaType: "text/plain")]
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.localblob.ctf/v1alpha1, id: docs, componentDescriptor: "${read.descriptor}", resource: {name: docs}}
                - {type: test.replace/v1, id: other, data: "${docs.data}"}
                - {type: uploader.localblob.ctf/v1alpha1, id: store, filePath: @/target, componentDescriptor: "${read.descriptor}"}
                - type: uploader.component.ctf/v1alpha1
                  id: write
                  filePath: @/target
                  data: ${read.outputs.data}
                  \(drops ? "signatures: drop" : "")
                """)
        let target = try RepositoryLocator(bench.path("target"))
        guard drops else {
            #expect(outcome.failure?.code == .unverified, "\(outcome)")
            #expect(try await !bench.has(target))
            return
        }
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await bench.read(target).version.descriptor.signatures.isEmpty)
        #expect(try await bench.bytes("docs", in: target) == Array("other text\n".utf8))
    }

    @Test("a content that is not what its digest says stops everything, and nothing is visible")
    func mismatch() async throws {
        let (bench, descriptor) = try await bench()
        var forged = descriptor
        forged.resources[0].digest = DigestSpecification(blob: Digest(of: Array("else".utf8)))
        try await bench.replace(forged, in: RepositoryLocator(bench.path("source")))
        let outcome = try await bench.run(
            Self.read + "- {type: uploader.component.ctf/v1alpha1, filePath: @/target, data: \"${read.data}\"}")
        #expect(outcome.failure?.code == .mismatch, "\(outcome)")
        #expect(try await !bench.has(RepositoryLocator(bench.path("target"))))
    }

    @Test("a path into constants that is misspelt is found before anything runs")
    func constants() async throws {
        let (bench, _) = try await bench()
        let specification = """
            - {type: attributes.transformation/v1alpha1, id: constants, attributes: {targetFilePath: @/target, size: 3}}
            \(Self.read)
            - {type: uploader.component.ctf/v1alpha1, filePath: "${constants.spec.attributes.PATH}", data: "${read.data}"}
            """
        let outcome = try await bench.run(specification.replacing("PATH", with: "targetFilePath"))
        #expect(outcome.isFinished, "\(outcome)")
        #expect(try await bench.has(RepositoryLocator(bench.path("target"))))
        for (path, message) in [("targetPath", "targetPath"), ("size", "int")] {
            let fault = await #expect(throws: Fault.self) {
                try await bench.run(specification.replacing("PATH", with: path))
            }
            #expect(fault?.message.contains(message) == true, "\(String(describing: fault))")
        }
    }

    @Test("local contents that an earlier run placed are found again, and missing ones are named")
    func earlierRun() async throws {
        let (bench, descriptor) = try await bench()
        let target = try RepositoryLocator(bench.path("target"))
        let write = """
            - type: CTFGetComponentVersion/v1alpha1
              id: read
              spec: {repository: {type: CommonTransportFormat/v1, filePath: @/source}, component: acme.org/demo, version: 1.0.0}
            - type: CTFAddComponentVersion/v1alpha1
              spec: {repository: {type: CommonTransportFormat/v1, filePath: @/target}, descriptor: "${read.output.descriptor}"}
            """
        let missing = try await bench.run(write)
        #expect(missing.failure?.code == .notFound, "\(missing)")
        #expect(missing.failure?.message.contains("the resource name=docs,version=1.0.0") == true)
        try await bench.place(BlobContent(mediaType: "text/plain", bytes: text), of: descriptor.identity, in: target)
        let first = try await bench.run(write)
        #expect(first.isFinished, "\(first)")
        #expect(try await bench.bytes("docs", in: target) == text)
        let second = try await bench.run(write)
        #expect(second.isFinished, "\(second)")
    }
}
