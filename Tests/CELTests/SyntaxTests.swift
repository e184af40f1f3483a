// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Syntax")
struct SyntaxTests {
    @Test(
        "Operators bind as the specification says",
        arguments: [
            ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 - 4 - 3", "3"), ("100 / 10 / 5", "2"), ("7 % 4 % 2", "1"),
            ("-2 + 3", "1"), ("--2", "2"), ("---2", "-2"), ("!!true", "true"), ("!true || true", "true"),
            ("1 < 2 == true", "true"), ("1 + 1 == 2 && 2 > 1", "true"), ("true || false && false", "true"),
            ("(true || false) && false", "false"), ("true ? 1 : true ? 2 : 3", "1"), ("false ? 1 : false ? 2 : 3", "3"),
            ("1 in [1] == true", "true"), ("-[1, 2][1]", "-2"), ("{'a': {'b': 3}}.a.b * 2", "6"),
            ("'a' + 'b' == 'ab'", "true"),
            ("[1, 2].size() - 1", "1"), ("2 * -3", "-6"), ("-9223372036854775808", "-9223372036854775808"),
            ("!false && !false", "true"), ("[[1], [2]][1][0]", "2"), ("1 - -1", "2"), ("1--1", "2"),
        ])
    func precedence(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test(
        "Literals stand for their values",
        arguments: [
            ("0x1F", "31"), ("-0x10", "-16"), ("5u", "5u"), ("0xFFu", "255u"), ("1.5", "1.5"), (".5", "0.5"),
            ("1e3", "1000.0"), ("2E-1", "0.2"), ("9223372036854775807", "9223372036854775807"),
            ("18446744073709551615u", "18446744073709551615u"), ("null", "null"), ("[1, 2,]", "[1, 2]"), ("[]", "[]"),
            ("{'a': 1,}", "{\"a\": 1}"), ("{}", "{}"), ("'it''s'", "refused: found a string where the end is expected"),
            ("'''it's'''", "\"it's\""), ("\"\"\"a\nb\"\"\"", "\"a\\nb\""), ("r'\\n'", "\"\\\\n\""),
            ("R\"a\\\"", "\"a\\\\\""), ("b'\\xff'", "b\"\\xff\""), ("b'ÿ'", "b\"\\xc3\\xbf\""),
            ("br'\\x'", "b\"\\\\x\""),
            ("rb'a'", "refused: found a string where the end is expected"), ("'a\\tb'", "\"a\\tb\""),
            ("'\\u00e9'", "\"é\""), ("'\\U0001F600'", "\"😀\""), ("'\\x41\\102\\103'", "\"ABC\""),
            ("'\\?\\`\\''", "\"?`'\""),
            ("// nothing\n1 // one", "1"), ("1.0.a", "fails: no such key: a; a value of type double has no fields"),
        ])
    func literals(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test(
        "What is no expression is refused at its place",
        arguments: [
            ("", 1, 1), ("1 +\n  * 2", 2, 3), ("'a", 1, 1), ("'\\z'", 1, 2), ("'\\u12'", 1, 2), ("'\\ud800'", 1, 2),
            ("b'\\u0041'", 1, 3),
            ("'\\400'", 1, 2), ("9223372036854775808", 1, 1), ("1e999", 1, 1), ("0x", 1, 1), ("a ? b", 1, 6),
            ("[1 2]", 1, 4),
            ("{1: 2 3: 4}", 1, 7), ("f(1,)", 1, 5), ("a.", 1, 3), ("if", 1, 1), ("a && ", 1, 6), ("é + 1", 1, 1),
            ("'é' +\n\t'ö' ]", 2, 6), ("has(1)", 1, 5), ("[1].all(1, true)", 1, 9), ("[1].map(x.y, 1)", 1, 10),
            ("[1].all(x, x, true)", 1, 12), ("cel.bind(1, 2, 3)", 1, 10), ("a = 1", 1, 3), ("a & b", 1, 3),
            ("1 == = 2", 1, 6),
        ])
    func refusals(text: String, line: Int, column: Int) {
        #expect {
            _ = try Environment.everything.parse(text)
        } throws: { error in
            guard let problem = (error as? CompileError)?.problems.first else { return false }
            return (problem.location.line, problem.location.column) == (line, column)
        }
    }

    @Test("A caret stands below the place, also behind tabs and in long lines")
    func carets() throws {
        func excerpt(_ text: String) -> String {
            do {
                _ = try Environment.everything.parse(text, name: "file")
                return ""
            } catch { return error.description }
        }
        #expect(excerpt("é\t§").hasSuffix("| é\t§\n | ^") || excerpt("'é'\t§").hasSuffix("| 'é'\t§\n | ...\t^"))
        #expect(excerpt("1 +\n2 + §") == "file:2:5: the character '§' is not part of the language\n | 2 + §\n | ....^")
        let long = excerpt("[" + String(repeating: "1, 2", count: 300) + "§" + String(repeating: ", 1", count: 300))
        #expect(long.hasPrefix("file:1:1202: "))
        #expect(long.utf8.count < 500)
    }

    @Test("Names that a quote holds are fields only")
    func quotedNames() {
        #expect(outcome(of: "{'a-b': 1, 'c.d/e': 2}.`a-b`") == "1")
        #expect(outcome(of: "has({'c.d/e': 2}.`c.d/e`)") == "true")
        #expect(outcome(of: "`a`").hasPrefix("refused"))
    }
}
