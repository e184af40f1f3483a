// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELTesting
internal import CELWorkbench
internal import CommandLineKit
internal import Documents

/// `ocm cel test FILE…`
struct CELTest: Command {
    static let configuration = CommandConfiguration(
        "test", abstract: "Run files of expressions with what they are expected to yield",
        discussion: """
            A file holds the conformance cases of the specification in their JSON form, or recorded behaviour of \
            another implementation. When a case fails the exit code is 1.
            """,
        examples: ["ocm cel test conformance/*.json", "ocm cel test cases.json -o json"])

    @Argument(help: "files of cases", valueName: "FILE", completion: .file) var files: [String]
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let runner = CaseRunner()
        var results: [CaseResults] = []
        for file in files {
            let cases: CaseFile
            do throws(Fault) {
                cases = try CaseFile(VariableNotation.document(file), name: file)
            } catch { throw error.about(file) }
            var result = CaseResults(file: file)
            for test in cases.cases {
                try Task.checkCancellation()
                result.add(test, runner.run(test))
            }
            results.append(result)
        }
        let json: JSON = ["files": .array(results.map(\.json))]
        context.present(json, as: output) {
            var table = Table(columns: ["FILE", "PASSED", "FAILED", "SKIPPED"])
            for result in results {
                table.add([result.file, "\(result.passed)", "\(result.failures.count)", "\(result.skipped)"])
            }
            return table.text()
        }
        if output.isForPeople { for failure in results.flatMap(\.failures) { context.terminal.show(failure.text) } }
        let failed = results.reduce(0) { $0 + $1.failures.count }
        let all = results.reduce(failed) { $0 + $1.passed }
        guard failed == 0 else { throw Fault(.invalid, "\(failed) of \(all) cases failed") }
    }
}

/// What became of the cases of a file.
private struct CaseResults {
    struct Failure {
        let id: String, expression: String, expected: String, got: String

        var text: String {
            // A case without a name is named after its expression.
            let heading = id == expression ? "" : "\(id)\n"
            return "\n\(heading)  expression  \(expression)\n  expected    \(expected)\n  got         \(got)"
        }
    }

    let file: String
    var passed = 0, skipped = 0
    var failures: [Failure] = []

    init(file: String) { self.file = file }

    mutating func add(_ test: TestCase, _ outcome: Outcome) {
        switch outcome {
        case .passed: passed += 1
        case .skipped: skipped += 1
        case .failed(let expected, let got):
            failures.append(Failure(id: test.id, expression: test.expression, expected: expected, got: got))
        }
    }

    var json: JSON {
        [
            "file": .string(file), "passed": .number(JSONNumber(Int64(passed))),
            "failed": .number(JSONNumber(Int64(failures.count))), "skipped": .number(JSONNumber(Int64(skipped))),
            "failures": .array(
                failures.map { failure in
                    [
                        "id": .string(failure.id), "expression": .string(failure.expression),
                        "expected": .string(failure.expected), "got": .string(failure.got),
                    ]
                }),
        ]
    }
}
