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
        return try GraphExplainer(self, specification).explanation(of: node)
    }

    /// Explains all operations, in their order.
    ///
    /// - Throws: nothing of a graph that was made.
    public func explanations(in specification: OrchestrationSpecification) throws(Fault) -> [GraphExplanation] {
        let explainer = try GraphExplainer(self, specification)
        return nodes.map(explainer.explanation)
    }
}

/// Knows who waits for whom in a graph, and why.
private struct GraphExplainer {
    private let nodes: [OrchestrationGraph.Node]
    private let document: LocatedDocument
    private let places: [String: Int]
    /// Who waits for a node, in the order of the graph.
    private var readers: [[Int]]
    /// For each node what its properties read, by the operation that is read.
    private var readings: [[String: [String]]] = []

    init(_ graph: OrchestrationGraph, _ specification: OrchestrationSpecification) throws(Fault) {
        (nodes, document) = (graph.nodes, specification.document)
        places = Dictionary(nodes.enumerated().map { ($1.operation.id, $0) }) { first, _ in first }
        readers = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for id in node.dependencies { places[id].map { readers[$0].append(index) } }
            readings.append(try Self.readings(of: node))
        }
    }

    func explanation(of node: OrchestrationGraph.Node) -> GraphExplanation {
        let id = node.operation.id, waiting = readers[places[id]!]
        return GraphExplanation(
            node: node, place: document.place(of: node.operation.pointer),
            waitsFor: node.dependencies.compactMap { other in
                places[other].map { GraphExplanation.Edge(id: other, reasons: reasons(places[id]!, waitsFor: $0)) }
            },
            neededBy: waiting.map { reader in
                GraphExplanation.Edge(
                    id: nodes[reader].operation.id, reasons: reasons(reader, waitsFor: places[id]!))
            }, goals: goals(of: places[id]!))
    }

    /// Half sentences by the operation that is read: `its spec.file reads get.outputs.file`.
    private static func readings(of node: OrchestrationGraph.Node) throws(Fault) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for leaf in try node.properties().leaves {
            let property = leaf.pointer.parts.joined(separator: ".")
            for (id, paths) in Dictionary(grouping: leaf.references, by: \.variable) {
                let read = paths.map(\.description).sorted().joined(separator: ", ")
                found[id, default: []].append("its \(property) reads \(read)")
            }
        }
        return found
    }

    /// Which properties of one read the other; else the rule that lets it wait.
    private func reasons(_ reader: Int, waitsFor other: Int) -> [String] {
        if let reading = readings[reader][nodes[other].operation.id] { return reading }
        if nodes[other].type.name == OperationType.arrival.name {
            return ["nothing becomes visible in a repository before all its contents are there"]
        }
        if nodes[reader].type.name == OperationType.arrival.name {
            return ["it is one of the contents for this repository"]
        }
        return ["it writes the descriptor that is to name where that content is"]
    }

    private func goals(of node: Int) -> [String] {
        var reached: Set<Int> = [node], open = [node], ends: [Int] = []
        while let index = open.popLast() {
            if readers[index].isEmpty { ends.append(index) }
            for reader in readers[index] where reached.insert(reader).inserted { open.append(reader) }
        }
        return ends.sorted().map { nodes[$0].operation.id }
    }
}
