// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Searches and formats of Kubernetes")
struct KubernetesTextTests {
    @Test(
        "searches",
        arguments: [
            ("'abc 123'.find('[0-9]+')", "\"123\""), ("'abc 123'.find('xyz')", "\"\""),
            ("'123 abc 456'.findAll('[0-9]+')", "[\"123\", \"456\"]"),
            ("'123 abc 456'.findAll('[0-9]+', 1)", "[\"123\"]"), ("'123'.findAll('[0-9]', 0)", "[]"),
            ("'123'.findAll('[0-9]', -1).size()", "3"), ("'123 abc 456'.findAll('xyz')", "[]"),
            ("'aé'.findAll('.')", "[\"a\", \"é\"]"), ("'abc'.find(dyn('b.'))", "\"bc\""),
            ("[text].map(t, t.find(t))", "error: error parsing regexp: missing closing ): `a(`"),
        ])
    func searches(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes, ["text": "a("]) == result)
    }

    @Test("a pattern that is no pattern is refused before the expression runs")
    func badPattern() throws {
        #expect(throws: CompileError.self) { try Profile.kubernetes.environment().compile("'abc'.find('(')") }
    }

    @Test("a long text with many matches is found in full, and paid for")
    func manyMatches() throws {
        let program = try Profile.kubernetes.environment(variables: ["t": .string]).compile("t.findAll('a').size()")
        let text = Value.string(String(repeating: "a", count: 20_000))
        #expect(try program.evaluate(["t": text]).literalText == "20000")
        #expect(throws: EvaluationError.self) {
            try program.evaluate(["t": text], limits: EvaluationLimits(steps: 1000, bytes: 1_000_000))
        }
    }

    @Test(
        "formats",
        arguments: [
            ("format.dns1123Label().validate('my-label-name')", "optional.none()"),
            ("format.dns1123Subdomain().validate('apiextensions.k8s.io')", "optional.none()"),
            ("format.qualifiedName().validate('apiextensions.k8s.io/v1beta1')", "optional.none()"),
            ("format.dns1123LabelPrefix().validate('my-label-prefix-')", "optional.none()"),
            ("format.uri().validate('http://example.com')", "optional.none()"),
            ("format.uuid().validate('x').value()", "[\"does not match the UUID format\"]"),
            ("format.date().validate('2021-02-30').hasValue()", "true"),
            ("format.named('x')", "optional.none()"),
            ("format.named('dns1123Label').value() == format.dns1123Label()", "true"),
            ("format.byte() == format.date()", "false"),
        ])
    func formats(expression: String, result: String) { #expect(evaluated(expression, in: .kubernetes) == result) }
}
