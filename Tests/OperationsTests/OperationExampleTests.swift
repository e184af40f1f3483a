// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Operations
import Orchestration
import Testing

@Suite("Examples of operations") struct OperationExampleTests {
    @Test("each kind of operation has an example that makes a graph", arguments: Operation.builtIn.map(\.type.name))
    func example(_ name: String) throws {
        let types = Operation.builtIn.map(\.type)
        let type = try #require(types.first { $0.name == name })
        #expect(type.example.contains(name) || type.aliases.contains { type.example.contains($0) })
        let text = type.example.hasPrefix("- ") ? "transformations:\n\(type.example)" : type.example
        let document = try YAML.document(Array(text.utf8), source: "example of \(name)")
        let graph = try OrchestrationGraph(OrchestrationSpecification(document), types: types)
        #expect(graph.nodes.contains { $0.type.name == name })
    }

    @Test("names and aliases are there once, and each has a version")
    func names() {
        let names = Operation.builtIn.flatMap { [$0.type.name] + $0.type.aliases }
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.contains("/v1") })
    }
}
