// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Strings")
struct StringsTests {
    @Test(
        "Positions count code points, of ASCII and of other text",
        arguments: [
            ("'abc'.charAt(0)", #""a""#), ("'abc'.charAt(3)", #""""#), ("'a😀c'.charAt(1)", #""😀""#),
            ("'a😀c'.charAt(3)", #""""#), ("'e\\u0301x'.charAt(1)", "\"\u{301}\""),
            ("'abc'.charAt(4)", "error: index out of range: 4"), ("'a😀c'.charAt(4)", "error: index out of range: 4"),
            ("'abc'.charAt(-1)", "error: index out of range: -1"),
            ("'abc'.charAt(9223372036854775807)", "error: index out of range: 9223372036854775807"),
            ("'äbc'.substring(1)", #""bc""#), ("'äbc'.substring(3)", #""""#), ("'abcä'.substring(1, 4)", #""bcä""#),
            ("'abc'.substring(0)", #""abc""#), ("'abc'.substring(2, 2)", #""""#),
            ("'abc'.substring(4)", "error: index out of range: 4"),
            ("'äbc'.substring(0, 4)", "error: index out of range: 4"),
            ("'abc'.substring(2, 1)", "error: invalid substring range. start: 2, end: 1"),
        ])
    func positions(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.strings()]) == expected)
    }

    @Test(
        "A search says where, or -1",
        arguments: [
            ("'hello mellow'.indexOf('ello')", "1"), ("'hello mellow'.indexOf('ello', 2)", "7"),
            ("'hello mellow'.indexOf('jello')", "-1"), ("'hello'.indexOf('')", "0"), ("'hello'.indexOf('', 3)", "3"),
            ("'hello'.indexOf('', 6)", "5"), ("'hello'.indexOf('o', 5)", "-1"),
            ("'hello'.indexOf('o', 6)", "error: index out of range: 6"),
            ("'hello'.indexOf('o', -1)", "error: index out of range: -1"), ("''.indexOf('a', 0)", "-1"),
            ("'äöü'.indexOf('ü')", "2"), ("'äöüö'.indexOf('ö', 2)", "3"),
            ("'hello mellow'.lastIndexOf('ello')", "7"), ("'hello mellow'.lastIndexOf('ello', 6)", "1"),
            ("'aaa'.lastIndexOf('aa')", "1"), ("'hello'.lastIndexOf('')", "5"), ("'hello'.lastIndexOf('', 9)", "5"),
            ("'a'.lastIndexOf('aa')", "-1"), ("'äöüö'.lastIndexOf('ö')", "3"), ("'äöüö'.lastIndexOf('ö', 2)", "1"),
            ("'hello'.lastIndexOf('o', 5)", "-1"), ("'hello'.lastIndexOf('o', 6)", "error: index out of range: 6"),
        ])
    func search(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.strings()]) == expected)
    }

    @Test(
        "Strings are joined, split and replaced",
        arguments: [
            ("['a', 'b', 'c'].join()", #""abc""#), ("['a', 'b'].join(', ')", #""a, b""#), ("[].join('-')", #""""#),
            ("['a'].join('-')", #""a""#), ("dyn(['a', 1]).join()", "error: join: invalid input: 1"),
            ("'a,b,c'.split(',')", #"["a", "b", "c"]"#), ("'a,b,c'.split(',', 2)", #"["a", "b,c"]"#),
            ("'a,b,c'.split(',', 1)", #"["a,b,c"]"#), ("'a,b'.split(',', 0)", "[]"),
            ("'a,b'.split(',', -1)", #"["a", "b"]"#), ("',a,'.split(',')", #"["", "a", ""]"#),
            ("'añ😀'.split('')", #"["a", "ñ", "😀"]"#), ("'abc'.split('', 2)", #"["a", "bc"]"#),
            ("'abc'.split('', 9)", #"["a", "b", "c"]"#), ("'a'.split('', 1)", #"["a"]"#), ("''.split('')", "[]"),
            ("''.split(',')", #"[""]"#), ("'aaaa'.split('aa')", #"["", "", ""]"#),
            ("'hello hello'.replace('he', 'we')", #""wello wello""#),
            ("'hello hello'.replace('he', 'we', 1)", #""wello hello""#),
            ("'hello'.replace('l', '', 0)", #""hello""#), ("'hello'.replace('l', '', -5)", #""heo""#),
            ("'äb'.replace('', '-')", #""-ä-b-""#), ("'abc'.replace('', '-', 2)", #""-a-bc""#),
            ("''.replace('', 'x')", #""x""#),
        ])
    func pieces(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.strings()]) == expected)
    }

    @Test(
        "Strings are changed",
        arguments: [
            ("'TacoCÆt Xii'.lowerAscii()", #""tacocÆt xii""#), ("'tacoCαt'.upperAscii()", #""TACOCαT""#),
            ("'@[`{'.lowerAscii() + '@[`{'.upperAscii()", #""@[`{@[`{""#),
            (#"' \u00a0\u2003 a b\t\n'.trim()"#, #""a b""#), (#"'\u200ba'.trim()"#, "\"\u{200B}a\""),
            ("' '.trim()", #""""#), ("'gums'.reverse()", #""smug""#), ("'ä😀b'.reverse()", #""b😀ä""#),
            (#"strings.quote('a"\\\n\u0001é')"#, #""\"a\\\"\\\\\\n\x01é\"""#),
        ])
    func changes(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.strings()]) == expected)
    }

    @Test(
        "A version has the functions of its time",
        arguments: [(0, "strings.quote('')"), (2, "'a'.reverse()"), (0, "'a'.format([])")])
    func versions(version: Int, expression: String) {
        #expect(outcome(of: expression, with: [.strings(version: version)]).hasPrefix("error: "))
        #expect(!outcome(of: expression, with: [.strings()]).hasPrefix("error: "))
    }

    @Test(
        "No call makes more than it may",
        arguments: [
            "lists.range(100000).map(i, 'aaaaaaaaaaaaaaaa').join().replace('', 'bbbbbbbbbbbbbbbb').size()",
            "lists.range(100000).map(i, 'aaaaaaaa').join().split('').size()",
            "lists.range(100000).map(i, 'aaaaaaaa').join('bbbbbbbbbbbbbbbb').size()",
            "lists.range(1000000000).size()", "lists.range(9223372036854775807).size()",
            "lists.range(100000).map(i, '%.1000f'.format([1.0])).size()",
        ])
    func budget(expression: String) {
        let limits = EvaluationLimits(steps: 1_000_000, bytes: 4_000_000)
        let result = outcome(of: expression, with: [.strings(), .lists()], limits: limits)
        #expect(result.hasPrefix("error: the expression "))
    }
}
