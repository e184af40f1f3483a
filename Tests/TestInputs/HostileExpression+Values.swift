// SPDX-License-Identifier: Apache-2.0

extension HostileExpression {
    private static let range = "lists.range(1000)"

    /// Loops that go on and on.
    static let loops: [HostileExpression] = [
        HostileExpression(
            "three loops of 1000", "\(range).all(a, \(range).all(b, \(range).all(c, true)))", .exhausted),
        HostileExpression(
            "ten loops", nested("\(range).all(a, ", 10, "true", ")"), .exhausted),
        HostileExpression("a list of lists", "\(range).map(a, \(range).map(b, \(range)))", .exhausted),
        HostileExpression(
            "a large body", "\(range).all(a, \(range).all(b, " + repeated("a == a", 8_000, separator: "&&") + "))",
            .exhausted),
        HostileExpression(
            "a body that fails", "\(range).map(a, \(range).exists(b, [1][b] == 3 || [1][a] == 2))", .cheap("index out"),
            steps: 200_000),
        HostileExpression(
            "bodies that fail within conditions",
            "\(range).all(a, \(range).all(b, {'k': 1}['z'] == 1 || true))", .exhausted),
        HostileExpression(
            "a condition that fails in each turn",
            "lists.range(300000).exists(b, [1][b + 1] == 1)", .exhausted),
        HostileExpression(
            "a million entries", "\(range).transformMap(i, v, \(range).transformMap(j, w, w))", .exhausted),
        HostileExpression(
            "maps sorted again and again", "\(range).all(i, m.all(k, k != '') && n.exists(k, true))", .exhausted),
        HostileExpression(
            "a bind whose value fails in each turn",
            "lists.range(200000).all(i, cel.bind(b, [][i], b == 1 || b == 2 || true))", .exhausted),
    ]

    /// Values that grow.
    static let values: [HostileExpression] = [
        HostileExpression(
            "a string that doubles", bound(60, first: "'x'", { "\($0) + \($0)" }, body: { "size(\($0))" }), .exhausted),
        HostileExpression(
            "bytes that double", bound(60, first: "b'x'", { "\($0) + \($0)" }, body: { "size(\($0))" }), .exhausted),
        HostileExpression(
            "a list that doubles", bound(60, first: "[1]", { "\($0) + \($0)" }, body: { "size(\($0))" }), .exhausted),
        HostileExpression(
            "a list of itself twice", bound(60, first: "[1]", { "[\($0), \($0)]" }, body: { "size(\($0))" }),
            .cheap("2")),
        HostileExpression(
            "a list of itself twice, written",
            bound(60, first: "['x']", { "[\($0), \($0)]" }, body: { "{1: 2, ?3: dyn(\($0))}" }), .cheap("cannot init")),
        HostileExpression(
            "a list of itself twice, as text",
            bound(60, first: "['x']", { "[\($0), \($0)]" }, body: { "json.marshal(\($0))" }),
            .exhausted),
        HostileExpression(
            "a list of itself twice, in a format",
            bound(60, first: "['x']", { "[\($0), \($0)]" }, body: { "'%s'.format([\($0)])" }), .exhausted),
        HostileExpression(
            "a list of itself twice, flat",
            bound(60, first: "['x']", { "[\($0), \($0)]" }, body: { "dyn(\($0)).flatten(1000)" }), .exhausted),
        HostileExpression(
            "equality of lists of themselves",
            bound(60, first: "[1]", { "[\($0), \($0)]" }, body: { "\($0) == \($0)" }), .exhausted),
        HostileExpression(
            "maps of themselves",
            bound(60, first: "{'k': x}", { "{'a': \($0), 'b': \($0)}" }, body: { "\($0) == \($0)" }),
            .cheap("no such attribute")),
        HostileExpression(
            "maps of themselves merged",
            bound(60, first: "{'k': 1}", { "{'a': \($0), 'b': \($0)}" }, body: { "\($0).deepMerge(\($0))" }), .exhausted
        ),
        HostileExpression(
            "the type of a list of itself",
            bound(60, first: "[1]", { "[\($0), \($0)]" }, body: { "type(\($0)) == list" }), .cheap("true")),
        HostileExpression(
            "long strings compared again and again",
            bound(
                20, first: "'x'", { "\($0) + \($0)" },
                body: { a in
                    "cel.bind(b, \(a) + 'y', cel.bind(c, \(a) + 'y', lists.range(100000).all(i, b == c)))"
                }), .exhausted),
        HostileExpression(
            "long bytes compared again and again",
            bound(
                20, first: "b'x'", { "\($0) + \($0)" },
                body: { a in
                    "cel.bind(b, \(a) + b'y', cel.bind(c, \(a) + b'y', lists.range(100000).all(i, b == c)))"
                }), .exhausted),
        HostileExpression(
            "long keys looked up again and again",
            bound(
                20, first: "'x'", { "\($0) + \($0)" },
                body: { a in
                    "cel.bind(b, {\(a) + 'y': 1}, cel.bind(c, \(a) + 'y', "
                        + "lists.range(100000).all(i, c in b && b[c] == 1 && {c: 1} != {})))"
                }), .exhausted),
        HostileExpression(
            "long keys in errors",
            bound(
                20, first: "'x'", { "\($0) + \($0)" },
                body: { a in
                    "lists.range(100000).exists(i, {'a': i}[\(a)] == 1)"
                }), .exhausted),
        HostileExpression(
            "long strings ordered again and again",
            bound(
                20, first: "'x'", { "\($0) + \($0)" },
                body: { a in
                    "cel.bind(b, \(a) + 'y', cel.bind(c, \(a) + 'y', lists.range(100000).all(i, b <= c)))"
                }), .exhausted),
        HostileExpression(
            "long bytes ordered again and again",
            bound(
                20, first: "b'x'", { "\($0) + \($0)" },
                body: { a in
                    "cel.bind(b, \(a) + b'y', cel.bind(c, \(a) + b'y', lists.range(100000).all(i, b <= c)))"
                }), .exhausted),
        HostileExpression(
            "long strings converted again and again",
            bound(
                20, first: "'0'", { "\($0) + \($0)" },
                body: { a in
                    "lists.range(100000).all(i, int(\(a)) == 0)"
                }), .exhausted),
    ]
}
