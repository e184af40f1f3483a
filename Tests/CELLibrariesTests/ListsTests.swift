// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Lists")
struct ListsTests {
    @Test(
        "Lists are cut, turned and flattened",
        arguments: [
            ("[1, 2, 3, 4].slice(1, 3)", "[2, 3]"), ("[1].slice(1, 1)", "[]"),
            ("[1].slice(0, 2)", "error: cannot slice(0, 2), list is length 1"),
            ("[1].slice(-1, 0)", "error: cannot slice(-1, 0), negative indexes not supported"),
            (
                "[1].slice(1, 0)",
                "error: cannot slice(1, 0), start index must be less than or equal to end index"
            ),
            ("[1, 2, 3].reverse()", "[3, 2, 1]"), ("lists.range(3)", "[0, 1, 2]"), ("lists.range(-3)", "[]"),
            ("[[1], [], [2, 3]].flatten()", "[1, 2, 3]"), ("[1, [2, [3]]].flatten()", "[1, 2, [3]]"),
            ("[1, [2, [3, [4]]]].flatten(2)", "[1, 2, 3, [4]]"), ("[[1]].flatten(0)", "[[1]]"),
            ("[[1]].flatten(-1)", "error: level must be non-negative"),
            ("[[1], [2]].flatten()[0] + 1", "2"),
        ])
    func shape(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.lists()]) == expected)
    }

    @Test(
        "distinct keeps the first of those that the language calls equal",
        arguments: [
            ("[1, 2, 1, 2].distinct()", "[1, 2]"), ("[1, 1.0, 1u, 2u].distinct()", "[1, 2u]"),
            ("['b', 'a', 'b'].distinct()", #"["b", "a"]"#), (#"['\u00e9', 'e\u0301'].distinct().size()"#, "2"),
            ("[double('NaN'), double('NaN')].distinct().size()", "2"), ("[0.0, -0.0].distinct().size()", "1"),
            ("[[1], [1.0], [2]].distinct()", "[[1], [2]]"), ("[{'a': 1}, {'a': 1u}].distinct().size()", "1"),
            ("[null, true, null, 'true', b'true'].distinct()", #"[null, true, "true", b"true"]"#),
            // Two ints that differ and the double that is equal to both.
            ("[9007199254740993, 9007199254740992, 9007199254740992.0].distinct().size()", "2"),
            ("[duration('1s'), duration('1000ms')].distinct().size()", "1"), ("[].distinct()", "[]"),
        ])
    func distinct(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.lists()]) == expected)
    }

    @Test(
        "Lists are sorted by their elements and by keys",
        arguments: [
            ("[3, 1, 2].sort()", "[1, 2, 3]"), ("['b', 'a', 'ä', 'B'].sort()", #"["B", "a", "b", "ä"]"#),
            ("[2u, 1u].sort()", "[1u, 2u]"), ("[true, false].sort()", "[false, true]"),
            ("[b'b', b'a'].sort()", #"[b"a", b"b"]"#),
            ("[2.0, double('NaN'), -1.0].sort()", #"[double("NaN"), -1.0, 2.0]"#),
            ("[duration('2s'), duration('1s')].sort()", #"[duration("1s"), duration("2s")]"#), ("[].sort()", "[]"),
            ("[1, 'a'].sort()", "error: list elements must have the same type"),
            ("dyn([null, null]).sort()", "error: list elements must be comparable"),
            ("dyn([null]).sort()", "error: list elements must be comparable"),
            ("[3, 1, 2].sortBy(e, -e)", "[3, 2, 1]"),
            ("['ccc', 'a', 'bb'].sortBy(s, size(s))", #"["a", "bb", "ccc"]"#),
            ("[{'n': 'b', 'a': 1}, {'n': 'a', 'a': 2}].sortBy(x, x.n).map(x, x.a)", "[2, 1]"),
            ("[[2, 1], [4, 3]].sortBy(l, l.sortBy(e, e)[0]).map(l, l.sortBy(e, -e))", "[[2, 1], [4, 3]]"),
            ("[2, 1].sortBy(e, [e])", "error: "), ("[1].sortBy(e + 1, e)", "error: "), ("'ab'.sortBy(e, e)", "error: "),
        ])
    func sorting(expression: String, expected: String) {
        let result = outcome(of: expression, with: [.lists()])
        #expect(expected == "error: " ? result.hasPrefix(expected) : result == expected)
    }

    @Test("Sorting keeps equal keys in their order")
    func stability() {
        let sorted =
            "lists.range(1000).sortBy(i, i % 3) == lists.range(1000).filter(i, i % 3 == 0)"
            + " + lists.range(1000).filter(i, i % 3 == 1) + lists.range(1000).filter(i, i % 3 == 2)"
        #expect(outcome(of: sorted, with: [.lists()]) == "true")
    }

    @Test(
        "Without checking, arguments of other types find no overload",
        arguments: ["'a'.slice(0, 1)", "[1].slice('a', 1)", "'a'.flatten()", "'a'.sort()", "{}.distinct()"])
    func overloads(expression: String) {
        let result = outcome(of: expression, with: [.lists()], isChecked: false)
        #expect(result.hasPrefix("error: no such overload"))
    }

    @Test(
        "Many lists that are hard to tell apart are paid for",
        arguments: [
            "lists.range(5000).map(i, [i]).distinct().size()",
            "sets.contains(lists.range(5000).map(i, {'a': i}), lists.range(5000).map(i, {'a': -i - 1}))",
            "lists.range(200000).map(i, [i, i, i, i, i, i, i, i]).flatten().size()",
        ])
    func budget(expression: String) {
        #expect(outcome(of: expression, with: [.lists(), .sets]).hasPrefix("error: the expression "))
    }

    @Test(
        "Numbers and strings are told apart by hashing",
        arguments: [
            "lists.range(100000).distinct().size() == 100000",
            "sets.equivalent(lists.range(50000), lists.range(50000))",
            "lists.range(50000).map(i, string(i)).distinct().size() == 50000",
        ])
    func hashing(expression: String) {
        #expect(outcome(of: expression, with: [.lists(), .sets]) == "true")
    }

    @Test(
        "Sets compare as the language does",
        arguments: [
            ("sets.contains([1, 2.0], [1.0])", "true"), ("sets.contains([], [])", "true"),
            ("sets.contains([1], [2])", "false"), ("sets.contains([], [1])", "false"),
            ("sets.equivalent([1], [1u, 1.0])", "true"), ("sets.equivalent([1, 2], [2])", "false"),
            ("sets.intersects([[1], [2, 3]], [[1, 2], [2, 3.0]])", "true"), ("sets.intersects([1], [])", "false"),
            ("sets.intersects([double('NaN')], [double('NaN')])", "false"),
            ("sets.contains(1, [1])", "error: found no matching overload for 'sets.contains' applied to"),
        ])
    func sets(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.sets]).hasPrefix(expected))
    }
}
