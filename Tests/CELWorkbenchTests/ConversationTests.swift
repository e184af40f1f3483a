// SPDX-License-Identifier: Apache-2.0

import Basics
import CELWorkbench
import Testing

@Suite("Conversation") struct ConversationTests {
    /// The answers to lines; what fails answers with its message.
    private func answers(_ lines: String...) -> [String] {
        var conversation = Conversation()
        return lines.map { line in
            do throws(Fault) {
                switch try conversation.answer(line) {
                case .text(let text): return text
                case .end: return "<end>"
                }
            } catch { return "! \(error.message)" }
        }
    }

    @Test("expressions are answered with their values") func values() {
        #expect(answers("1 + 2", "'a' + \"b\"", "", "  // note", "[1u, 2.0]") == ["3", "\"ab\"", "", "", "[1u, 2.0]"])
    }

    @Test("what is defined stays, and what fails changes nothing") func definitions() {
        #expect(
            answers(":let x = [1, 2]", ":let x = x + [3]", ":let x = 1 / 0", "x", ":vars", ":unset x", ":vars", "x")[
                3...]
                == [
                    "[1, 2, 3]", "x: list = [1, 2, 3]", "", "",
                    "! <input>:1:1: undeclared reference to 'x'\n | x\n | ^",
                ])
    }

    @Test("types and references are told") func types() {
        #expect(
            answers(":let x = {'a': [1, 2]}", ":type x.a", ":refs x.a[0] + y.b.map(z, z)[0]", ":t 1.0")[1...]
                == ["list(int)", "x.a[0]\ny.b", "double"])
    }

    @Test("what is not known is named, until it is") func unknown() {
        #expect(
            answers(":unknown db.status", "db.status.ready && true", "db.status.ready && false", ":unknown", "1")
                == ["", "unknown until db.status.ready is known", "false", "", "1"])
    }

    @Test("a part of what is known can be unknown") func unknownPart() {
        #expect(
            answers(
                ":let db = {'status': {'ready': true}, 'name': 'x'}", ":unknown db.status", "db.name", "db.status.ready"
            )
                == ["", "", "\"x\"", "unknown until db.status.ready is known"])
    }

    @Test("profiles are chosen and listed") func profiles() {
        let answers = answers(":profile kro", ":profile", ":profile nobody", "hash.sha256('')")
        #expect(answers[0].isEmpty && answers[1].contains("* kro: ") && answers[2].hasPrefix("! there is no profile"))
        #expect(!answers[3].hasPrefix("!"), "\(answers[3])")
    }

    @Test("documents are loaded as variables or as one") func load() throws {
        let folder = try TemporaryFolder(prefix: "conversation")
        let path = "\(folder.path)/a.yaml"
        try FileSystem.write(Array("spec: {size: 1}\nlist: [1]\n".utf8), to: path)
        #expect(
            answers(
                ":load \(path)", "spec.size", ":load \(path) as d", "d.list", ":load", ":load \(path) as",
                ":load /absent")
                == [
                    "variables: spec, list", "1", "d is a map", "[1]", "! a file is missing", "! a file is missing",
                    "! cannot read /absent: no such file or directory",
                ])
    }

    @Test(
        "a line that leaves something open goes on",
        arguments: [
            ("1 + (2", true), ("[1, {'a': 2}", true), ("f(')')", false), ("f(')'", true), ("'''a", true),
            ("'''a'''", false), ("'a", false), ("r'\\' + (", true), ("'\\'(' + x", false), ("1 // (", false),
            ("1) + 2", false), ("", false), ("\"\"\"a\nb\"\"\" + [", true), ("(\n1", true), ("(\n1)", false),
            (":let x = {", true),
        ])
    func open(line: String, isOpen: Bool) { #expect(Conversation.isOpen(line) == isOpen) }

    @Test("the other commands") func others() {
        let answers = answers(":help", ":functions startsWith", ":quit", ":q", ":l", ":lst", ":let", ":let 1 = 2", ":")
        #expect(answers[0].contains(":let x = EXPR") && answers[1] == "string.startsWith(string) -> bool")
        #expect(answers[2...3] == ["<end>", "<end>"])
        #expect(answers[4...].allSatisfy { $0.hasPrefix("! ") }, "\(answers[4...])")
    }
}
