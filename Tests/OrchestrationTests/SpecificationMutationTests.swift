// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Operations
import Orchestration
import TestInputs
import Testing

@Suite("Damaged specifications") struct SpecificationMutationTests {
    private static let types = Operation.builtIn.map(\.type)
    /// One of each form.
    private static let samples = [
        """
        type: transformation.ocm.component/v1alpha1
        transformations:
        - {type: downloader.component.ctf/v1alpha1, id: app, name: acme.org/app, version: 1.0.0, filePath: ./archive}
        - type: downloader.resource.oci/v1alpha1
          id: image
          componentDescriptor: ${app.outputs.descriptor}
          resource: {name: image}
        - {type: uploader.resource.oci/v1alpha1, imageReference: "r.example/app:1.0.0", data: "${image.outputs.data}"}
        """,
        """
        environment: {path: ./target}
        transformations:
        - {type: attributes.transformation/v1alpha1, id: a, spec: {attributes: {path: "${environment.path}"}}}
        - {type: attributes.transformation/v1alpha1, id: b, spec: {attributes: ["${a.spec.attributes.path}", 1]}}
        """,
        """
        metadata: {version: v1alpha1}
        spec:
          mappings:
          - component: {name: acme.org/app, version: 1.0.0}
            source: {type: CTF, filePath: ./archive}
            targets: [{type: OCI, baseUrl: r.example, subPath: ocm}, {type: CTF, filePath: ./b}]
            resources:
            - resource: {name: image}
              transformations: [{type: uploader.oci/v1alpha1, imageReference: "r.example/app:1.0.0"}]
        """,
    ].map { Array($0.utf8) }

    @Test(
        "are refused with a reason, or make graphs in which everything stands behind what it waits for",
        arguments: [3, 1415] as [UInt64])
    func damaged(seed: UInt64) throws {
        var mutator = ByteMutator(
            samples: Self.samples,
            tokens: ["${", "}", "id: a", "type: ", "spec: ", ".outputs.", "- ", "\n", "null", "*x", "&x ", "1e999"],
            seed: seed)
        var made = 0
        for round in 0..<400 {
            let bytes = mutator.next()
            do throws(Fault) {
                let specification = try OrchestrationSpecification(
                    reading: YAML.document(bytes, source: "it"), types: Self.types)
                let graph = try OrchestrationGraph(specification, types: Self.types)
                #expect(graph.nodes.count == specification.operations.count, "round \(round)")
                var seen: Set<String> = []
                for node in graph.nodes {
                    #expect(seen.isSuperset(of: node.dependencies), "round \(round)")
                    seen.insert(node.operation.id)
                }
                made += 1
            } catch {
                #expect(!error.message.isEmpty && error.code != .internal, "round \(round): \(error)")
            }
        }
        #expect(made > 20)
    }
}
