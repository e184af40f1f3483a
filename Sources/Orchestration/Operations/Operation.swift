// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// A kind of operation and what it does.
public struct Operation: Sendable {
    /// Its name and schemas.
    public let type: OperationType
    /// Does it: from properties that fit its schema to outputs that fit theirs.
    public let perform: @Sendable (JSON, OperationContext) async throws -> JSON

    /// Describes a kind of operation.
    public init(_ type: OperationType, perform: @escaping @Sendable (JSON, OperationContext) async throws -> JSON) {
        (self.type, self.perform) = (type, perform)
    }
}

extension GraphExecutor {
    /// An executor that does what the operations' kinds say.
    ///
    /// - Parameter operations: all kinds that the graph was made with.
    public init(
        _ graph: OrchestrationGraph, _ settings: ExecutionSettings = ExecutionSettings(), operations: [Operation],
        context: OperationContext
    ) {
        let byName = Dictionary(operations.map { ($0.type.name, $0) }) { $1 }
        let predecessors = Predecessors(graph)
        context.share(graph)
        var settings = settings
        settings.weigh = { context.weight(of: $0) }
        self.init(graph, settings) { node, properties in
            if node.type.name == OperationType.arrival.name { return [:] }
            guard let operation = byName[node.type.name] else {
                throw Fault(.internal, "the operation '\(node.type.name)' was checked and is not there")
            }
            return try await operation.perform(properties, context.of(node.operation.id) { predecessors.of(node) })
        }
    }
}

/// Finds what operations waited for.
private struct Predecessors: Sendable {
    private let dependencies: [String: [String]]
    private let places: [String: Int]

    init(_ graph: OrchestrationGraph) {
        dependencies = Dictionary(graph.nodes.map { ($0.operation.id, $0.dependencies) }) { first, _ in first }
        places = Dictionary(graph.nodes.map { ($0.operation.id, $0.operation.index) }) { first, _ in first }
    }

    /// All operations that one waited for, directly or not, in the order of the document.
    func of(_ node: OrchestrationGraph.Node) -> [String] {
        var found: Set<String> = [], open = node.dependencies
        while let id = open.popLast() {
            if found.insert(id).inserted { open += dependencies[id] ?? [] }
        }
        return found.sorted { places[$0, default: 0] < places[$1, default: 0] }
    }
}

extension OrchestrationSpecification.Operation {
    /// How many operations stand before it in the document.
    fileprivate var index: Int { pointer.parts.last.flatMap { Int($0) } ?? 0 }
}
