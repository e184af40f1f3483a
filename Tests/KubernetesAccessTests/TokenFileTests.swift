// SPDX-License-Identifier: Apache-2.0

import Basics
import KubernetesAccess
import TestInputs
import Testing

@Suite("Files of tokens") struct TokenFileTests {
    static func file(_ text: String) throws(Fault) -> TokenFile {
        try TokenFile(parsing: Array(text.utf8), source: "tokens.csv")
    }
    static let one = "0123456789abcdef", two = "fedcba9876543210"

    @Test("say whose a token is") func users() throws {
        let text = "\(Self.one),ann,1\r\n\n\(Self.two),\"bob, \"\"the\"\"\",2,\"dev, ops\"\naaaabbbbccccdddd,eve,,dev\n"
        let file = try Self.file(text)
        #expect(file.user(of: Self.one) == UserInfo("ann", uid: "1", groups: ["system:authenticated"]))
        #expect(
            file.user(of: Self.two)
                == UserInfo("bob, \"the\"", uid: "2", groups: ["dev", "ops", "system:authenticated"]))
        #expect(file.user(of: "aaaabbbbccccdddd") == UserInfo("eve", groups: ["dev", "system:authenticated"]))
        for other in ["", "x", Self.one + "0", String(Self.one.dropLast()), Self.one.uppercased()] {
            #expect(file.user(of: other) == nil)
        }
        var shown = ""
        dump(file, to: &shown)
        #expect(!"\(file) \(shown)".contains(Self.one))
        #expect(try Self.file("").user(of: "") == nil)
    }

    @Test(
        "with a line that is none are refused, with its number and without the token",
        arguments: [
            "\(one)", "\(one),a", "\(one),a,1,g,h", ",a,1", "short,a,1", "\(one) ,a,1", "\(one),,1", "\(one),\"a,1",
            "\(one),a\"b,1",
            "\(one),\"a\"b,1", "\(one),a,1,\"g,\"", "\(one),a,1,\",\"", "\(one),a\tb,1", "\(two),b,1",
            "\(one)\u{E9},a,1", "\(one),\u{7F},1",
        ]) func badLines(line: String)
    {
        do {
            _ = try Self.file("# is no comment\n".isEmpty ? "" : "\(Self.two),ok,1\n\(line)\n")
            Issue.record("taken: \(line)")
        } catch {
            #expect(error.message.contains("2 of tokens.csv"), "\(error)")
            #expect(!error.message.contains(Self.one) && !error.message.contains(Self.two))
        }
    }

    @Test("are read only when nobody else may") func permissions() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/tokens.csv"
        #expect(throws: Fault.self) { try TokenFile(path) }
        try FileSystem.write(Array("\(Self.one),a,1\n".utf8), to: path, mode: 0o600)
        #expect(try TokenFile(path).user(of: Self.one)?.name == "a")
        try FileSystem.setMode(path, 0o644)
        #expect(throws: Fault.self) { try TokenFile(path) }
    }

    @Test("damaged at random do not crash") func fuzzed() {
        let sample = "\(Self.one),ann,1\n\(Self.two),\"bob\",2,\"dev,ops\"\n"
        var mutator = ByteMutator(samples: [Array(sample.utf8)], tokens: ["\"", "\"\"", ",", "\n", "\r\n"], seed: 3)
        for _ in 0..<3000 {
            guard let file = try? TokenFile(parsing: mutator.next(), source: "it") else { continue }
            #expect(file.user(of: "") == nil)
        }
    }
}
