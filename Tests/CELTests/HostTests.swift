// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

/// An amount of money, as a host would bring it.
private final class Amount: OpaqueValue {
    static let type = CELType.opaque("shop.Amount")
    let cents: Int64
    init(_ cents: Int64) { self.cents = cents }
    func isEqual(to other: any OpaqueValue) -> Bool { (other as? Amount)?.cents == cents }
    var text: String { "\(cents / 100).\(cents % 100)" }
}

/// Squares that are made when they are asked for.
private final class Squares: ListSource, MapSource {
    let count: Int
    init(_ count: Int) { self.count = count }
    subscript(index: Int) -> Value { .int(Int64(index * index)) }
    var keys: [String] { (0..<count).map { "k\($0)" } }
    subscript(name: String) -> Value? {
        guard name.hasPrefix("k"), let index = Int(name.dropFirst()), index < count else { return nil }
        return self[index]
    }
}

@Suite("What hosts bring")
struct HostTests {
    private static let shop = Library(
        "shop",
        functions: [
            Function(
                "amount",
                .function(
                    "amount_int", [.int], Amount.type,
                    .unary { value, _ in
                        guard case .int(let cents) = value else { return .null }
                        return .opaque(Amount(cents))
                    })),
            Function(
                "twice", .function("twice_int") { (value: Int64, _) in value * 2 },
                .function("twice_string") { (text: String, _) in text + text }),
            Function("plus", .method("plus_int_int") { (a: Int64, b: Int64, _) in a + b }),
            Function(
                "checked",
                Overload.function("checked_string") { (text: String, _) in text }
                    .specialized { arguments, _ throws(EvaluationError) in
                        guard case .string(let text)? = arguments[0] else { return nil }
                        guard text != "bad" else { throw .invalid("'bad' is never right") }
                        return .unary { _, _ in .string("prepared \(text)") }
                    }),
            Function(
                "fail",
                .function("fail_string") { (text: String, _) throws(EvaluationError) -> String in
                    throw .invalid(text)
                }),
        ], types: [Amount.type], constants: ["shop.limit": 100])
    private static let environment = Environment(
        libraries: [.standard, .optionals, shop],
        variables: ["list": .list(.int), "map": .map(.string, .int), "s": .string])

    @Test(
        "Functions, types and constants of a host are used like the language's own", arguments: [false, true])
    func library(isChecked: Bool) {
        let variables: Variables = [
            "list": .list(ListValue(Squares(5))), "map": .map(MapValue(Squares(3))), "s": "bad",
        ]
        for (text, value) in [
            ("twice(21)", "42"), ("twice('a')", "\"aa\""), ("1.plus(2)", "3"), ("amount(150)", "shop.Amount(\"1.50\")"),
            ("amount(1) == amount(1)", "true"), ("amount(1) == amount(2)", "false"),
            ("type(amount(1)) == shop.Amount", "true"),
            ("shop.limit + 1", "101"), ("list[3]", "9"), ("list.size()", "5"), ("list.filter(x, x > 3)", "[4, 9, 16]"),
            ("list + [1]", "[0, 1, 4, 9, 16, 1]"), ("map.k2", "4"), ("has(map.k3)", "false"),
            ("map.all(k, k != '')", "true"),
            ("4 in list && 'k1' in map", "true"), ("map == {'k0': 0, 'k1': 1, 'k2': 4}", "true"),
            ("checked('good')", "\"prepared good\""),
            ("checked(s)", "\"bad\""), ("checked('bad')", "refused: 'bad' is never right"), ("fail('no')", "fails: no"),
            ("list[5]", "fails: index out of bounds: 5"),
        ] {
            #expect(outcome(of: text, variables, in: Self.environment, isChecked: isChecked) == value, "\(text)")
        }
    }

    @Test(
        "The checker knows the types of a host's functions",
        arguments: [
            ("twice(1.5)", "found no matching overload for 'twice' applied to '(double)'"),
            ("amount(1) == 1", "found no matching overload for '_==_' applied to '(shop.Amount, int)'"),
            ("twyce(1)", "undeclared reference to 'twyce': there is no such function; did you mean 'twice'?"),
            ("lst", "undeclared reference to 'lst'; did you mean 'list'?"),
        ])
    func checking(text: String, message: String) {
        #expect(outcome(of: text, in: Self.environment, isChecked: true) == "refused: \(message)")
    }

    @Test("A variable that fails fails only what reads it")
    func failingVariable() throws {
        var variables = Variables()
        variables.fail("list", with: .invalid("not loaded"))
        #expect(outcome(of: "true || list.size() > 0", variables, in: Self.environment) == "true")
        #expect(outcome(of: "list", variables, in: Self.environment) == "fails: not loaded")
        #expect(outcome(of: "s", variables, in: Self.environment) == "fails: no such attribute(s): s")
    }
}
