// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Testing

@Suite("Help and completion") struct HelpTests {
    @Test("a command's help lists what it takes, with defaults and variables") func command() async {
        let help = await Sample.run(line: "add thing --help")
        #expect(help.code == .done)
        #expect(help.error == "")
        for part in [
            "Usage: sample add thing [OPTIONS] PLACE [NAME…]\n", "Aliases: th, things\n", "It says what it got.\n",
            "  -F, --file ARCHIVE", "      --config FILE", "how many at once (default: 2)",
            "how progress is shown (default: auto;", "  sample add thing a b -rV\n", "  -h, --help",
        ] { #expect(help.output.contains(part), "\(part)\n\(help.output)") }
        #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 && $0.last != " " })
    }

    @Test(
        "the same help, however it is asked for",
        arguments: [
            "add thing -h", "help add thing", "help thing add", "--help add thing", "add --help thing", "add th x -rh",
            "add thing --wrong --help",
        ]) func spellings(_ line: String) async
    {
        #expect(await Sample.run(line: line).output == Sample.run(line: "add thing --help").output)
    }

    static let texts: [(line: String, part: String)] = [
        ("", "Usage: sample COMMAND"), ("--help", "get thing, th"), ("help", "  formats"),
        ("help add", "add thing, th"),
        ("add --help", "Usage: sample add COMMAND"), ("thing --help", "get thing, th"), ("help th", "add thing, th"),
        ("help formats", "text is for people.\n"), ("--version", "sample 1.2.3\n"),
    ]
    @Test("overviews and topics", arguments: texts) func overviews(_ line: String, _ part: String) async {
        let outcome = await Sample.run(line: line)
        #expect(outcome.output.contains(part), "\(outcome.output)")
        #expect(outcome.code == .done)
    }

    static let completions: [(words: [String], answers: [String])] = [
        (["a"], ["add\tAdd things"]),
        (
            [""],
            [
                "add\tAdd things", "get\tGet things", "wait\tWait for a signal", "help\tExplain",
                "completion\tShell script",
            ]
        ),
        (["add", ""], ["thing\tAdd a thing"]), (["th", "g"], ["get\tGet things"]),
        (["add", "thing", "--rec"], ["--recursive\tgo down"]), (["add", "thing", "-o", "t"], ["text", "table"]),
        (["add", "thing", "-ro", "j"], ["json"]), (["add", "thing", "--output=j"], ["--output=json"]),
        (["add", "thing", "--output", "=", "j"], ["--output=json"]),
        (["add", "thing", "--output", "="], ["--output=text", "--output=table", "--output=json"]),
        (["add", "thing", "--file", ""], [":folder"]), (["add", "thing", "x", ""], [":file"]),
        (["add", "thing", "--progress", "p"], ["plain"]), (["--config", ""], [":file"]),
        (["completion", "z"], ["zsh"]), (["help", "f"], ["formats\tWhat -o gives"]), (["wrong", "x"], []),
        (
            [],
            [
                "add\tAdd things", "get\tGet things", "wait\tWait for a signal", "help\tExplain",
                "completion\tShell script",
            ]
        ),
    ]
    @Test("what a shell may offer", arguments: completions) func completes(_ words: [String], _ answers: [String]) async
    {
        let outcome = await Sample.run(["__complete"] + words)
        #expect(outcome.output.split(separator: "\n").map(String.init) == answers)
        #expect(outcome.code == .done)
    }

    @Test("scripts are well formed", arguments: ["bash", "zsh", "fish"]) func scripts(_ shell: String) async throws {
        let script = await Sample.run(line: "completion \(shell)").output
        #expect(script.contains("__complete"))
        #expect(!script.contains("Optional"))
        guard shell == "bash" else { return }
        let folder = try TemporaryFolder()
        let path = FileSystem.join(folder.path, "script")
        try FileSystem.write(Array(script.utf8), to: path)
        // A stand-in for the program shows what the script makes of its answers.
        let check = """
            bash -n \(path) && source \(path) && sample() { printf 'one\\tmeaning\\n--output=json\\n'; } \
            && COMP_WORDS=(sample x) COMP_CWORD=1 && _sample_complete && printf '%s,' "${COMPREPLY[@]}"
            """
        let result = try await ChildProcess.run(["bash", "-c", check])
        #expect(String(decoding: result.stdout, as: UTF8.self) == "one,json,")
    }
}
