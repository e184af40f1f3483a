// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
public import Documents

/// Runs the operations of a graph, a bounded number at once, each as soon as what it reads is there.
///
/// A failure stops what waits for it and nothing else.
public struct GraphExecutor: Sendable {
    /// Does one operation with its properties filled in, and gives what it yields.
    public typealias Perform = @Sendable (OrchestrationGraph.Node, JSON) async throws -> JSON

    private let graph: OrchestrationGraph
    private let width: Int
    private let perform: Perform

    /// An executor.
    ///
    /// - Parameter width: how many operations run at once; at least one does.
    public init(_ graph: OrchestrationGraph, width: Int = 4, perform: @escaping Perform) {
        (self.graph, self.width, self.perform) = (graph, max(1, width), perform)
    }

    /// What became of an operation.
    public enum Outcome: Sendable {
        /// It ran with these properties and yielded these outputs.
        case finished(properties: JSON, outputs: JSON)
        /// It failed.
        case failed(Fault)
        /// It waited for an operation that did not finish.
        case skipped(waitingFor: String)
    }

    /// Runs all operations.
    ///
    /// - Returns: what became of each, in the order of the graph.
    /// - Throws: `CancellationError` when the task is cancelled; failures of operations are outcomes.
    public func run() async throws -> [OperationReport] {
        var run = GraphRun(graph)
        try await withThrowingTaskGroup(of: (String, Outcome).self) { group in
            var running = 0
            while true {
                while running < width, let node = run.next() {
                    let variables = run.variables
                    running += 1
                    group.addTask { (node.operation.id, try await outcome(of: node, variables)) }
                }
                guard running > 0, let (id, outcome) = try await group.next() else { return }
                running -= 1
                run.finish(id, outcome)
            }
        }
        return graph.nodes.compactMap { node in
            run.outcomes[node.operation.id].map { OperationReport(id: node.operation.id, outcome: $0) }
        }
    }

    private func outcome(of node: OrchestrationGraph.Node, _ variables: Variables) async throws -> Outcome {
        do {
            let properties = try Self.properties(of: node, variables)
            return .finished(properties: properties, outputs: try await perform(node, properties))
        } catch {
            guard !(error is CancellationError) else { throw error }
            return .failed(Fault(wrapping: error).during("operation \(node.operation.id)"))
        }
    }

    private static func properties(of node: OrchestrationGraph.Node, _ variables: Variables) throws(Fault) -> JSON {
        do throws(TemplateError) { return try node.properties.render(variables) } catch { throw error.fault }
    }
}

/// What became of one operation.
public struct OperationReport: Sendable {
    /// Which operation.
    public let id: String
    /// What became of it.
    public let outcome: GraphExecutor.Outcome
}

/// What is known while a graph runs.
private struct GraphRun {
    private var waiting: [OrchestrationGraph.Node]
    private(set) var outcomes: [String: GraphExecutor.Outcome] = [:]
    private(set) var variables: Variables

    init(_ graph: OrchestrationGraph) {
        waiting = graph.nodes
        variables = ["environment": Value(graph.environment)]
    }

    /// The first operation that waits for nothing any more. Those that wait for what will not come are skipped.
    mutating func next() -> OrchestrationGraph.Node? {
        var index = 0
        while index < waiting.count {
            let node = waiting[index]
            if let lost = node.dependencies.first(where: { outcomes[$0]?.isFinished == false }) {
                outcomes[node.operation.id] = .skipped(waitingFor: lost)
                waiting.remove(at: index)
                // What stands before may have waited for this.
                index = 0
            } else if node.dependencies.allSatisfy({ outcomes[$0] != nil }) {
                return waiting.remove(at: index)
            } else {
                index += 1
            }
        }
        return nil
    }

    /// Notes an outcome; what was yielded can be read by other operations.
    mutating func finish(_ id: String, _ outcome: GraphExecutor.Outcome) {
        outcomes[id] = outcome
        guard case .finished(let properties, let outputs) = outcome else { return }
        var members = outputs.object ?? [:]
        members["spec"] = properties
        members["outputs"] = outputs
        members["output"] = outputs
        variables[id] = Value(.object(members))
    }
}

extension GraphExecutor.Outcome {
    /// Whether it yielded something.
    public var isFinished: Bool { if case .finished = self { true } else { false } }
}
