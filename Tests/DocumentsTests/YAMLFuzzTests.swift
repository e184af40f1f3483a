// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@Suite("Damaged YAML") struct YAMLFuzzTests {
    static let samples = [
        "components:\n- name: acme.org/x\n  version: \"1.0.0\"\n  provider: {name: acme.org}\n  list: [1, 0x1F, 1e3, yes, ~]\n",
        "a: &anchor\n  b: |\n    block\n    text\n  c: >-\n    folded\n    text\nd: *anchor\ne: {<<: *anchor, f: 'it''s'}\n",
        "---\n# comment\none: !!str 1\n---\ntwo: \"\\u00e4\\n\\x41\"\n...\n---\n- - - deep\n    - 2026-01-02\n",
        "? complex\n: value\nä: 世界\n\"quoted key\": 12:30:45\n", #"{"json": [1, 2.50, "x"], "is": {"yaml": null}}"#,
    ].map { Array($0.utf8) }
    static let tokens = [
        "- ", ": ", "? ", "| ", ">+9", "&a ", "*a ", "*anchor", "!!binary ", "!!float ", "!<x> ", "<<: ", "%YAML 1.1\n",
        "---\n", "...\n", "\t", "{", "}", "[", "]", "\"", "'", "\\", "#", "\u{FEFF}", "\u{85}", "\r", "0o17", ".inf",
        ".nan",
        "{a: {a: {a: {a: {a: {a: {a: {a: ", "[&b [*b, *b]]",
    ]

    @Test("is refused with a fault or means something that survives writing", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        var mutator = ByteMutator(samples: Self.samples, tokens: Self.tokens, seed: seed)
        var limits = DocumentLimits()
        (limits.depth, limits.nodes, limits.bytes) = (24, 200, 4096)
        var understood = 0
        for round in 0..<2000 {
            let bytes = mutator.next()
            let documents: [LocatedDocument]
            do throws(Fault) { documents = try YAML.documents(bytes, source: "it", limits: limits) } catch {
                #expect(
                    [.invalid, .limitExceeded, .unsupported].contains(error.code),
                    "round \(round): \(error.code) \(error)")
                continue
            }
            understood += 1
            for document in documents {
                #expect(JSONFuzzTests.depth(document.root) <= limits.depth, "round \(round)")
                #expect(JSONFuzzTests.nodes(document.root) <= limits.nodes, "round \(round)")
                let written = Array(YAML.text(document.root).utf8)
                #expect(try YAML.document(written, source: "written").root == document.root, "round \(round)")
                #expect(
                    try JSON(parsing: document.root.encoded(), source: "written") == document.root, "round \(round)")
            }
        }
        #expect(understood > 100, "hardly anything was understood: the damages are too strong to test much")
    }

    @Test("aliases that multiply stop at the limit") func laughs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
        }
        let fault = #expect(throws: Fault.self) { try YAML.document(Array(text.utf8), source: "it") }
        #expect(fault?.code == .limitExceeded)
    }
}
