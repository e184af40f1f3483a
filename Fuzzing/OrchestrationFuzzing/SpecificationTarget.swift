// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Operations
internal import Orchestration

/// Reads specifications of the fuzzer in all three forms and makes graphs of them.
///
/// What has to hold, beyond not crashing and not running on: what is refused is told; what is read says the same in
/// each of the other forms that can say it; in a graph each operation stands behind all that it waits for.
enum SpecificationTarget {
    private static let types = Operation.builtIn.map(\.type)

    static func run(_ bytes: [UInt8]) {
        guard bytes.count < 16_384 else { return }
        var limits = DocumentLimits()
        (limits.depth, limits.nodes) = (40, 2000)
        do throws(Fault) {
            let document = try YAML.document(bytes, source: "it", limits: limits)
            let specification = try OrchestrationSpecification(reading: document, types: types)
            rewrite(specification)
            for together in [false, true] {
                check(try OrchestrationGraph(specification, types: types, together: together), specification)
            }
        } catch {
            precondition(!error.message.isEmpty && error.code != .internal, error.message)
        }
    }

    private static func check(_ graph: OrchestrationGraph, _ specification: OrchestrationSpecification) {
        precondition(
            graph.nodes.map(\.operation.id).sorted() == specification.operations.map(\.id).sorted(),
            "operations are lost or made")
        var seen: Set<String> = []
        for node in graph.nodes {
            precondition(seen.isSuperset(of: node.dependencies), "an operation stands before what it waits for")
            seen.insert(node.operation.id)
        }
        precondition(graph.explanations(in: specification).allSatisfy { !$0.goals.isEmpty })
    }

    /// Writes the operations in the form of the OCM command line, and beside their types where that is possible.
    private static func rewrite(_ specification: OrchestrationSpecification) {
        var graphForm: [JSON] = [], plainForm: [JSON] = []
        for operation in specification.operations {
            let head: JSON = ["type": .string(operation.type), "id": .string(operation.id)]
            var (graph, plain) = (head, head)
            graph["spec"] = operation.properties
            for (name, value) in operation.properties.object ?? [:] { plain[name] = value }
            graphForm.append(graph)
            plainForm.append(plain)
        }
        compare(["environment": specification.environment, "transformations": .array(graphForm)], specification)
        let reserved = ["type", "id", "output", "spec"]
        guard !specification.operations.contains(where: { item in reserved.contains { item.properties[$0] != nil } })
        else { return }
        compare(
            [
                "type": "transformation.ocm.component/v1alpha1", "environment": specification.environment,
                "transformations": .array(plainForm),
            ], specification)
    }

    private static func compare(_ document: JSON, _ specification: OrchestrationSpecification) {
        guard let again = try? OrchestrationSpecification(LocatedDocument(document, source: "it")) else {
            preconditionFailure("what was read cannot be read again")
        }
        precondition(again.environment == specification.environment)
        precondition(
            again.operations.map { [.string($0.id), .string($0.type), $0.properties] as [JSON] }
                == specification.operations.map { [.string($0.id), .string($0.type), $0.properties] },
            "another form says something else")
    }
}
