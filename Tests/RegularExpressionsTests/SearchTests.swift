// SPDX-License-Identifier: Apache-2.0

import RegularExpressions
import Testing

@Suite("Searching") struct SearchTests {
    static let searches: [(pattern: String, text: String, matches: String)] = [
        // The first of the alternatives that fit, not the longest.
        ("a|ab", "ab", "0-1"), ("(a|ab)(c|bcd)(d*)", "abcd", "0-4 0-1 1-4 4-4"), ("a*?", "aa", "0-0, 1-1, 2-2"),
        ("a+?b??", "aab", "0-1, 1-2"), ("(?U)a+b??", "aab", "0-1, 1-3"), ("x{2,3}?", "xxxxx", "0-2, 2-4"),
        ("x{2,3}", "xxxxxx", "0-3, 3-6"), ("x{0}y", "xy", "1-2"), ("(?:a{2}){2,}", "aaaaaaa", "0-6"),
        // Empty matches: none right behind a match.
        ("", "", "0-0"), ("", "aé", "0-0, 1-1, 3-3"), ("b*", "abba", "0-0, 1-3, 4-4"),
        ("a*|b", "baac", "0-0, 1-3, 4-4"),
        ("(a*)*", "b", "0-0 0-0, 1-1 1-1"), ("(a*)+", "b", "0-0 0-0, 1-1 1-1"), ("(a*)+", "aab", "0-2 0-2, 3-3 3-3"),
        ("(|a)*", "aa", "0-0 0-0, 1-1 1-1, 2-2 2-2"), ("(|a)+", "aa", "0-0 0-0, 1-1 1-1, 2-2 2-2"),
        ("(a|b*)*", "abc", "0-2 1-2, 3-3 3-3"), ("(?:a?)*?b", "aab", "0-3"),
        // Groups keep what they matched last.
        ("(?:(a)|(b))+", "ab", "0-2 0-1 1-2"), ("(a)|(b)", "ba", "0-1 ? 0-1, 1-2 1-2 ?"),
        ("((a)|b)*", "ab", "0-2 1-2 0-1"),
        ("(a(b)?)+", "aba", "0-3 2-3 1-2"), ("(?P<x>a)(?<y>b)?", "aab", "0-1 0-1 ?, 1-3 1-2 2-3"),
        // Anchors and boundaries.
        ("^a", "aa", "0-1"), ("(?m)^a", "a\na", "0-1, 2-3"), ("a$", "a\na", "2-3"), ("(?m)a$", "a\na", "0-1, 2-3"),
        ("a$", "a\n", ""), (#"\Aa\z"#, "a", "0-1"), ("(?m)^$", "a\n\n", "2-2, 3-3"), ("$^", "", "0-0"),
        ("(?m)$^", "\n", "0-0, 1-1"),
        (#"\b"#, "a é", "0-0, 1-1"), (#"\B"#, "aéa", ""), (#"\B"#, "é", "0-0, 2-2"), (#"\B"#, "", "0-0"),
        (#"\bfoo\b"#, "foo1 foo", "5-8"),
        (#"a\b|a\B."#, "ab a", "0-2, 3-4"), ("(^|b)a", "aba", "0-1 0-0, 1-3 1-2"), ("a^b", "ab", ""),
        // Dots, classes, escapes.
        (".", "a\né", "0-1, 2-4"), ("(?s).+", "a\né", "0-4"), ("[^a]", "a\n", "1-2"), ("[]a]+", "a]b", "0-2"),
        ("[^]a]+", "a]bc", "2-4"), ("[a-c-e]+", "ab-e", "0-4"), (#"[\d-z]+"#, "1-z", "0-3"),
        (#"[[:alpha:]\d_]+"#, "é_a1", "2-5"),
        ("[[:^alpha:]]+", "a1é", "1-4"), (#"\w+"#, "aé_1", "0-1, 3-5"), (#"\W"#, "é", "0-2"),
        (#"\s+"#, "a \u{B}\t\u{A0}", "1-2, 3-4"),
        ("[[:space:]]+", " \u{B}\t", "0-3"), (#"\D\S"#, "12a3", "2-4"),
        (#"\x41\x{e9}\101\n\t\a\f\r\v\0"#, "AéA\n\t\u{7}\u{C}\r\u{B}\0", "0-11"),
        (#"\Qa.b\E."#, "a.bc", "0-4"), (#"\Q+\E+"#, "+++", "0-3"), ("a{,2}", "a{,2}", "0-5"),
        (#"[\x00-\x{10FFFF}]+"#, "aé\n", "0-4"),
        (#"[^\x00-\x{10FFFF}]"#, "a", ""), (#"\x{D800}"#, "a", ""), ("[é-ü]", "aìz", "1-3"),
        ("[a-\u{10FFFF}]+", "Aé日😀", "1-10"),
        // Case.
        ("(?i)straße", "STRAßE STRASSE", "0-7"), ("(?i)k", "kK\u{212A}", "0-1, 1-2, 2-5"),
        ("(?i)S", "s\u{17F}", "0-1, 1-3"),
        ("(?i)[^k]", "K\u{212A}a", "4-5"), ("(?i:a)b", "Ab AB", "0-2"), ("(?i)a(?-i)b", "Ab AB", "0-2"),
        ("((?i)a)b", "Ab aB", "0-2 0-1"),
        ("(?i)Σ", "σςΣ", "0-2, 2-4, 4-6"), ("(?i)[[:lower:]]+", "aBé", "0-2"), (#"(?i)\p{Lu}+"#, "aÉ1", "0-3"),
        ("(?i)Ж", "ж", "0-2"),
        // Properties.
        (#"\pL+"#, "héllo, wörld", "0-6, 8-14"), (#"\p{Greek}+"#, "aαβb", "1-5"), (#"\P{Greek}"#, "αa", "2-3"),
        (#"\p{^Greek}"#, "αa", "2-3"),
        (#"\P{^greek}"#, "αa", "0-2"), (#"\p{Han}+"#, "日本語かな", "0-9"), (#"\p{Hiragana}+"#, "日かな", "3-9"),
        (#"[\p{Cyrillic}\d]+"#, "aЖ1", "1-4"),
        (#"\p{Nd}+"#, "1٣x", "0-3"), (#"\p{Uppercase_Letter}"#, "aÉ", "1-3"), (#"\p{Sc}"#, "5€", "1-4"),
        (#"\p{Cs}"#, "a", ""), (#"\pZ"#, "a\u{2028}", "1-4"),
    ]

    @Test("finds what Go finds", arguments: searches)
    func search(pattern: String, text: String, matches: String) throws {
        let expression = try RegularExpression(pattern)
        #expect(expression.lines(in: text) == matches)
        #expect(expression.matches(text) == !matches.isEmpty)
        let matchesBytes = expression.matchesUTF8(text.utf8.span)
        #expect(matchesBytes == !matches.isEmpty)
        #expect(
            line(expression.firstMatch(in: text))
                == (matches.isEmpty ? "none" : matches.split(separator: ", ")[0].description))
    }

    @Test("stops at a limit") func limit() throws {
        let expression = try RegularExpression("a?")
        #expect(expression.lines(in: "aba", limit: 2) == "0-1, 2-3")
        #expect(expression.lines(in: "aba", limit: 0) == "")
        #expect(expression.lines(in: "aba", limit: 9) == "0-1, 2-3")
        #expect(try RegularExpression("a").lines(in: "aaa", limit: 2) == "0-1, 1-2")
    }

    @Test("begins where it is told, and sees what stands before") func offset() throws {
        let word = try RegularExpression(#"\ba"#)
        #expect(line(word.firstMatch(in: "aa a", from: 1)) == "3-4")
        #expect(word.firstMatch(in: "aa", from: 2) == nil)
        #expect(try RegularExpression("^a").firstMatch(in: "aa", from: 1) == nil)
        #expect(try line(RegularExpression("").firstMatch(in: "é", from: 2)) == "2-2")
        for outside in [-1, 1, 3] { #expect(try RegularExpression("").firstMatch(in: "é", from: outside) == nil) }
    }

    @Test("names groups and shows texts") func texts() throws {
        let expression = try RegularExpression("(?P<year>[0-9]+)-([0-9]+)(?<rest>x)?")
        #expect(expression.groupCount == 3 && expression.groupNames == ["year", nil, "rest"])
        #expect(expression.groupNumber(named: "rest") == 3 && expression.groupNumber(named: "day") == nil)
        let match = try #require(expression.firstMatch(in: "é 2024-05"))
        #expect(match.text == "2024-05" && match.text(of: 0) == "2024-05" && match.text(of: 1) == "2024")
        #expect(match.text(of: 3) == nil && match.text(of: 4) == nil && match.range(of: 2) == 8..<10)
    }

    @Test("knows what every match begins with") func prefix() throws {
        for (pattern, prefix) in [
            ("abc", "abc"), ("ab*", "a"), ("é+x", ""), ("(ab)c|d", ""), ("(ab)c", "abc"), ("^ab", ""),
        ] {
            #expect(try RegularExpression(pattern).literalPrefix == prefix, "\(pattern)")
        }
    }

    @Test("tells patterns apart by their bytes") func identity() throws {
        let (composed, decomposed) = (try RegularExpression("\u{E9}"), try RegularExpression("e\u{301}"))
        #expect(composed != decomposed && composed.matches("\u{E9}") && !composed.matches("e\u{301}"))
        #expect(try composed == RegularExpression("\u{E9}") && Set([composed, decomposed]).count == 2)
    }

    @Test("takes what was escaped for itself") func escape() throws {
        let special = #"a\.+*?()|[]{}^$b-é"#
        #expect(RegularExpression.escape(special) == #"a\\\.\+\*\?\(\)\|\[\]\{\}\^\$b-é"#)
        #expect(try RegularExpression("^" + RegularExpression.escape(special) + "$").matches(special))
    }
}
