// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Testing

@Suite("Parsing") struct ParsingTests {
    static let defaults = "F:- j:2 o:text c: p:auto"
    static let accepted: [(line: String, output: String)] = [
        ("add thing x", "x \(defaults)"), ("add th x", "x \(defaults)"), ("thing add x", "x \(defaults)"),
        ("th add x", "x \(defaults)"), ("add thing x a b", "x a b \(defaults)"),
        ("add thing -rV x", "x recursive copy \(defaults)"), ("add thing x -f a", "x a force \(defaults)"),
        ("add thing -F x y", "y F:x j:2 o:text c: p:auto"), ("add thing y --file=x", "y F:x j:2 o:text c: p:auto"),
        ("add thing y --file x=y", "y F:x=y j:2 o:text c: p:auto"), ("add thing y -Fx", "y F:x j:2 o:text c: p:auto"),
        ("add thing y -F=x", "y F:x j:2 o:text c: p:auto"), ("add thing y -F -", "y F:- j:2 o:text c: p:auto"),
        ("add thing y -rFx", "y recursive F:x j:2 o:text c: p:auto"),
        ("add thing y -ojson -j4", "y F:- j:4 o:json c: p:auto"),
        ("add thing y -o table -o json", "y F:- j:2 o:json c: p:auto"),
        ("add thing y -s a --settings b z", "y z s:a s:b \(defaults)"),
        ("add thing -- -r --file", "-r --file \(defaults)"), ("add thing y - z", "y - z \(defaults)"),
        ("--config g add --config h thing y --config=i", "y F:- j:2 o:text c:g+h+i p:auto"),
        ("--progress json thing --debug add y", "y F:- j:2 o:text c: p:json"),
        ("add thing y --force --force=false", "y \(defaults)"), ("get thing a b c -O f", "a+b > c f"),
        ("get thing a b --output=f", "a > b f"),
    ]
    @Test("accepted", arguments: accepted) func accepts(_ line: String, _ output: String) async {
        let outcome = await Sample.run(line: line)
        #expect(outcome.output == output)
        #expect(outcome.error == "")
        #expect(outcome.code == .done)
    }

    static let refused: [(line: String, message: String)] = [
        ("add thing", "PLACE is missing"), ("add thing x --recursiv", "did you mean --recursive?"),
        ("add thing x -R", "-r is --recursive"), ("add thing x -F", "-F needs a value"),
        ("add thing x --file --force", "--file needs a value"), ("add thing x -j many", "is no whole number"),
        ("add thing x -o jsn", "did you mean json?"), ("add thing x -j 65", "must be 1 to 64"),
        ("add thing x --force=maybe", "neither true nor false"), ("get thing a -O f", "TARGET is missing"),
        ("get thing a b", "--output is missing"), ("ad thing x", "did you mean add?"),
        ("add thnig x", "did you mean thing?"), ("thing ad x", "did you mean add?"), ("add", "use one of thing"),
        ("thing", "use one of add, get"), ("nonsense", "--help lists the commands"),
        ("--confg x add thing", "did you mean --config?"), ("-o json add thing x", "write it after the command"),
        ("completion tcsh", "bash, zsh, fish"), ("help nothing", "no command “nothing”"),
    ]
    @Test("refused", arguments: refused) func refuses(_ line: String, _ message: String) async {
        let outcome = await Sample.run(line: line)
        #expect(outcome.error.hasPrefix("Error: "))
        #expect(outcome.error.contains(message), "\(outcome.error)")
        #expect(outcome.output == "")
        #expect(outcome.code == .usage)
    }

    @Test("the command line counts before the environment, that before the default") func environment() async {
        let variables = ["SAMPLE_PROGRESS": "plain"]
        #expect(await Sample.run(line: "add thing x", variables).output.hasSuffix("p:plain"))
        #expect(await Sample.run(line: "add thing x --progress none", variables).output.hasSuffix("p:none"))
        #expect(await Sample.run(line: "add thing x", ["SAMPLE_PROGRESS": ""]).output.hasSuffix("p:auto"))
        let wrong = await Sample.run(line: "add thing x", ["SAMPLE_PROGRESS": "loud"])
        #expect(wrong.code == .usage)
        #expect(wrong.error.contains("the environment variable SAMPLE_PROGRESS"))
    }

    @Test("a usage error shows one usage line") func usageLine() async {
        let lines = await Sample.run(line: "get thing a b").error.split(separator: "\n")
        #expect(lines.last == "Usage: sample get thing [OPTIONS] --output OUTPUT SOURCES… TARGET")
        #expect(lines.filter { $0.hasPrefix("Usage:") }.count == 1)
    }

    @Test("options are values") func copies() {
        var first = SampleGlobals()
        let second = first
        first.config = ["changed"]
        #expect(first.config == ["changed"])
        #expect(second.config == [])
    }
}
