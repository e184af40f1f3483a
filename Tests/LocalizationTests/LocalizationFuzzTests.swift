// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Localization
import TestInputs
import Testing

@Suite("Damaged documents under edit") struct LocalizationFuzzTests {
    static let samples = [
        "image:\n  repository: ghcr.io/a/b # c\n  tag: '1.0'\nlist:\n- {name: x, image: nginx:1}\n- name: y\n  image: \"nginx\"\n",
        "a: &anchor\n  b: |\n    block\n    text\n  c: >-\n    folded\n    text\nd: *anchor\ne: {<<: *anchor, f: 'it''s'}\n",
        "---\n# comment\none: !!str 1\n---\ntwo: \"\\u00e4\\n\\x41\"\n...\n---\n- - - deep\n    - 2026-01-02\n",
        "ä: 世界\r\n\"quoted key\": [12:30:45, , ~]\r\nimage: |+\r\n  x\r\n\r\nb: 1\r\n",
        #"{"json": [1, 2.50, "x"], "is": {"yaml": null}}"#,
        "kind: Deployment\nspec: {template: {spec: {containers: [{image: nginx}, {image: ghcr.io/a/b:1}]}}}\n",
    ].map { Array($0.utf8) }
    static let tokens = [
        "- ", ": ", "? ", "| ", ">+9", "&a ", "*a ", "*anchor", "!!float ", "<<: ", "---\n", "...\n", "\t", "{", "}",
        "[",
        "]", "\"", "'", "\\", "#", "\u{FEFF}", "\u{85}", "\r", "\r\n", "\n\n", "image: ", "nginx", "0o17", "世",
    ]
    private static let values: [JSON] = [
        "plain", "it's: \"odd\" #", 7, true, nil, "", "a\nb\n", "{x}", "- y", "1.0", "é🎉",
    ]

    @Test("a change gives exactly the values that were wanted, or a fault", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        var mutator = ByteMutator(samples: Self.samples, tokens: Self.tokens, seed: seed)
        var limits = DocumentLimits()
        (limits.depth, limits.nodes, limits.bytes) = (24, 400, 8192)
        var changed = 0
        for round in 0..<1500 {
            let bytes = mutator.next()
            guard let editor = try? DocumentEditor(bytes, source: "it", limits: limits) else { continue }
            let scalars = try editor.matches(ValuePath("**.*")).filter {
                $0.value.array == nil && $0.value.object == nil
            }
            for (index, match) in scalars.enumerated() {
                var copy = editor
                let value = Self.values[(index + round) % Self.values.count]
                do throws(Fault) {
                    try copy.set(match, to: value)
                    let result = try copy.finish()
                    changed += 1
                    let again = try YAML.documents(result, source: "it").map(\.root)
                    #expect(again == copy.values, "round \(round)")
                    #expect(again.count == editor.values.count, "round \(round)")
                    Self.expectOnlyOneChange(bytes, result, round)
                } catch {
                    #expect(
                        [.unsupported, .limitExceeded].contains(error.code), "round \(round): \(error.code) \(error)")
                }
            }
            var copy = editor
            do throws(Fault) {
                if editor.values.count <= 1 {
                    try copy.create(["new key"], value: "v", in: 0, under: JSONPointer())
                    #expect(copy.values[0]["new key"] == "v", "round \(round)")
                }
            } catch { #expect([.unsupported, .limitExceeded].contains(error.code), "round \(round): \(error)") }
        }
        #expect(changed > 1000, "hardly anything was changed: the damages are too strong to test much")
    }

    /// Bytes before the first difference and behind the last are those of the text, so one stretch changed at most.
    private static func expectOnlyOneChange(_ before: [UInt8], _ after: [UInt8], _ round: Int) {
        let start = zip(before, after).prefix { $0 == $1 }.count
        let end = zip(before.reversed(), after.reversed()).prefix { $0 == $1 }.count
        #expect(start + end >= min(before.count, after.count) - 200, "round \(round)")
    }

    @Test("images are replaced in damaged files without a crash", arguments: [4, 5] as [UInt64])
    func images(seed: UInt64) throws {
        var mutator = ByteMutator(samples: Self.samples, tokens: Self.tokens, seed: seed)
        let images = try ImageReplacements([
            .init(from: "nginx", to: "r.example/n:2"), .init(from: "ghcr.io/*", to: "r.example/g/*"),
        ])
        let localizers: [any FileLocalizer] = [
            HelmValuesLocalizer(images), ManifestLocalizer(images),
            try KustomizationLocalizer(ImageReplacements([.init(from: "nginx", to: "r.example/n:2")])),
        ]
        var understood = 0
        for round in 0..<1500 {
            let bytes = mutator.next()
            for localizer in localizers {
                do throws(Fault) {
                    var editor = try DocumentEditor(bytes, source: "it")
                    _ = try localizer.localize(&editor)
                    _ = try editor.finish()
                    understood += 1
                } catch { #expect(error.code != .internal, "round \(round): \(error)") }
            }
        }
        #expect(understood > 500)
    }
}
