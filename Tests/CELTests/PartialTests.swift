// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Unknown variables")
struct PartialTests {
    private static let environment = Environment(
        libraries: [.standard, .optionals, .bindings], variables: ["a": .dyn, "b": .dyn, "c": .dyn, "known": .dyn])

    private func partial(_ text: String, isChecked: Bool) -> String {
        var variables: Variables = ["known": ["x": 1], "c": ["d": 2, "e": 3]]
        variables.markUnknown(AttributePath("a"))
        variables.markUnknown(AttributePath("b"))
        variables.markUnknown(AttributePath("c", [.field("d")]))
        do {
            let program = try isChecked ? Self.environment.compile(text) : Self.environment.compileUnchecked(text)
            switch try program.evaluatePartially(variables) {
            case .value(let value): return value.literalText
            case .unknown(let paths): return "? " + paths.sorted().map(\.description).joined(separator: " ")
            }
        } catch { return "fails: \((error as? EvaluationError)?.message ?? "\(error)")" }
    }

    @Test(
        "What is not known matters only where it decides",
        arguments: [
            ("a", "? a"), ("a.x.y", "? a.x.y"), ("known.x + 1", "2"), ("a && false", "false"), ("false && a", "false"),
            ("a || true", "true"), ("a && b", "? a b"), ("a || b", "? a b"), ("a && true", "? a"),
            ("a || 1 / 0 > 1", "? a"),
            ("1 / 0 > 1 || a", "? a"), ("a ? 1 : 2", "? a"), ("true ? 1 : a", "1"), ("a + b", "? a b"),
            ("1 / 0 + a", "? a"),
            ("a == b", "? a b"), ("[a, b, 1]", "? a b"), ("{'x': a, 'y': b}", "? a b"),
            ("{'x': {'y': {'z': a}}}", "? a"),
            ("size(a)", "? a"), ("[1, 2].all(x, x > 1)", "false"), ("[1, 2].all(x, a)", "? a"),
            ("[1, 2].exists(x, x == 1 || a)", "true"),
            ("[1, 2].map(x, a + b)", "? a b"), ("a.map(x, x)", "? a"), ("cel.bind(x, a, true)", "true"),
            ("cel.bind(x, a, x)", "? a"),
            ("c.e", "3"), ("c.d", "? c.d"), ("c", "? c"), ("a.?x.orValue(1)", "? a"),
            ("optional.of(1).orValue(a)", "1"),
            ("known.y", "fails: no such key: y"), ("1 / 0", "fails: division by zero"),
        ])
    func unknowns(text: String, result: String) {
        for isChecked in [false, true] {
            // A path tells as much as is read; of an optional field that is the variable, or the field too.
            let found = partial(text, isChecked: isChecked)
            #expect(
                found == result || result.hasPrefix("? ") && found.hasPrefix(result), "\(text) \(isChecked): \(found)")
        }
    }

    @Test("Failures deep in literals are found once, though others are looked for")
    func linear() {
        let text = String(repeating: "{'k': ", count: 60) + "1 / 0" + String(repeating: "}", count: 60)
        #expect(partial("[a, \(text)]", isChecked: false) == "? a")
        #expect(partial("\(text) == b", isChecked: false) == "? b")
    }

    @Test(
        "References are all that an expression may read",
        arguments: [
            ("a.b.c + d", "a.b.c d"), ("a['x-y'].z", "a[\"x-y\"].z"), ("a[0].b", "a[0].b"), ("a[b.c].d", "a[*].d b.c"),
            ("a.?b.c", "a.b.c"), ("has(a.b)", "a.b"), ("a.map(x, x.y + b)", "a b"), ("cel.bind(x, a.b, x.c)", "a.b"),
            ("a.exists(b, b.c)", "a"), ("a.exists(x, .x)", "a x"), ("f(a).b[c]", "a c"), ("[1].map(i, [i][i])", ""),
            ("1 + 2", ""),
            ("f(a)[f(b)[f(c)[0]]]", "a b c"), ("x.map(i, i[y.z])", "x y.z"),
        ])
    func references(text: String, paths: String) throws {
        let expression = try Self.environment.parse(text)
        #expect(expression.references.sorted().map(\.description).joined(separator: " ") == paths)
    }

    @Test("References of calls in indexes of calls are found in linear time")
    func deepReferences() throws {
        let text = String(repeating: "f(a)[", count: 80) + "b" + String(repeating: "]", count: 80)
        #expect(try Self.environment.parse(text).references.count == 2)
    }
}
