// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
public import Documents

/// Runs the operations of a graph, a bounded number at once, each as soon as what it reads is there.
///
/// Of the operations that could run, the one with the most work goes first, so that nothing large is left to the end.
/// A failure stops what waits for it and nothing else. What an operation yielded is let go when all that read it are
/// done.
public struct GraphExecutor: Sendable {
    /// Does one operation with its properties filled in, and gives what it yields.
    public typealias Perform = @Sendable (OrchestrationGraph.Node, JSON) async throws -> JSON

    private let graph: OrchestrationGraph
    private let settings: ExecutionSettings
    private let perform: Perform

    /// An executor.
    public init(
        _ graph: OrchestrationGraph, _ settings: ExecutionSettings = ExecutionSettings(), perform: @escaping Perform
    ) {
        (self.graph, self.settings, self.perform) = (graph, settings, perform)
    }

    /// What became of an operation.
    public enum Outcome: Sendable {
        /// It ran with these properties and yielded these outputs; both are null when reports shall not keep them.
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
        try Task.checkCancellation()
        var run = GraphRun(graph, settings)
        await withTaskGroup(of: (Int, Outcome).self) { group in
            var running = 0
            while true {
                while running < settings.width, let index = run.next() {
                    let (node, variables) = (graph.nodes[index], run.variables(for: index))
                    running += 1
                    // A task of its own, so that it can be ended when its group is given up.
                    let task = Task { await outcome(of: node, variables) }
                    run.begin(index, task)
                    group.addTask {
                        await withTaskCancellationHandler {
                            (index, await task.value)
                        } onCancel: {
                            task.cancel()
                        }
                    }
                }
                guard running > 0, let (index, outcome) = await group.next() else { return }
                running -= 1
                run.finish(index, outcome)
            }
        }
        try Task.checkCancellation()
        return run.reports
    }

    private func outcome(of node: OrchestrationGraph.Node, _ variables: Variables) async -> Outcome {
        let id = node.operation.id
        var attempt = 1
        while true {
            settings.observe(.started(id: id, type: node.type.name, attempt: attempt))
            do {
                let properties = try Self.properties(of: node, variables)
                let outputs = try await perform(node, properties)
                settings.observe(.finished(id: id, outputs: outputs))
                return .finished(properties: properties, outputs: outputs)
            } catch {
                guard !(error is CancellationError), !Task.isCancelled else {
                    return .failed(Fault(.cancelled, "operation \(id) was ended"))
                }
                let fault = Fault(wrapping: error)
                // What is not there for the moment may be there again; anything else would fail again.
                guard fault.code == .unavailable, attempt < settings.attempts else {
                    settings.observe(.failed(id: id, attempt: attempt, fault))
                    return .failed(settings.namesOperations ? fault.during("operation \(id)") : fault)
                }
                settings.observe(.retrying(id: id, attempt: attempt, fault))
                do { try await settings.pause(attempt) } catch {
                    return .failed(Fault(.cancelled, "operation \(id) was ended"))
                }
                attempt += 1
            }
        }
    }

    private static func properties(of node: OrchestrationGraph.Node, _ variables: Variables) throws(Fault) -> JSON {
        let properties: JSON
        let compiled = try node.properties()
        do throws(TemplateError) { properties = try compiled.render(variables) } catch { throw error.fault }
        try check(properties, of: node)
        return properties
    }

    /// Checks what came out of expressions whose types were not known before they ran.
    private static func check(_ properties: JSON, of node: OrchestrationGraph.Node) throws(Fault) {
        let required = Set(node.type.properties["required"]?.array?.compactMap(\.string) ?? [])
        for (name, schema) in node.type.properties["properties"]?.object ?? [:] {
            guard let value = properties[name], value != .null else {
                guard !required.contains(name) else {
                    throw Fault(
                        .invalid, "\(node.type.name) needs '\(name)', and there is none",
                        fix: "see what its expression yields")
                }
                continue
            }
            guard let type = schema["type"]?.string, !value.isOf(schemaType: type) else { continue }
            throw Fault(
                .invalid, "'\(name)' of \(node.type.name) is of type \(type), and turned out to be \(value.kindName)",
                fix: "see what its expression yields")
        }
    }
}

extension JSON {
    /// Whether a JSON schema's type takes the value, whatever is in it.
    fileprivate func isOf(schemaType type: String) -> Bool {
        switch type {
        case "object": object != nil
        case "array": array != nil
        case "string": string != nil
        case "boolean": bool != nil
        case "integer": int != nil
        case "number": double != nil
        default: true
        }
    }
}

/// How a graph is run.
public struct ExecutionSettings: Sendable {
    /// How many operations run at once; at least one does.
    public var width: Int
    /// How often an operation is tried whose counterpart is not available.
    public var attempts = 3
    /// Waits before the next attempt, given the number of the one that failed.
    public var pause: @Sendable (Int) async throws -> Void = { attempt in
        try await Task.sleep(for: .milliseconds(500 * attempt * attempt))
    }
    /// How much work an operation is, in bytes, if that is known before it runs.
    public var weights: [String: Int64] = [:]
    /// How much work what an operation yielded will be for those that read it, in bytes.
    public var weigh: @Sendable (JSON) -> Int64 = { _ in 0 }
    /// Whether reports keep properties and outputs.
    public var keepsOutputs = true
    /// Whether faults say which operation failed; else who reads the events knows.
    public var namesOperations = true
    /// Told what happens; called from any thread.
    public var observe: @Sendable (OperationEvent) -> Void = { _ in }

    /// Settings with the defaults above.
    public init(width: Int = 4) { self.width = max(1, width) }
}

/// What happens while a graph runs.
public enum OperationEvent: Sendable {
    /// An attempt begins; the first has the number 1.
    case started(id: String, type: String, attempt: Int)
    /// An attempt failed, and there will be another.
    case retrying(id: String, attempt: Int, Fault)
    /// It is done.
    case finished(id: String, outputs: JSON)
    /// It failed for good.
    case failed(id: String, attempt: Int, Fault)
    /// It will not run, since another did not finish.
    case skipped(id: String, waitingFor: String)
}

/// What became of one operation.
public struct OperationReport: Sendable {
    /// Which operation.
    public let id: String
    /// What became of it.
    public let outcome: GraphExecutor.Outcome
}

extension GraphExecutor.Outcome {
    /// Whether it yielded something.
    public var isFinished: Bool { if case .finished = self { true } else { false } }
    /// Why it failed; nil when it did not, or waits for one that did.
    public var failure: Fault? { if case .failed(let fault) = self { fault } else { nil } }
}
