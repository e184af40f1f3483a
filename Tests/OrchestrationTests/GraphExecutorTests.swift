// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Orchestration
import Testing

@Suite("Graph executor")
struct GraphExecutorTests {
    private static let say = OperationType(
        "say/v1", summary: "Says a text.",
        properties: ["type": "object", "required": ["text"], "properties": ["text": ["type": "string"]]],
        outputs: ["type": "object", "properties": ["said": ["type": "string"]]])

    private func graph(_ operations: [(id: String, text: String)]) throws -> OrchestrationGraph {
        let list = operations.map { "- {type: say/v1, id: \($0.id), text: \"\($0.text)\"}\n" }.joined()
        let document = try YAML.document(Array("transformations:\n\(list)".utf8), source: "spec.yaml")
        return try OrchestrationGraph(OrchestrationSpecification(document), types: [Self.say])
    }

    @Test("Each operation gets what it reads, by every name an output has")
    func values() async throws {
        let graph = try graph([
            ("last", "${first.said} ${first.outputs.said} ${second.output.said} ${second.spec.text}"),
            ("first", "a"), ("second", "${first.said}b"),
        ])
        let report = try await GraphExecutor(graph) { _, properties in
            ["said": .string((properties["text"]?.string ?? "") + "!")]
        }.run()
        #expect(report.map(\.id) == ["first", "second", "last"])
        guard case .finished(_, let outputs)? = report.last?.outcome else {
            Issue.record("the last operation did not finish")
            return
        }
        #expect(outputs["said"]?.string == "a! a! a!b! a!b!")
    }

    @Test("A failure stops what waits for it and nothing else")
    func failure() async throws {
        let graph = try graph([
            ("bad", "x"), ("waits", "${bad.said}"), ("waitsMore", "${waits.said}"), ("other", "y"),
        ])
        let report = try await GraphExecutor(graph, width: 2) { node, properties in
            if node.operation.id == "bad" { throw Fault(.unavailable, "the registry is gone") }
            return ["said": properties["text"] ?? ""]
        }.run()
        let outcomes = report.map { report in
            switch report.outcome {
            case .finished: "\(report.id) finished"
            case .failed(let fault): "\(report.id) failed: \(fault.message)"
            case .skipped(let other): "\(report.id) waited for \(other)"
            }
        }
        #expect(outcomes.contains("other finished"))
        #expect(outcomes.contains("waits waited for bad") && outcomes.contains("waitsMore waited for waits"))
        #expect(outcomes.contains { $0.hasPrefix("bad failed") && $0.contains("the registry is gone") })
    }

    @Test("No more operations run at once than allowed, and as many as can", arguments: [1, 3])
    func width(limit: Int) async throws {
        let graph = try graph((1...12).map { ("o\($0)", "x") })
        let counts = Guarded((running: 0, most: 0))
        let gate = Guarded(0)
        _ = try await GraphExecutor(graph, width: limit) { _, _ in
            counts.withLock {
                $0.running += 1
                $0.most = max($0.most, $0.running)
            }
            gate.withLock { $0 += 1 }
            // Wait until as many as may have started, or nothing more can.
            while gate.withLock({ $0 }) < min(limit, 12) { await Task.yield() }
            counts.withLock { $0.running -= 1 }
            return [:]
        }.run()
        #expect(counts.withLock { $0.most } == limit)
    }

    @Test("Cancelling ends the run")
    func cancellation() async throws {
        let graph = try graph([("a", "x")])
        let task = Task {
            try await GraphExecutor(graph) { _, _ in
                while true {
                    try Task.checkCancellation()
                    await Task.yield()
                }
            }.run()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
