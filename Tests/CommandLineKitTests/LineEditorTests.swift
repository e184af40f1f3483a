// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Testing

@Suite("Line editor") struct LineEditorTests {
    /// What bytes of a terminal do to a line: the outcomes that are no editing, and the line with `|` at the cursor.
    private func type(_ bytes: String, in editor: inout LineEditor) -> (outcomes: [LineEditor.Outcome], line: String) {
        var decoder = KeyDecoder(), outcomes: [LineEditor.Outcome] = []
        for byte in bytes.utf8 {
            guard let key = decoder.take(byte) else { continue }
            let outcome = editor.apply(key)
            if outcome != .editing { outcomes.append(outcome) }
        }
        return (outcomes, "\(editor.before)|\(editor.after)")
    }

    @Test(
        "keys do what they do elsewhere",
        arguments: [
            ("abc", "abc|"), ("abc\u{1B}[D\u{1B}[Dx", "ax|bc"), ("abc\u{1B}[D\u{1B}[Cx", "abcx|"),
            ("abc\u{01}x", "x|abc"),
            ("abc\u{1B}[Hx\u{1B}[Fy", "xabcy|"), ("abc\u{1B}OHx", "x|abc"), ("abc\u{7F}\u{08}", "a|"), ("\u{7F}", "|"),
            ("abc\u{1B}[D\u{1B}[3~", "ab|"), ("abc\u{02}\u{04}", "ab|"), ("a.bc d\u{1B}b\u{1B}b", "a.|bc d"),
            ("a.bc d\u{01}\u{1B}f\u{1B}[1;5C", "a.bc| d"), ("ab cd\u{17}\u{17}", "|"),
            ("ab cd\u{17}\u{01}\u{19}", "cd|ab "),
            ("ab cd\u{1B}[1;5D\u{0B}", "ab |"), ("ab cd\u{1B}[1;3D\u{15}", "|cd"), ("ab cd\u{01}\u{1B}d", "| cd"),
            ("é漢e\u{301}\u{1B}[D\u{1B}[D", "é|漢e\u{301}"), ("a\u{1B}[99~\u{1B}[5;5Rb", "ab|"), ("\u{00}\u{1A}a", "a|"),
            ("\u{1B}[200~a\tb\nc\u{1B}[201~d", "a b cd|"), ("\u{1B}[200~a\u{03}\u{04}b\u{1B}[201~", "ab|"),
        ])
    func keys(typed: String, line: String) {
        var editor = LineEditor()
        let result = type(typed, in: &editor)
        #expect(result.line == line && result.outcomes.isEmpty)
    }

    @Test("bytes that are no UTF-8 are dropped, and what follows them counts") func damaged() {
        var decoder = KeyDecoder()
        let keys = [0xC3, 0x41, 0xFF, 0xE6, 0xBC, 0x42, 0xC2, 0x9B, 0x43].compactMap { decoder.take($0) }
        #expect(keys == [.text("A"), .text("B"), .text("C")])
    }

    @Test("lines are entered, given up and ended") func outcomes() {
        var editor = LineEditor()
        #expect(
            type("ab\rcd\u{03}\t\u{0C}\u{04}", in: &editor).outcomes
                == [.entered("ab"), .interrupted, .completing, .clearing, .ended])
        #expect(type("x\n", in: &editor).outcomes == [.entered("x")])
    }

    @Test("former lines come back, each once, and the new line is kept") func history() {
        var editor = LineEditor()
        _ = type("one\rtwo\rtwo\r \rdra", in: &editor)
        #expect(type("\u{1B}[A", in: &editor).line == "two|")
        #expect(type("\u{10}", in: &editor).line == "one|")
        #expect(type("\u{1B}[A", in: &editor).line == "one|")
        #expect(type("!\u{1B}[B\u{0E}", in: &editor).line == "dra|")
        #expect(type("\u{1B}[Bft\r", in: &editor).outcomes == [.entered("draft")])
        #expect(type("\u{1B}[A", in: &editor).line == "draft|")
    }

    @Test("a completion takes the place of what is typed") func completion() {
        var editor = LineEditor()
        _ = type("a.sp + 1\u{1B}[D\u{1B}[D\u{1B}[D\u{1B}[D", in: &editor)
        editor.complete(from: 2, with: "spec")
        #expect(editor.before == "a.spec" && editor.after == " + 1")
        let words = LineCompletion(start: 0, words: ["startsWith(", "status", "state"])
        #expect(words.common == "sta")
        #expect(words.rows(width: 24) == ["startsWith(  state", "status"] || words.rows(width: 24).count == 3)
        #expect(words.rows(width: 80) == ["startsWith(  status       state"])
        #expect(LineCompletion.none.common.isEmpty && LineCompletion.none.rows(width: 80).isEmpty)
    }
}
