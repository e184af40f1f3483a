// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
internal import Documents

/// Why an operation is in a graph: what it waits for, who waits for it, and what it is good for in the end.
public struct GraphExplanation: Sendable {
    /// An edge of the graph.
    public struct Edge: Sendable {
        /// The operation at the other end.
        public let id: String
        /// Why the one waits for the other, each reason a half sentence.
        public let reasons: [String]
    }

    /// The operation.
    public let node: OrchestrationGraph.Node
    /// Where it stands in its document.
    public let place: String
    /// What it waits for.
    public let waitsFor: [Edge]
    /// What waits for it.
    public let neededBy: [Edge]
    /// The operations at the end of all paths from here, in the order of the graph; itself when nothing waits for it.
    public let goals: [String]
}

extension OrchestrationGraph {
    /// Explains an operation.
    ///
    /// - Throws: `notFound` with the nearest id when there is none of that name.
    public func explain(_ id: String, in specification: OrchestrationSpecification) throws(Fault) -> GraphExplanation {
        guard let node = nodes.first(where: { $0.operation.id == id }) else {
            let near = Spelling.nearest(to: id, among: nodes.map(\.operation.id))
            throw Fault(
                .notFound, "there is no operation '\(id)'",
                fix: near.map { "did you mean '\($0)'?" } ?? "leave the name out to see all")
        }
        return explanation(of: node, specification)
    }

    /// Explains all operations, in their order.
    public func explanations(in specification: OrchestrationSpecification) -> [GraphExplanation] {
        nodes.map { explanation(of: $0, specification) }
    }

    private func explanation(of node: Node, _ specification: OrchestrationSpecification) -> GraphExplanation {
        let id = node.operation.id
        let readers = nodes.filter { $0.dependencies.contains(id) }
        return GraphExplanation(
            node: node, place: specification.document.place(of: node.operation.pointer),
            waitsFor: node.dependencies.map { GraphExplanation.Edge(id: $0, reasons: reasons(node, waitsFor: $0)) },
            neededBy: readers.map { reader in
                GraphExplanation.Edge(id: reader.operation.id, reasons: reasons(reader, waitsFor: id))
            }, goals: goals(of: node))
    }

    /// Which of its properties read the other; else the rule that lets it wait.
    private func reasons(_ node: Node, waitsFor id: String) -> [String] {
        let reading = node.properties.leaves.compactMap { leaf -> String? in
            let paths = leaf.references.filter { $0.variable == id }.map(\.description).sorted()
            guard !paths.isEmpty else { return nil }
            let property = leaf.pointer.parts.joined(separator: ".")
            return "its \(property) reads \(paths.joined(separator: ", "))"
        }
        guard reading.isEmpty else { return reading }
        if nodes.first(where: { $0.operation.id == id })?.type.name == OperationType.arrival.name {
            return ["nothing becomes visible in a repository before all its contents are there"]
        }
        if node.type.name == OperationType.arrival.name { return ["it is one of the contents for this repository"] }
        return ["it writes the descriptor that is to name where that content is"]
    }

    private func goals(of node: Node) -> [String] {
        var reached: Set<String> = [node.operation.id], ends: Set<String> = []
        // The order of the graph has readers behind what they read.
        for other in nodes where reached.contains(other.operation.id) || !reached.isDisjoint(with: other.dependencies) {
            reached.insert(other.operation.id)
        }
        let read = Set(nodes.filter { reached.contains($0.operation.id) }.flatMap(\.dependencies))
        ends = reached.subtracting(read)
        return nodes.map(\.operation.id).filter(ends.contains)
    }
}
