// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import CELWorkbench
import Documents
import Testing

@Suite("Completion") struct SuggestionTests {
    private func conversation() throws -> Conversation {
        var session = Session()
        try session.set(
            "deployment",
            toDocument: YAML.document(
                Array(
                    """
                    spec: {replicas: 3, template: {containers: [{name: a, image: b}]}, "odd name": 1}
                    name: web
                    """.utf8), source: "a test"
            ).root)
        return Conversation(session)
    }

    @Test(
        "a word has these continuations, in place of what is typed",
        arguments: [
            ("dep", 0, ["deployment"]), ("1 + dep", 4, ["deployment"]), ("deployment.s", 11, ["spec", "size("]),
            ("deployment.spec.re", 16, ["replicas"]), ("deployment.?sp", 12, ["spec"]),
            ("deployment.?spec.?te", 18, ["template"]), ("deployment.spec.od", 16, []),
            ("deployment.spec.template.containers[0].i", 39, ["image"]),
            ("deployment.spec.template.containers.filter(c, c.im", 48, ["image"]),
            ("deployment.spec.template.containers.filter(c, c.name.start", 53, ["startsWith("]),
            ("deployment.name.starts", 16, ["startsWith("]), ("'abc'.upper", 6, ["upperAscii("]),
            ("[1, 2].fil", 7, ["filter("]), ("math.gre", 5, ["greatest("]), ("mat", 0, ["matches(", "math."]),
            ("ha", 0, ["has("]),
            ("optional.no", 9, ["none("]), ("'dep", 1, []), ("fal", 0, ["false"]),
            ("(deployment.spec).re", 18, ["replicas"]),
            ("deployment.name.split('.').jo", 27, ["join("]), ("nothing.endsW", 8, ["endsWith("]),
        ])
    func words(text: String, start: Int, expected: [String]) throws {
        let suggestions = try conversation().suggestions(for: text)
        #expect(suggestions.words == expected)
        if !expected.isEmpty { #expect(suggestions.start == start) }
    }

    @Test(
        "commands, profiles and files are completed too",
        arguments: [
            (":l", [":let", ":load"]), (":profile k", ["kro", "kubernetes"]), (":unset dep", ["deployment"]),
            (":type deployment.na", ["name"]), (":let x = deployment.na", ["name"]), (":vars ", []), (":nothing x", []),
        ])
    func commands(text: String, expected: [String]) throws {
        #expect(try conversation().suggestions(for: text).words == expected)
    }

    @Test("files are listed with folders marked") func files() throws {
        let folder = try TemporaryFolder(prefix: "completion")
        try FileSystem.write([], to: "\(folder.path)/values.yaml")
        try FileSystem.makeFolder("\(folder.path)/views")
        #expect(
            try conversation().suggestions(for: ":load \(folder.path)/v").words
                == ["\(folder.path)/values.yaml", "\(folder.path)/views/"])
    }

    @Test("looking for what may follow ends soon, whatever stands there") func bounded() throws {
        let nested =
            String(repeating: "[1,2,3,4,5,6,7,8,9].map(x, ", count: 12) + "x" + String(repeating: ")", count: 12)
        #expect(try conversation().suggestions(for: nested + ".si").words.contains("size("))
    }

    @Test("whatever is typed, completion ends and names what continues it") func anything() throws {
        let pieces = [
            "deployment", ".", ".?", "[", "]", "(", ")", "{", "}", "\"", "'", "\\", "spec", "x", ",", " ", "map(x,",
            "0", ":",
            "filter(c, c.", "é", "\u{1F600}", "-", "?", "math", ":let x = ", "template.containers",
        ]
        let conversation = try conversation()
        var random: UInt64 = 42
        for _ in 0..<300 {
            var text = ""
            for _ in 0..<12 {
                random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(random >> 33) % pieces.count]
                let suggestions = conversation.suggestions(for: text)
                let typed = String(text.dropFirst(suggestions.start))
                #expect(suggestions.words.allSatisfy { $0.hasPrefix(typed) }, "\(text)")
            }
        }
    }

    @Test("every profile lists its functions, each form once", arguments: Profile.all.map(\.name))
    func functions(name: String) throws {
        let forms = FunctionForm.all(in: try Profile.named(name).libraries)
        #expect(Set(forms.map(\.signature)).count == forms.count && forms.count > 100)
        #expect(forms.contains { $0.signature == "string.startsWith(string) -> bool" && $0.kind == .method })
        #expect(forms.contains { $0.signature == "int + int -> int" && $0.kind == .operator })
        #expect(forms.contains { $0.signature == "range.all(x, condition) -> bool" && $0.kind == .macro })
    }
}
