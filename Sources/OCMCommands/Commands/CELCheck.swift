// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELWorkbench
internal import CommandLineKit
internal import Documents

/// `ocm cel check EXPR`
struct CELCheck: Command {
    static let configuration = CommandConfiguration(
        "check", abstract: "Check the types of an expression, and show what it reads",
        discussion: """
            Variables have the types that --schema and --declare say, or that the values of --var and --input show: objects have \
            the fields that are there, so a misspelled one is found. An example shows less than a schema: null and the \
            elements of an empty list may be anything, and labels, annotations and data may have any key. \
            --declare 'x=map(string, dyn)' says that an object is a map.
            """,
        examples: [
            "ocm cel check 'spec.replicas > 1' --input deployment.yaml",
            "ocm cel check 'schema.spec.replicas > 1' --profile kro --schema schema=crd.yaml",
            "ocm cel check 'names.exists(n, n.startsWith(prefix))' --declare 'names=list(string)' "
                + "--declare prefix=string -o json",
        ])

    @OptionGroup var source: ExpressionSource
    @OptionGroup var inputs: SessionOptions
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    mutating func validate() throws { try inputs.validate(with: source) }

    func run(in context: OCMContext) async throws {
        let session = try inputs.session()
        let expression = try source.read()
        let checked: CheckedExpression
        do throws(CompileError) {
            checked = try session.check(expression.text, name: expression.name)
        } catch {
            let problems = JSON.array(error.problems.map(\.json))
            let count = error.problems.count
            guard !output.isForPeople else { throw error.fault }
            context.present(["valid": false, "problems": problems], as: output) { "" }
            throw Fault(.invalid, "the expression has \(count) problem\(count == 1 ? "" : "s")")
        }
        let type = checked.resultType.description
        let paths = session.environment(isExact: true).references(of: checked.expression).sorted().map(\.description)
        let json: JSON = [
            "valid": true, "type": .string(type), "references": .array(paths.map { .string($0) }),
        ]
        context.present(json, as: output) {
            (["type: \(type)"] + paths.map { "reads: \($0)" }).joined(separator: "\n")
        }
    }
}

extension CompileError.Problem {
    fileprivate var json: JSON {
        [
            "message": .string(message), "line": .number(JSONNumber(Int64(location.line))),
            "column": .number(JSONNumber(Int64(location.column))),
        ]
    }
}
