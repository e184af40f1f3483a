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
        let report = try await GraphExecutor(graph, ExecutionSettings(width: 2)) { node, properties in
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
        _ = try await GraphExecutor(graph, ExecutionSettings(width: limit)) { _, _ in
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

    @Test("Of what can run, the largest goes first; of equal work, what stands first")
    func largestFirst() async throws {
        let graph = try graph([("a", "x"), ("b", "x"), ("c", "x"), ("d", "x"), ("e", "${b.said}")])
        let order = Guarded<[String]>([])
        var settings = ExecutionSettings(width: 1)
        settings.weights = ["b": 5, "c": 9, "d": 5]
        settings.weigh = { outputs in Int64(outputs["said"]?.string?.count ?? 0) }
        _ = try await GraphExecutor(graph, settings) { node, _ in
            order.withLock { $0.append(node.operation.id) }
            return ["said": "1234567"]
        }.run()
        #expect(order.withLock { $0 } == ["c", "b", "e", "d", "a"])
    }

    @Test(
        "What is not available is tried again, anything else is not",
        arguments: [
            (Fault.Code.unavailable, 1, 2, true), (.unavailable, 5, 3, false), (.mismatch, 1, 1, false),
            (.invalid, 1, 1, false),
        ])
    func attempts(code: Fault.Code, failures: Int, expected: Int, succeeds: Bool) async throws {
        let graph = try graph([("a", "x")])
        let tries = Guarded(0), pauses = Guarded<[Int]>([])
        var settings = ExecutionSettings(width: 1)
        settings.pause = { attempt in pauses.withLock { $0.append(attempt) } }
        let report = try await GraphExecutor(graph, settings) { _, _ in
            let count = tries.withLock { tries in
                tries += 1
                return tries
            }
            if count <= failures { throw Fault(code, "no") }
            return [:]
        }.run()
        #expect(tries.withLock { $0 } == expected)
        #expect(pauses.withLock { $0 } == Array(1..<expected))
        #expect(report[0].outcome.isFinished == succeeds)
    }

    @Test("A wide graph of many operations ends, and reports keep nothing when they shall not")
    func many() async throws {
        let graph = try graph([("root", "x")] + (1...2000).map { ("o\($0)", "${root.said}") })
        var settings = ExecutionSettings(width: 8)
        settings.keepsOutputs = false
        let report = try await GraphExecutor(graph, settings) { _, properties in
            ["said": properties["text"] ?? ""]
        }.run()
        #expect(report.count == 2001)
        #expect(
            report.allSatisfy { report in
                if case .finished(.null, .null) = report.outcome { true } else { false }
            })
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
