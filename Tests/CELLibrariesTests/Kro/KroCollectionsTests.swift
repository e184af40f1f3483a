// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("Lists and maps of kro")
struct KroCollectionsTests {
    @Test(
        "lists",
        arguments: [
            ("lists.setAtIndex([1, 2, 3], 1, 99)", "[1, 99, 3]"), ("lists.setAtIndex(dyn(['a']), 0, 'z')", "[\"z\"]"),
            ("lists.insertAtIndex([1, 2], 1, 99)", "[1, 99, 2]"), ("lists.insertAtIndex([1, 2], 2, 99)", "[1, 2, 99]"),
            ("lists.insertAtIndex([], 0, 1)", "[1]"), ("lists.removeAtIndex([1, 2, 3], 1)", "[1, 3]"),
            ("lists.setAtIndex([1, 2], 2, 3)", "error: lists.setAtIndex: index 2 out of bounds [0, 2)"),
            ("lists.insertAtIndex([1, 2], 3, 3)", "error: lists.insertAtIndex: index 3 out of bounds [0, 2]"),
            ("lists.removeAtIndex([1, 2], -1)", "error: lists.removeAtIndex: index -1 out of bounds [0, 2)"),
            (
                "lists.setAtIndex([1], 0, 'x')",
                "refused: found no matching overload for 'lists.setAtIndex' applied to '(list(int), int, string)'"
            ),
        ])
    func lists(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }

    @Test(
        "maps",
        arguments: [
            ("{}.merge({'a': 1})", "{\"a\": 1}"), ("{'a': 1}.merge({'b': 2, 'a': 3})", "{\"a\": 3, \"b\": 2}"),
            ("{'a': {'x': 1}}.merge({'a': {'y': 2}})", "{\"a\": {\"y\": 2}}"),
            ("{'a': {'x': 1}}.deepMerge({'a': {'y': 2}})", "{\"a\": {\"x\": 1, \"y\": 2}}"),
            ("{'a': {'x': 1}, 'b': [1]}.deepMerge({'b': [2], 'a': {'x': 9}})", "{\"a\": {\"x\": 9}, \"b\": [2]}"),
            ("{'a': {'x': 1}}.deepMerge({'a': 5})", "{\"a\": 5}"), ("{'a': 1}.deepMerge({})", "{\"a\": 1}"),
            ("{'a': 1}.deepMerge(1)", "error: no such overload: deepMerge(map, int)"),
            (
                "{'a': 1}.merge({'b': 'x'})",
                "refused: found no matching overload for 'merge' applied to 'map(string, int).(map(string, string))'"
            ),
        ])
    func maps(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }
}
