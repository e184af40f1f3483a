// SPDX-License-Identifier: Apache-2.0

import RegularExpressions
import Testing

@Suite("Refused patterns") struct RefusalTests {
    static let refusals: [(pattern: String, reason: String, offset: Int)] = [
        // Groups.
        ("(", "missing closing ): `(`", 0), ("ab(c|d", "missing closing ): `ab(c|d`", 0),
        (")", "unexpected ): `)`", 0), ("(a))", "unexpected ): `(a))`", 0),
        ("x(?=y)", "invalid or unsupported Perl syntax: `(?=`", 1),
        ("x(?!y)", "invalid or unsupported Perl syntax: `(?!`", 1),
        ("é(?>y)", "invalid or unsupported Perl syntax: `(?>`", 1),
        ("(?P=n)", "invalid or unsupported Perl syntax: `(?P`", 0),
        ("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`", 0),
        ("(?i--s)", "invalid or unsupported Perl syntax: `(?i--`", 0),
        ("(?x)", "invalid or unsupported Perl syntax: `(?x`", 0),
        ("(?i", "invalid or unsupported Perl syntax: `(?i`", 0),
        ("(?<=y)x", "invalid named capture: `(?<=y)x`", 0), ("(?<!y)x", "invalid named capture: `(?<!y)x`", 0),
        ("(?P<n", "invalid named capture: `(?P<n`", 0), ("(?P<a b>x)", "invalid named capture: `(?P<a b>`", 0),
        ("(?<>x)", "invalid named capture: `(?<>`", 0), ("a(?<é>x)", "invalid named capture: `(?<é>`", 1),
        // Repetitions.
        ("*", "missing argument to repetition operator: `*`", 0),
        ("a|+?", "missing argument to repetition operator: `+?`", 2),
        ("({2})", "missing argument to repetition operator: `{2}`", 1),
        ("(?i)*", "missing argument to repetition operator: `*`", 4),
        (#"\Q\E+"#, "missing argument to repetition operator: `+`", 4),
        ("a**", "invalid nested repetition operator: `**`", 1),
        ("a*?+", "invalid nested repetition operator: `*?+`", 1),
        ("a{2}{3}", "invalid nested repetition operator: `{2}{3}`", 1),
        ("é??*", "invalid nested repetition operator: `??*`", 1),
        ("a{1001}", "invalid repeat count: `{1001}`", 1), ("a{2,1}", "invalid repeat count: `{2,1}`", 1),
        ("a{1,99999999999}", "invalid repeat count: `{1,99999999999}`", 1),
        ("((a{10}){10}){11}", "invalid repeat count: `{11}`", 13),
        ("(a{501}){2,}", "invalid repeat count: `{2,}`", 8),
        ("(a*){0,1000}{1}", "invalid nested repetition operator: `{0,1000}{1}`", 4),
        // Classes.
        ("x[a", "missing closing ]: `[a`", 1), ("[]a", "missing closing ]: `[]a`", 0),
        ("[^", "missing closing ]: `[^`", 0),
        ("[z-a]", "invalid character class range: `z-a`", 1), ("[a-Z]", "invalid character class range: `a-Z`", 1),
        ("[[:word:][:wrd:]]", "invalid character class range: `[:wrd:]`", 9),
        (#"[a-\d]"#, #"invalid escape sequence: `\d`"#, 3), (#"\pX"#, #"invalid character class range: `\pX`"#, 0),
        (#"\p{Klingon}"#, #"invalid character class range: `\p{Klingon}`"#, 0),
        (#"\p{Greek"#, #"invalid character class range: `\p{Greek`"#, 0),
        (#"\p"#, #"invalid character class range: `\p`"#, 0),
        // Escapes.
        (#"a\"#, "trailing backslash at end of expression: ``", 2), (#"\1"#, #"invalid escape sequence: `\1`"#, 0),
        (#"(a)\2"#, #"invalid escape sequence: `\2`"#, 3), (#"\8"#, #"invalid escape sequence: `\8`"#, 0),
        (#"\C"#, #"invalid escape sequence: `\C`"#, 0), (#"\q"#, #"invalid escape sequence: `\q`"#, 0),
        (#"\Z"#, #"invalid escape sequence: `\Z`"#, 0), (#"\é"#, #"invalid escape sequence: `\é`"#, 0),
        (#"\x4"#, #"invalid escape sequence: `\x4`"#, 0), (#"\xg0"#, #"invalid escape sequence: `\xg0`"#, 0),
        (#"\x{}"#, #"invalid escape sequence: `\x{}`"#, 0),
        (#"\x{110000}"#, #"invalid escape sequence: `\x{110000`"#, 0),
        (#"[\b]"#, #"invalid escape sequence: `\b`"#, 1), (#"[\Qa\E]"#, #"invalid escape sequence: `\Q`"#, 1),
    ]

    @Test("say what Go says", arguments: refusals)
    func refused(pattern: String, reason: String, offset: Int) throws {
        let error = try #require(refusal(pattern))
        #expect(error.description == "error parsing regexp: " + reason)
        #expect(error.scalarOffset == offset)
    }

    @Test(
        "are only those that have to be",
        arguments: [
            "", "a{", "a{1", "a{,2}", "a{01}", "a{1,", "a{1x}", "{", "x{2}{", "[]a]", "[^]]", "[a-]", "[-a]", "[a-b-c]",
            "(|a)*", "(?:)+", "^*", "(?i)(?-i)", "a(?i)*", "a*(?s)*", #"\Q"#, #"\Qa"#, #"\Q*\E"#, "(?P<1>a)",
            "(?P<n>a)(?P<n>b)",
            #"\_"#, #"\-"#, #"\0"#, #"\07"#, #"\123"#, #"\x{10FFFF}"#, #"\x{D800}"#, "[[:alpha]",
            "(((a{10}){10}){10})",
            #"\p{^Greek}"#, #"\PN"#, #"\p{any}"#, "a{0}", "(?:a{1000}){0}", "[[.a.]]", "(?:a{0,1000}b)",
        ])
    func accepted(pattern: String) { #expect(refusal(pattern) == nil) }

    @Test("are those beyond the limits") func limits() {
        let groups = { (depth: Int) in String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(refusal(groups(999)) == nil)
        #expect(refusal(groups(1000))?.reason == .tooDeep)
        #expect(refusal(groups(60_000))?.reason == .tooDeep)
        #expect(refusal(String(repeating: "(?:", count: 30_000) + String(repeating: ")", count: 30_000)) == nil)
        #expect(refusal(String(repeating: "(", count: 100_000))?.reason == .missingParenthesis)
        #expect(refusal(String(repeating: "a|", count: 1 << 16))?.reason == nil)
        #expect(refusal(String(repeating: "a", count: 1 + 1 << 17))?.reason == .tooLarge)
        #expect(refusal(#"(?:\pL\pN){1000}"#)?.reason == .tooLarge)
        #expect(refusal("((a{100}){10}b{1000}){1}", limits: .init(programSize: 1000))?.reason == .tooLarge)
        #expect(refusal("(?:" + String(repeating: "(?:)", count: 20_000) + "){1000}")?.reason == .tooLarge)
        #expect(refusal(String(repeating: #"[\pL]"#, count: 20_000))?.reason == .tooLarge)
        #expect(refusal("[" + String(repeating: "[:", count: 60_000))?.reason == .missingBracket)
    }
}
