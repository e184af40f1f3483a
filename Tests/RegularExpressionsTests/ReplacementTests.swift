// SPDX-License-Identifier: Apache-2.0

import RegularExpressions
import Testing

@Suite("Replacing and splitting") struct ReplacementTests {
    static let templates: [(pattern: String, text: String, template: String, result: String)] = [
        ("a(x*)b", "-ab-axxb-", "T", "-T-T-"), ("a(x*)b", "-ab-axxb-", "$1", "--xx-"),
        ("a(x*)b", "-ab-axxb-", "$1W", "---"),
        ("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"), ("(?P<n>b+)", "abbc", "<$n>", "a<bb>c"),
        ("(?P<n>b+)", "abbc", "<${n}x$0>", "a<bbxbb>c"),
        ("b", "abc", "$$0", "a$0c"), ("b", "abc", "$", "a$c"), ("b", "abc", "${", "a${c"), ("b", "abc", "${0", "a${0c"),
        ("b", "abc", "$-", "a$-c"),
        ("b", "abc", "$9${x}$01", "ac"), ("b", "abc", "[$0$]", "a[b$]c"), ("(é)", "aéa", "$1${1}é", "aéééa"),
        ("", "ab", "-", "-a-b-"),
        ("b*", "abbc", "-", "-a-c-"), ("x", "abc", "-", "abc"), ("(a)|(b)", "ab", "<$1|$2>", "<a|><|b>"),
        ("(?P<n>a)|(?P<n>b)", "ab", "<$n>", "<a><b>"),
    ]

    @Test("expands templates as Go does", arguments: templates)
    func template(pattern: String, text: String, template: String, result: String) throws {
        #expect(try RegularExpression(pattern).replacingAll(in: text, with: template) == result)
    }

    @Test("takes literal replacements as they are") func literal() throws {
        #expect(try RegularExpression("a(.)").replacingAll(in: "ab ac", withLiteral: #"$1\1"#) == #"$1\1 $1\1"#)
    }

    @Test("rewrites as CEL does") func rewrite() throws {
        let expression = try RegularExpression(#"(\d+)-(\w+)"#)
        #expect(
            try expression.replacingAll(in: "1-a 2-b 3-c", limit: 2, withRewrite: #"\2:\1\\\0$1"#)
                == #"a:1\1-a$1 b:2\2-b$1 3-c"#)
        for refused in [#"\3"#, #"\x"#, #"a\"#, #"\é"#] {
            #expect(throws: RewriteError.self) { try expression.replacingAll(in: "1-a", withRewrite: refused) }
        }
    }

    @Test("asks for each replacement, and lets it fail") func closure() throws {
        struct Refusal: Error {}
        let expression = try RegularExpression("[a-z]+")
        #expect(expression.replacingMatches(in: "ab cd ef", limit: 2) { $0.text.uppercased() } == "AB CD ef")
        #expect(throws: Refusal.self) { try expression.replacingMatches(in: "ab") { _ in throw Refusal() } }
    }

    static let splits: [(pattern: String, text: String, limit: Int, pieces: [String])] = [
        (",", "a,b,c", -1, ["a", "b", "c"]), (",", "a,b,c", 2, ["a", "b,c"]), (",", "a,b,c", 1, ["a,b,c"]),
        (",", "a,b,c", 0, []),
        (",", ",a,", -1, ["", "a", ""]), (",", "", -1, [""]), ("", "", -1, []), ("", "aéb", -1, ["a", "é", "b"]),
        ("", "abc", 2, ["a", "bc"]),
        ("b*", "abbc", -1, ["a", "c"]), ("x", "abc", -1, ["abc"]), (" +", "a  b c", -1, ["a", "b", "c"]),
        ("^a", "ab", -1, ["", "b"]), ("a*", "ba", -1, ["b", ""]),
    ]

    @Test("splits as Go does", arguments: splits)
    func split(pattern: String, text: String, limit: Int, pieces: [String]) throws {
        #expect(try RegularExpression(pattern).split(text, limit: limit).map(String.init) == pieces)
    }
}
