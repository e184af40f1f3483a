// SPDX-License-Identifier: Apache-2.0

extension HostileExpression {
    private static let tooDeep = End.refused("nested deeper than")

    /// Long and deep texts.
    static let texts: [HostileExpression] = [
        HostileExpression(
            "a literal of 10 MB", "'" + String(repeating: "x", count: 10_000_000) + "'", .refused("longer than")),
        HostileExpression(
            "a line of 100 000 wrong names", "[" + repeated("u", 45_000) + "]", .refused("undeclared reference")),
        HostileExpression(
            "25 000 unknown functions", "[" + repeated("f()", 24_000) + "]", .refused("there is no such function")),
        HostileExpression("parentheses", nested("(", 49_000, "1", ")"), tooDeep),
        HostileExpression("lists in lists", nested("[", 49_000, "1", "]"), tooDeep),
        HostileExpression("open lists", String(repeating: "[", count: 100_000), tooDeep),
        HostileExpression("maps in maps", nested("{1:", 20_000, "1", "}"), tooDeep),
        HostileExpression("calls in calls", nested("size(", 15_000, "x", ")"), tooDeep),
        HostileExpression("indexes in indexes", nested("x[", 20_000, "1", "]"), tooDeep),
        HostileExpression("macros in macros", nested("[1].map(x,", 9_000, "1", ")"), tooDeep),
        HostileExpression("macros on macros", "[1]" + String(repeating: ".map(x,x)", count: 10_000), tooDeep),
        HostileExpression("conditions in conditions", nested("true?", 9_000, "1", ":1"), .refused("")),
        HostileExpression("conditions after conditions", String(repeating: "true?1:", count: 14_000) + "1", tooDeep),
        HostileExpression("selections", "x" + String(repeating: ".a", count: 49_000), tooDeep),
        HostileExpression("methods", "x" + String(repeating: ".a()", count: 24_000), tooDeep),
        HostileExpression("sums", repeated("1", 49_000, separator: "+"), tooDeep),
        HostileExpression("signs", String(repeating: "-", count: 99_999) + "1", .cheap("-1")),
        HostileExpression("negations", nested("!(", 30_000, "true", ")"), tooDeep),
        HostileExpression("signs in parentheses", nested("-(", 30_000, "1", ")"), tooDeep),
        HostileExpression("a long condition", repeated("true", 16_000, separator: "&&"), .cheap("true")),
        HostileExpression(
            "a long condition that fails", repeated("x.a", 16_000, separator: "||"), .cheap("no such attribute"),
            steps: 400_000),
        HostileExpression("9 000 macros", repeated("has(x.y)", 9_000, separator: "||"), .cheap("no such attribute")),
        HostileExpression("8 000 loops", "[" + repeated("[].map(y,y)", 8_000) + "]", .cheap("[[]")),
        HostileExpression(
            "names of 250 parts",
            "[" + repeated(nested("a", 1, String(repeating: ".b", count: 240), ""), 200) + "]",
            .cheap("no such attribute"), isChecked: false),
        HostileExpression(
            "binds whose values are deep", deepBinds(values: 120, count: 120), tooDeep),
        HostileExpression(
            "loops whose results are deep",
            (0..<120).reduce("[1]") { text, _ in text + ".map(x," + nested("[", 60, "x", "]") + ")" }, tooDeep),
        HostileExpression(
            "the deepest list", nested("[", 249, "1", "]") + " == " + nested("[", 249, "1", "]"), tooDeep),
        HostileExpression("a list as deep as is accepted", nested("[", 240, "1", "]"), .cheap("[[[[[[")),
        HostileExpression(
            "indexes as deep as is accepted", nested("f(x)[", 120, "1", "]"), .refused("no such function")),
    ]

    /// Binds, each of whose values holds the one before it at its bottom.
    private static func deepBinds(values: Int, count: Int) -> String {
        bound(count, first: "[1]", { nested("[", values, $0, "]") }, body: { "\($0) == \($0)" })
    }
}
