// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Telemetry
import TestInputs
import Testing

/// CWE-117 and its relatives: what comes from outside is in a field, and stays there.
@Suite("Log injection")
struct LogInjectionTests {
    static let attacks: [String] = [
        "a\nb", "a\r\nb", "a\rb", "a\u{0B}b", "a\u{0C}b", "a\u{0}b", "\u{1B}[2J\u{1B}[31m", "\u{7F}\u{8}\u{8}",
        "a\u{85}b", "a\u{2028}b", "a\u{2029}b", "\u{9B}31m", "a\u{202E}b\u{2066}c", "\u{200B}\u{FEFF}\u{E0041}",
        "x\",\"level\":\"error", #"x\"#, #"x\" level=error"#, "x level=error", "x=y", "\"", "=", " ", "a\tb",
        "}\n{\"time\":\"2026-01-01T00:00:00.000Z\",\"level\":\"error\",\"message\":\"forged\"}",
        "\n2026-01-02T03:04:05.678Z ERROR forged user=root",
    ]

    @Test("keeps what a value, a message or a bound field holds in one line of JSON and whole", arguments: attacks)
    func jsonLine(_ attack: String) async throws {
        let file = try FileLog(.json)
        file.log.with("user", .string(attack)).info(attack, ["path": .string(attack), attack: 1])
        let lines = try await file.lines()
        #expect(lines.count == 1)
        let line = try json(lines.first ?? "")
        #expect(
            line["user"] == .string(attack) && line["path"] == .string(attack) && line["message"] == .string(attack))
        #expect(line["level"]?.string == "info" && line.object?.count == 6)
        #expect(!isDangerous(lines.first ?? ""))
    }

    @Test("keeps it in one line of text, in quotes where it could be taken for a field", arguments: attacks)
    func textLine(_ attack: String) async throws {
        let file = try FileLog(.text)
        file.log.info("m", ["path": .string(attack), "end": 1])
        file.log.info(attack, ["end": 1])
        let lines = try await file.lines()
        #expect(lines.count == 2)
        for line in lines {
            #expect(!isDangerous(line))
            // Outside quotes there is nothing that the program did not write.
            let bare = outsideQuotes(line)
            #expect(!bare.contains("level=") && !bare.contains("x=y") && !bare.contains("forged"), "\(line)")
            #expect(bare.hasPrefix("2026-01-02T03:04:05.678Z INFO ") && bare.hasSuffix(" end=1"))
        }
    }

    @Test("turns no damaged bytes into a second line", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) async throws {
        let json = try FileLog(.json, lineBytes: 1024)
        let text = try FileLog(.text, lineBytes: 1024)
        var mutator = ByteMutator(
            samples: Self.attacks.map { Array($0.utf8) }, tokens: ["\n", "\"", "\\", "\u{2028}", "="], seed: seed)
        for _ in 0..<500 {
            let value = String(decoding: mutator.next(), as: UTF8.self)
            json.log.info("m", ["v": .string(value), value: 1])
            text.log.info("m", ["v": .string(value), value: 1])
        }
        let lines = try await json.lines()
        #expect(lines.count == 500)
        for line in lines {
            #expect(throws: Never.self) { try TelemetryTests.json(line) }
            #expect(line.utf8.count < 1024 && !isDangerous(line))
        }
        #expect(try await text.lines().count == 500)
        #expect(try await text.lines().allSatisfy { $0.hasPrefix("2026-") && !isDangerous($0) && $0.utf8.count < 1024 })
    }

    @Test(
        "cuts a line that is too long, says so, and leaves it whole JSON",
        arguments: ["x", "é", "\n", "\"", "\u{202E}", "🧨"])
    func longLines(_ piece: String) async throws {
        for format in LogFormat.allCases {
            let file = try FileLog(format, lineBytes: 2048)
            let long = String(repeating: piece, count: 100_000)
            file.log.info(long, ["a": .string(long), "b": .string(long), "c": .string(long), "d": 1])
            let line = try await file.text()
            #expect(line.utf8.count < 2048 && line.contains("…"))
            guard format == .json else { continue }
            let fields = try json(line)
            #expect(fields["truncated"] == true)
            #expect(long.hasPrefix(fields["a"]?.string?.dropLast() ?? "?"))
        }
    }

    @Test(
        "prints no secret that a name gives away",
        arguments: [
            "Authorization", "proxy-authorization", "Cookie", "set_cookie", "password", "db.password", "userPassword",
            "PASSWD", "token", "access_token", "tokenValue", "client-secret", "secret", "api_key", "API-Key", "apiKey",
            "private_key", "credential", "credentials", "passphrase",
        ])
    func secrets(_ name: String) async throws {
        for format in LogFormat.allCases {
            let file = try FileLog(format)
            file.log.with(name, "hunter2").info("bound")
            file.log.info("given", [name: "hunter2"])
            file.log.with([name: "hunter2"]).with("a", "b").info("merged", [name: .integer(222_333)])
            let text = try await file.text()
            #expect(!text.contains("hunter2") && !text.contains("222333"))
            #expect(try await file.lines().allSatisfy { $0.contains("(hidden)") })
        }
    }

    @Test("prints what is none", arguments: ["repository", "author", "path", "pass", "key", "code", "tag"])
    func noSecrets(_ name: String) async throws {
        let file = try FileLog()
        file.log.info("m", [name: "value"])
        #expect(try json(try await file.text())[name]?.string == "value")
    }

    @Test(
        "makes a word of every name",
        arguments: [("a b", "a_b"), ("", "_"), ("a=b\n", "a_b_"), ("é", "__"), ("a.b-c", "a.b-c")])
    func names(_ name: String, _ expected: String) async throws {
        let file = try FileLog()
        file.log.info("m", [name: 1])
        #expect(try json(try await file.text()).object?.keys.last == expected)
    }

    /// Whether a line holds anything that a terminal or another reader of lines could take for more than text.
    private func isDangerous(_ line: String) -> Bool {
        line.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }

    private func outsideQuotes(_ line: String) -> String {
        var (bare, isQuoted, isEscaped) = ("", false, false)
        for scalar in line.unicodeScalars {
            if isEscaped { isEscaped = false; continue }
            if scalar == "\\" { isEscaped = isQuoted } else if scalar == "\"" { isQuoted.toggle() }
            if !isQuoted { bare.unicodeScalars.append(scalar) }
        }
        return bare
    }
}
