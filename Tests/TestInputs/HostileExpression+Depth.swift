// SPDX-License-Identifier: Apache-2.0

extension HostileExpression {
    /// As deep as an expression can be, each for an `x` that is 1: what has to fit the stack of any thread.
    public static let deepest: [HostileExpression] = [
        deep("lists", nested("[", 248, "x", "]"), nested("[", 248, "1", "]")),
        deep("maps", nested("{'k':", 248, "x", "}"), nested("{\"k\": ", 248, "1", "}")),
        deep("parentheses", nested("(", 249, "x", ")"), "1"),
        deep("signs", nested("-(", 248, "x", ")"), "1"),
        deep("conditions", nested("true ? (", 124, "x", ") : 0"), "1"),
        deep("sums", nested("1+(", 248, "x", ")"), "249"),
        deep("all operators", nested("1*(0+(1+", 80, "x", "))"), "81"),
        deep("calls", nested("dyn(", 248, "x", ")"), "1"),
        deep("quantifiers", nested("[1].all(a, ", 120, "true", ")"), "true"),
        deep("loops", nested("[1].map(a, ", 80, "x", ")"), nested("[", 80, "1", "]")),
        deep("selections", "x" + String(repeating: ".a", count: 248), "no such key: a"),
        deep("indexes", "x" + nested("[x", 120, "", "]"), "no such overload"),
        deep("binds", nested("cel.bind(a, x, ", 240, "a", ")"), "1"),
        deep("optionals", nested("optional.of(", 248, "x", ")"), nested("optional.of(", 248, "1", ")")),
        deep("equality", nested("[", 120, "x", "]") + " == " + nested("[", 120, "x", "]"), "true"),
        deep("conditions within", nested("!(x == 1 && ", 110, "true", ")"), "true"),
    ]

    private static func deep(_ name: String, _ text: String, _ value: String) -> HostileExpression {
        HostileExpression("the deepest \(name)", text, .cheap(value))
    }
}
