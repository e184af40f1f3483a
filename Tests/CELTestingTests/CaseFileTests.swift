// SPDX-License-Identifier: Apache-2.0

import Basics
import CELTesting
import Documents
import Testing

@Suite("Case files")
struct CaseFileTests {
    private func outcomes(_ text: String) throws -> [Outcome] {
        let file = try CaseFile(JSON(parsing: Array(text.utf8), source: "cases.json"), name: "cases.json")
        return file.cases.map { CaseRunner().run($0) }
    }

    @Test("A conformance case passes when value and type are as expected")
    func conformance() throws {
        let outcomes = try outcomes(
            """
            {"name": "sample", "tests": [
              {"name": "sum", "expr": "x + 1", "type_env": [{"name": "x", "ident": {"type": {"primitive": "INT64"}}}],
               "bindings": {"x": {"value": {"int64Value": "2"}}}, "expect": {"value": {"int64Value": "3"}}},
              {"name": "other type", "expr": "3.0", "expect": {"value": {"int64Value": "3"}}},
              {"name": "true by default", "expr": "1 == 1", "expect": {}},
              {"name": "error", "expr": "1 / 0", "expect": {"error": {}}},
              {"name": "message", "expr": "TestAllTypes{}", "expect": {}}
            ]}
            """)
        #expect(outcomes.map(\.word) == ["passed", "failed", "passed", "passed", "skipped"])
    }

    @Test("A recorded case passes when value, type and error are as recorded")
    func recorded() throws {
        let outcomes = try outcomes(
            """
            {"profile": "cel-go", "vars": "x={a:1,b:[1,2]} y=7", "cases": [
              {"expr": "x.a + y", "mode": "check", "type": "dyn", "value": {"int": "8"}},
              {"expr": "x.?z", "mode": "check", "value": {"has": false, "optional": null}},
              {"expr": "x.z", "mode": "check", "eval_error": "no such key: z"},
              {"expr": "1 +", "mode": "check", "compile_error": "Syntax error"},
              {"expr": "y", "mode": "check", "value": {"string": "7"}}
            ]}
            """)
        #expect(outcomes.map(\.word) == ["passed", "passed", "passed", "passed", "failed"])
    }

    @Test("A document of neither form is refused")
    func refusal() {
        #expect(throws: Fault.self) { try outcomes("{\"items\": []}") }
    }
}

extension Outcome {
    var word: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .skipped: "skipped"
        }
    }
}
