// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Texts as Go quotes them") struct GoQuotedTextTests {
    @Test(
        "show what is printed and escape the rest",
        arguments: [
            ("", #""""#), ("a b", #""a b""#), ("\"\\", #""\"\\""#),
            ("\u{7}\u{8}\u{c}\n\r\t\u{b}", #""\a\b\f\n\r\t\v""#),
            ("\0\u{1f}\u{7f}", #""\x00\x1f\x7f""#), ("é漢🙂", #""é漢🙂""#),
            ("\u{a0}\u{2028}\u{ad}", #""\u00a0\u2028\u00ad""#),
            ("\u{e000}\u{10ffff}", #""\ue000\U0010ffff""#), ("e\u{301}", "\"e\u{301}\""),
        ])
    func quoted(text: String, expected: String) { #expect(goQuoted(text) == expected) }
}
