// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Regex")
struct RegexTests {
    @Test(
        "The first match, or what its group matched",
        arguments: [
            ("regex.extract('hello world', 'hello(.*)')", #"optional.of(" world")"#),
            (#"regex.extract('item-A, item-B', r'item-\w+')"#, #"optional.of("item-A")"#),
            ("regex.extract('HELLO', 'hello')", "optional.none()"),
            ("regex.extract('ab', 'a(x?)b')", "optional.none()"),
            ("regex.extract('äöü', 'ö(.)')", #"optional.of("ü")"#), ("regex.extract('', '')", #"optional.of("")"#),
            (
                "regex.extract('a@b', '(.*)@(.*)')",
                #"error: regular expression has more than one capturing group: "(.*)@(.*)""#
            ),
            ("[dyn('(')].map(p, regex.extract('a', p))", "error: error parsing regexp: missing closing ): `(`"),
        ])
    func extraction(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.regex]) == expected)
    }

    @Test(
        "All matches",
        arguments: [
            (#"regex.extractAll('id:123, id:456', r'id:(\d+)')"#, #"["123", "456"]"#),
            ("regex.extractAll('banananana', '(ana)')", #"["ana", "ana"]"#),
            ("regex.extractAll('abc', 'x')", "[]"), ("regex.extractAll('aXbX', '(a?)X')", #"["a"]"#),
            ("regex.extractAll('äö', '')", #"["", "", ""]"#),
        ])
    func all(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.regex]) == expected)
    }

    @Test(
        "Matches are replaced",
        arguments: [
            ("regex.replace('banana', 'a', 'x')", #""bxnxnx""#), ("regex.replace('banana', 'a', 'x', 2)", #""bxnxna""#),
            ("regex.replace('banana', 'a', 'x', 0)", #""banana""#),
            ("regex.replace('banana', 'a', 'x', -12)", #""bxnxnx""#),
            ("regex.replace('abc', '^', 'x') + regex.replace('abc', '$', 'x')", #""xabcabcx""#),
            (#"regex.replace('a-b', r'\b', '|')"#, #""|a|-|b|""#),
            (#"regex.replace('ac', 'a(b)?c', r'[\1]')"#, #""[]""#),
            (#"regex.replace('foo bar', '(fo)o (ba)r', r'\2 \1')"#, #""ba fo""#),
            (#"regex.replace('ab', 'b', r'[\0\\]')"#, #""a[b\\]""#), ("regex.replace('äb', '', '-')", #""-ä-b-""#),
            (#"regex.replace('a', '(a)|(b)', r'<\2>')"#, #""<>""#), (#"regex.replace('x', 'a', r'\9')"#, #""x""#),
            (
                #"regex.replace('test', '(.)', r'\2')"#,
                "error: replacement string references group 2 but regex has only 1 group(s)"
            ),
            (
                #"regex.replace('a', 'a', r'\v')"#,
                #"error: invalid replacement string: '\v' \ must be followed by a digit or \"#
            ),
            (#"regex.replace('a', 'a', 'x\\')"#, #"error: invalid replacement string: 'x\' \ not allowed at end"#),
            ("regex.replace('a', '(', '')", "error: error parsing regexp: missing closing ): `(`"),
        ])
    func replacement(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.regex]) == expected)
    }

    @Test(
        "Searches and what they make are paid for",
        arguments: [
            "regex.extractAll(lists.range(100000).map(i, 'aaaa').join(), 'a').size()",
            "regex.replace(lists.range(100000).map(i, 'aaaa').join(), '', 'bbbbbbbbbbbbbbbb').size()",
        ])
    func budget(expression: String) {
        let limits = EvaluationLimits(steps: 1_000_000, bytes: 10_000_000)
        let result = outcome(of: expression, with: [.regex, .lists(), .strings()], limits: limits)
        #expect(result.hasPrefix("error: the expression "))
    }

    @Test("More matches than are expected are all found")
    func many() {
        let expression = "regex.extractAll(lists.range(3000).map(i, 'ab').join(), '[ab]').size()"
        #expect(outcome(of: expression, with: [.regex, .lists(), .strings()]) == "6000")
    }
}
