// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Logic, macros and optionals")
struct LogicTests {
    private static let failing = "1 / 0 > 0"

    @Test("A term that decides alone decides, wherever it stands", arguments: [1, 2, 3, 5, 8])
    func commutative(count: Int) {
        for position in 0..<count {
            func chain(_ sign: String, _ decisive: String) -> String {
                (0..<count).map { $0 == position ? decisive : Self.failing }.joined(separator: " \(sign) ")
            }
            #expect(outcome(of: chain("&&", "false")) == "false")
            #expect(outcome(of: chain("||", "true")) == "true")
            if count > 1 {
                #expect(outcome(of: chain("&&", "true")) == "fails: division by zero")
                #expect(outcome(of: chain("||", "false")) == "fails: division by zero")
            }
        }
    }

    @Test(
        "Terms that are no bool count as failures, and only the chosen branch runs",
        arguments: [
            ("dyn(1) && false", "false"), ("dyn('a') || true", "true"),
            ("dyn(1) && true", "fails: no such overload: a bool is needed, not int"),
            ("true ? 1 : 1 / 0", "1"), ("false ? 1 / 0 : 2", "2"),
            ("dyn(1) ? 1 : 2", "fails: no such overload: a bool is needed, not int"),
            ("[1, 2].all(x, x > 0)", "true"), ("[0, 1].all(x, 1 / x > 1)", "false"),
            ("[0, 1].exists(x, 1 / x == 1)", "true"),
            ("[0, 2].exists(x, 1 / x == 1)", "fails: division by zero"),
            ("[0, 1].exists_one(x, 1 / x == 1)", "fails: division by zero"),
            ("[].all(x, false)", "true"), ("[].exists(x, true)", "false"),
            ("{'a': 1, 'b': 2}.map(k, k)", "[\"a\", \"b\"]"),
            ("{'a': 1}.all(k, v, k == 'a' && v == 1)", "true"), ("[5, 6].transformList(i, v, i > 0, v * i)", "[6]"),
            ("{'a': 1}.transformMap(k, v, v + 1)", "{\"a\": 2}"), ("[1, 2].map(x, x > 1, x * 2)", "[4]"),
            ("[[1, 2], [3]].map(x, x.map(x, x * 2))", "[[2, 4], [6]]"), ("cel.bind(x, 1, cel.bind(x, x + 1, x))", "2"),
            ("cel.bind(x, 1 / 0, true)", "true"), ("has({'a': null}.a)", "true"), ("has({}.a)", "false"),
            ("has({}.a.b)", "fails: no such key: a"),
            ("[1].exists(x, [x].all(y, y == x))", "true"), ("cel.block([1, cel.index(0) + 1], cel.index(1) * 2)", "4"),
        ])
    func macros(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test(
        "Optionals stay optional, and are empty where something is missing",
        arguments: [
            ("{}.?a", "optional.none()"), ("{'a': 1}.?a", "optional.of(1)"), ("{'a': {}}.?a.b.c", "optional.none()"),
            ("{'a': {'b': 1}}.?a.b", "optional.of(1)"), ("[1][?1]", "optional.none()"), ("[1][?0].orValue(5)", "1"),
            ("{}.?a.orValue(5)", "5"), ("{}.?a.or({'b': 2}.?b).value()", "2"),
            ("optional.none().value()", "fails: optional.none() dereference"),
            ("[?{}.?a, 2]", "[2]"), ("{?'a': {}.?b, 'c': 1}", "{\"c\": 1}"),
            ("[?1]", "fails: cannot initialize optional list element from non-optional value 1"),
            ("optional.of(2).optMap(x, x * 2)", "optional.of(4)"), ("optional.none().optMap(x, x)", "optional.none()"),
            ("optional.of({'a': 1}).optFlatMap(m, m.?a)", "optional.of(1)"),
            ("optional.ofNonZeroValue(0).hasValue()", "false"),
            ("has({'a': {'b': 1}}.?a.b)", "true"), ("{'a': 1}.?a.orValue(1 / 0)", "1"),
        ])
    func optionals(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test("Names are found in the container, longest first, and a leading dot means the root")
    func names() {
        let environment = Environment(
            libraries: [.standard],
            variables: ["x": .int, "a.x": .int, "a.b.x": .int, "m.n": .int, "m": .map(.string, .int)], container: "a.b")
        let variables: Variables = ["x": 1, "a.x": 2, "a.b.x": 3, "m.n": 4, "m": ["n": 5, "o": 6]]
        for isChecked in [false, true] {
            func value(_ text: String) -> String { outcome(of: text, variables, in: environment, isChecked: isChecked) }
            #expect(value("x") == "3")
            #expect(value(".x") == "1")
            #expect(value(".a.x") == "2")
            #expect(value("m.n") == "4")
            #expect(value("m.o") == "6")
            #expect(value("[7].map(x, x)") == "[7]")
            #expect(value("[7].exists(x, .x == 1)") == "true")
        }
    }

    @Test("An error tells its place with a caret")
    func places() throws {
        let program = try Environment.everything.compileUnchecked("1 +\n  [1, 2][5]", name: "rule")
        let error = #expect(throws: EvaluationError.self) { try program.evaluate() }
        #expect(error?.description == "rule:2:9: index out of bounds: 5\n |   [1, 2][5]\n | ........^")
        #expect(error?.isMissingData == true)
    }
}
