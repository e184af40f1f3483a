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

@Suite("Specifications that map components") struct MappingSpecificationTests {
    private static let types = Operation.builtIn.map(\.type)

    private static func mapping(_ body: String) throws -> OrchestrationSpecification {
        let lines = body.split(separator: "\n").map { "  \($0)\n" }.joined()
        let text = "metadata: {version: v1alpha1}\nspec:\n  mappings:\n\(lines)"
        return try OrchestrationSpecification(
            reading: YAML.document(Array(text.utf8), source: "map.yaml"), types: types)
    }

    private static let begin = """
        - component: {name: acme.org/demo, version: 1.0.0}
          source: {type: CommonTransportFormat, filePath: a}

        """

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("- target: {type: CTF, filePath: b}", "map.yaml:4:5: a mapping needs 'component'"),
            ("- component: {name: a.org/b, version: 1.0.0}", "map.yaml:4:5: a mapping needs a 'source'"),
            (begin, "map.yaml:4:5: a mapping needs a 'target' or 'targets'"),
            (begin + "  target: {type: Tape}", "map.yaml:6:5: the target is neither a registry nor an archive"),
            (
                begin + "  target: {type: CTF, filePath: b}\n  resources: [{transformations: []}]",
                "map.yaml:7:17: it needs 'resource' with its name"
            ),
            (
                begin + "  target: {type: CTF, filePath: b}\n  resources:\n  - resource: {name: a}\n"
                    + "    transformations:\n    - {imageReference: a/b:c}",
                "map.yaml:10:9: the transformation has no 'type'"
            ),
        ])
    func faults(body: String, says: String) {
        let fault = #expect(throws: Fault.self) { try Self.mapping(body) }
        #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "")")
    }

    @Test("an unknown transformation is told where it stands")
    func unknownTransformation() throws {
        let specification = try Self.mapping(
            """
                - component: {name: acme.org/demo, version: 1.0.0}
                  source: {type: CTF, filePath: a}
                  target: {type: CTF, filePath: b}
                  resources:
                  - resource: {name: image}
                    transformations:
                    - type: uploader.oc/v1alpha1
                      imageReference: a/b:c
            """)
        let fault = #expect(throws: Fault.self) { try OrchestrationGraph(specification, types: Self.types) }
        #expect(fault?.message.contains("there is no operation 'uploader.oc/v1alpha1'") == true)
    }

    @Test(
        "several components go from several sources to several targets, their resources through pipelines",
        .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
    func carried() async throws {
        let bench = try SpecificationBench(), server = try await RegistryServer()
        let chart = try await SpecificationBench.chart(values: "image:\n  repository: old.example/podinfo\n")
        try await bench.write(
            to: RepositoryLocator(bench.path("one")),
            blobs: [
                "chart": BlobContent(mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", bytes: chart),
                "notes": BlobContent(mediaType: "text/plain", bytes: Array("notes".utf8)),
            ])
        let image = try await SpecificationBench.image([["a.txt": "a"]])
        try await bench.push(image, to: "\(server.host)/source/image:1")
        try await bench.write(
            "acme.org/other:2.0.0", to: RepositoryLocator(bench.path("two")),
            resources: [
                SpecificationBench.artifact(
                    "image", at: "\(server.host)/source/image:1",
                    digest: DigestSpecification(artifact: image.root.digest))
            ])
        let outcome = try await bench.run(
            """
            metadata: {version: v1alpha1}
            spec:
              mappings:
              - component: {name: acme.org/demo, version: 1.0.0}
                source: {type: CommonTransportFormat, filePath: "@/one"}
                targets:
                - {type: OCIRegistry, baseUrl: "\(server.host)", subPath: ocm}
                - {type: CommonTransportFormat, filePath: "@/copy"}
                resources:
                - resource: {name: chart}
                  transformations:
                  - type: yaml.engine.localization/v1
                    file: "*/values.yaml"
                    mappings: [{path: image.repository, value: new.example/podinfo}]
                  - type: ConvertHelmToOCI/v1alpha1
                    resource: {name: chart, version: 1.0.0, type: helmChart, relation: local}
                    chartFile: ${mapping1Resource1Step1.outputs.data}
                  - type: uploader.oci/v1alpha1
                    imageReference: \(server.host)/charts/podinfo:6.7.1
                    data: ${mapping1Resource1Step2.output.file}
              - component: {name: acme.org/other, version: 2.0.0}
                source: {type: CommonTransportFormat, filePath: "@/two"}
                target: {type: CommonTransportFormat, filePath: "@/copy"}
                resources:
                - resource: {name: image}
                  transformations:
                  - type: uploader.oci/v1alpha1
                    imageReference: \(server.host)/images/other:2
            """)
        #expect(outcome.isFinished, "\(outcome)")
        let copy = try RepositoryLocator(bench.path("copy"))
        for place in [copy, try RepositoryLocator("\(server.host)/ocm")] {
            let (version, _) = try await bench.read(place)
            let access = try #require(version.descriptor.resources.first { $0.name == "chart" }?.access)
            #expect(access.json["imageReference"]?.string?.hasPrefix("\(server.host)/charts/podinfo:6.7.1@") == true)
            #expect(try await bench.bytes("notes", in: place) == Array("notes".utf8))
        }
        let placed = try await bench.artifact("\(server.host)/charts/podinfo:6.7.1")
        #expect(
            try await SpecificationBench.files(in: placed)["podinfo/values.yaml"]
                == "image:\n  repository: new.example/podinfo\n")
        let (other, _) = try await bench.read(copy, "acme.org/other:2.0.0")
        #expect(
            other.descriptor.resources[0].access?.json["imageReference"]?.string
                == "\(server.host)/images/other:2@\(image.root.digest)")
    }
}
