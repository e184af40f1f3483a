// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@Suite("Writing YAML") struct YAMLWritingTests {
    @Test("is block style: lists under their key, text of several lines as it is") func layout() throws {
        let value: JSON = [
            "name": "acme.org/app", "version": "1.0.0", "count": 3, "empty": [[:], [], nil],
            "resources": [["name": "a", "labels": [["x": true]]], [["nested"], 1]],
            "text": "one\n\n  two\n", "open": "one\ntwo", "end": "one\n\n", "more": ["script": "#!/bin/sh\ntrue\n"],
        ]
        let text = """
            name: acme.org/app
            version: 1.0.0
            count: 3
            empty:
            - {}
            - []
            - null
            resources:
            - name: a
              labels:
              - x: true
            - - - nested
              - 1
            text: |
              one

                two
            open: |-
              one
              two
            end: |+
              one

            more:
              script: |
                #!/bin/sh
                true

            """
        #expect(YAML.text(value) == text)
        #expect(try yaml(text) == value)
        #expect(YAML.text(["b": 1, "a": ["d": 2, "c": 3]], sortedKeys: true) == "a:\n  c: 3\n  d: 2\nb: 1\n")
        #expect(YAML.text("a\nb") == "|-\n  a\n  b\n")
    }

    @Test(
        "leaves plain what every reader takes for a string",
        arguments: [
            "a", "acme.org/app", "1.2.3", "v1.0", "1.0.0-rc.1", "16-alpine", "https://x.org:5000/a?b=c", "a#b", "a b",
            "é",
            "sha256:3b5d", "it's", "x=y", "/path", "(a)", "$x", "nope", "a,b", "😀",
        ])
    func plain(text: String) {
        #expect(YAML.text(.string(text)) == text + "\n")
    }

    @Test(
        "quotes what some reader takes for something else",
        arguments: [
            "", " ", "a ", " a", "yes", "No", "y", "n", "on", "OFF", "true", "null", "~", "1", "1.0", "-1", "+1", "1e3",
            "0x1F",
            "0o7", "017", "08", "1_000", ".5", "5.", ".inf", "-.INF", ".nan", "1:30", "12:30:45", "2026-01-02",
            "2001-12-14t21:59:43.10-05:00", "2026-01-02 03:04:05", "<<", "=", "- a", "-", "--- a", "...", "... a",
            "? a", ": a",
            "a: b", "a:", "a #b", "#a", "!a", "&a", "*a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a", "[a]", "{a}",
            ",a",
            "a\tb", "a\r\n", "\n", "\na", "a \nb", "\u{85}", "\u{2028}", "\u{FEFF}a", "\u{7F}", "\0", "\u{FFFE}",
            ": \u{301}", "a: \u{301}", "0b1", "1,000", "\ta\nb",
        ])
    func quoted(text: String) throws {
        let written = YAML.text(.string(text))
        #expect(written.hasPrefix("\"") && written.hasSuffix("\"\n"))
        #expect(try yaml(written) == .string(text))
        let value: JSON = [text: [.string(text)]]
        #expect(try yaml(YAML.text(value)) == value)
    }

    @Test("reads back what it wrote", arguments: 0..<400 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = JSON.random(using: &generator)
        let text = YAML.text(value)
        #expect(try yaml(text) == value)
        // Behind `---` even an empty list is read by libyaml, and not as JSON.
        #expect(try yaml("---\n" + text).text() == value.text(), "the order is kept")
        #expect(try yaml(YAML.text(value, sortedKeys: true)) == value)
    }
}
