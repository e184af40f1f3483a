// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("ocm cel") struct ExpressionTests {
    /// Runs `ocm cel` in a folder with a deployment.
    private func cel(_ arguments: [String], input: String? = nil) async throws -> ChildProcess.Result {
        let folder = try TemporaryFolder(prefix: "expressions")
        try FileSystem.write(Array(Self.deployment.utf8), to: "\(folder.path)/deployment.yaml")
        try FileSystem.write(Array("spec.replicas\n  > 2".utf8), to: "\(folder.path)/expression.cel")
        try FileSystem.write(Array(Self.cases.utf8), to: "\(folder.path)/cases.json")
        try FileSystem.write(Array(Self.definition.utf8), to: "\(folder.path)/crd.yaml")
        guard let input else { return try await OCM.run(["cel"] + arguments, home: folder.path) }
        try FileSystem.write(Array(input.utf8), to: "\(folder.path)/input")
        let words = (["cel"] + arguments).map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
        return try await ChildProcess.run(
            ["sh", "-c", "'\(OCM.path)' \(words) < input"],
            environment: Environment(["HOME": folder.path, "PATH": "/usr/bin:/bin"]), workingFolder: folder.path)
    }

    private static let deployment = """
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 3
          template: {spec: {containers: [{name: a, image: "x:1"}, {name: b, image: "y:2"}]}}
        status: {readyReplicas: 3}
        """

    private static let definition = """
        kind: CustomResourceDefinition
        spec:
          versions:
          - {name: v1alpha1, storage: false}
          - name: v1
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      replicas: {type: integer}
                      since: {type: string, format: date-time}
                      limit: {type: number}
        """

    private static let cases = """
        {"name": "cases", "cases": [
          {"expr": "1 + 2", "value": {"int": "3"}},
          {"expr": "1 + 1", "value": {"int": "3"}}]}
        """

    @Test(
        "expressions are evaluated",
        arguments: [
            (["1 + 2"], "3\n"), (["'a' + b", "--var", "b=c"], "ac\n"), (["['a', 1.0, 2u]"], "[\"a\", 1.0, 2u]\n"),
            (["spec.replicas == status.readyReplicas", "--input", "deployment.yaml", "--profile", "flux"], "true\n"),
            (
                ["d.spec.template.spec.containers.map(c, c.image)", "--var", "d=@deployment.yaml", "-o", "yaml"],
                "- x:1\n- y:2\n"
            ),
            (["d.kind", "--input", "deployment.yaml", "--as", "d"], "Deployment\n"),
            (["--file", "expression.cel", "--input", "deployment.yaml"], "true\n"),
            (["spec.replicas", "--input", "deployment.yaml", "--var", "spec={\"replicas\": 7}"], "7\n"),
            (["--", "-n", "--var", "n=1"], ""), (["n - 1", "--var", "n=1", "-o", "json"], "0\n"),
            (
                ["x.nothing", "--var", "x={}", "--unchecked", "--unknown", "x.nothing"],
                "unknown until these are known:\n  x.nothing\n"
            ),
            (["a && b", "--var", "a=false", "--unknown", "b"], "false\n"),
            (
                ["t + duration('1h')", "--declare", "t=timestamp", "--var", "t=2026-01-01T00:00:00Z"],
                "timestamp(\"2026-01-01T01:00:00Z\")\n"
            ),
            (["resource.size / 2", "--var", "resource={size: 3}", "--profile", "ocmResource"], ""),
            (["resource.size / 2.0", "--var", "resource={size: 3}", "--profile", "ocmResource"], "1.5\n"),
        ])
    func evaluated(arguments: [String], output: String) async throws {
        let result = try await cel(["eval"] + arguments)
        #expect(result.output == output && (result.status == 0) == !output.isEmpty, "\(result.errors)")
    }

    @Test("a document is read from standard input, and so is an expression") func standardInput() async throws {
        let document = try await cel(["eval", "spec.replicas * 2", "--input", "-"], input: Self.deployment)
        #expect(document.output == "6\n", "\(document.errors)")
        let expression = try await cel(["eval", "--file", "-"], input: "1 +\n 2")
        #expect(expression.output == "3\n", "\(expression.errors)")
    }

    @Test(
        "what is wrong is shown with its place, and the exit code is 1",
        arguments: [
            (["eval", "1 + "], "<input>:1:5"), (["eval", "nope(1)"], " | nope(1)\n          | ^"),
            (["eval", "[1][3]"], "index out of bounds: 3"), (["eval", "a.b", "--var", "a={}"], "no such key: b"),
            (["eval", "lists.range(100000).map(x, x).size()", "--max-steps", "1000"], "1000 steps"),
            (["eval", "lists.range(100000).map(x, [x, x])", "--max-bytes", "1000"], "1000 bytes"),
            (["eval", "x", "--input", "absent.yaml"], "absent.yaml"),
            (["eval", "x", "--var", "x=@absent.yaml"], "absent.yaml"),
            (["eval", "--file", "absent.cel"], "absent.cel"),
            (["eval", "double('NaN')", "-o", "json"], "JSON cannot hold"),
            (["check", "spec.replica > 1 && nothing", "--input", "deployment.yaml"], "did you mean 'replicas'?"),
            (["check", "x + 1", "--declare", "x=string"], "no matching overload"),
            (["eval", "x", "--declare", "x=int", "--var", "x=a"], "int was declared"),
            (["test", "absent.json"], "absent.json"), (["test", "deployment.yaml"], "deployment.yaml"),
        ])
    func failures(arguments: [String], text: String) async throws {
        let result = try await cel(arguments)
        #expect(result.status == 1 && result.errors.contains(text), "\(result.errors)")
        #expect(result.stdout.isEmpty)
    }

    @Test(
        "a wrong command line is answered with exit code 2",
        arguments: [
            ["eval"], ["eval", "1", "--file", "x"], ["eval", "1", "--as", "x"], ["eval", "1", "--var", "x"],
            ["eval", "1", "--profile", "nobody"], ["eval", "1", "--max-steps", "0"], ["eval", "1", "--unknown", "a.."],
            ["check", "1", "--declare", "x=nothing"], ["check"], ["repl", "--input", "-"], ["test"], [],
            ["eval", "--file", "-", "--input", "-"],
        ])
    func usage(arguments: [String]) async throws {
        let result = try await cel(arguments)
        #expect(result.status == 2 && result.stdout.isEmpty, "\(result.errors)")
    }

    @Test("a check tells the type and what is read, and all problems") func checks() async throws {
        let text = try await cel([
            "check", "spec.replicas > 1 && metadata.labels.x == ''", "--input", "deployment.yaml",
        ])
        #expect(text.output == "type: bool\nreads: metadata.labels.x\nreads: spec.replicas\n", "\(text.errors)")
        let json = try await cel([
            "check", "a.map(x, x + b)", "--declare", "a=list(int)", "--declare", "b=int", "-o", "json",
        ])
        #expect(
            try JSON(parsing: json.stdout, source: "the answer")
                == ["valid": true, "type": "list(int)", "references": ["a", "b"]])
        let wrong = try await cel(["check", "a +\n b", "-o", "json"])
        let answer = try JSON(parsing: wrong.stdout, source: "the answer")
        #expect(wrong.status == 1 && answer["valid"] == false, "\(wrong.errors)")
        #expect(answer["problems"]?.array?.map { [$0["line"]?.int, $0["column"]?.int] } == [[1, 1], [2, 2]])
    }

    @Test("a schema says what a variable holds, and how its text is read") func schemas() async throws {
        let type = try await cel(["check", "d.spec.since", "--schema", "d=crd.yaml"])
        #expect(type.output == "type: google.protobuf.Timestamp\nreads: d.spec.since\n", "\(type.errors)")
        let wrong = try await cel([
            "check", "d.spec.replica == 1 || d.name == ''", "--schema", "d=crd.yaml", "-o", "json",
        ])
        let problems = try JSON(parsing: wrong.stdout, source: "the answer")["problems"]?.array
        #expect(wrong.status == 1 && problems?.count == 2, "\(wrong.output)")
        let value = try await cel([
            "eval", "d.spec.since.getFullYear() + int(d.spec.limit / 2.0)", "--schema", "d=crd.yaml", "--var",
            "d={spec: {since: \"2026-01-01T00:00:00Z\", limit: 3}}",
        ])
        #expect(value.output == "2027\n", "\(value.errors)")
        let part = try await cel([
            "check", "x + 1", "--schema",
            "x=crd.yaml#/spec/versions/1/schema/openAPIV3Schema/properties/spec/properties/replicas",
        ])
        #expect(part.output == "type: int\nreads: x\n", "\(part.errors)")
        for file in ["absent.yaml", "crd.yaml#/nothing", "expression.cel"] {
            let result = try await cel(["check", "1", "--schema", "x=\(file)"])
            #expect(result.status == 1 && result.errors.contains(String(file.prefix { $0 != "#" })), "\(result.errors)")
        }
    }

    @Test("with unknowns JSON tells values from what is missing") func unknowns() async throws {
        let missing = try await cel(["eval", "a && b.c", "--unknown", "b", "--var", "a=true", "-o", "json"])
        #expect(try JSON(parsing: missing.stdout, source: "the answer") == ["unknown": ["b.c"]], "\(missing.errors)")
        let value = try await cel(["eval", "a && b.c", "--unknown", "b", "--var", "a=false", "-o", "json"])
        #expect(try JSON(parsing: value.stdout, source: "the answer") == ["value": false], "\(value.errors)")
    }

    @Test("cases are counted, and a failed one is shown and fails the command") func cases() async throws {
        let text = try await cel(["test", "cases.json"])
        #expect(
            text.status == 1
                && text.output.hasPrefix("FILE        PASSED  FAILED  SKIPPED\ncases.json  1       1       0\n"))
        for part in ["1 + 1", "2 of type int"] { #expect(text.output.contains(part), "\(text.output)") }
        let json = try await cel(["test", "cases.json", "-o", "json"])
        let file = try JSON(parsing: json.stdout, source: "the answer")["files"]?[0]
        #expect(json.status == 1 && file?["file"] == "cases.json", "\(json.errors)")
        #expect([file?["passed"], file?["failed"], file?["skipped"]] == [1, 1, 0])
        #expect(file?["failures"]?[0]?["expression"] == "1 + 1")
    }

    @Test("lines from a pipe are answered, and one that fails is told at the end") func conversation() async throws {
        let good = try await cel(
            ["repl", "--var", "n=2"], input: ":let m = n * 3\nm + (\n1)\n:refs a.b\n:quit\nnever\n")
        #expect(good.status == 0 && good.output == "7\na.b\n" && good.stderr.isEmpty, "\(good.errors)")
        let bad = try await cel(["repl"], input: "nope\n1\n")
        #expect(bad.status == 1 && bad.output == "1\n" && bad.errors.contains("undeclared reference to 'nope'"))
    }

    @Test("profiles and functions are listed, and completed") func lists() async throws {
        let profiles = try await cel(["profiles", "-o", "json"])
        let names = try JSON(parsing: profiles.stdout, source: "the answer").array?.compactMap { $0["name"]?.string }
        #expect(names == ["standard", "kro", "ocmResource", "ocmTransform", "flux", "kubernetes"])
        let functions = try await cel(["functions", "toOCI", "--profile", "ocmResource"])
        #expect(functions.output.contains("toOCI()"), "\(functions.output)\(functions.errors)")
        let completed = try await OCM.run(["__complete", "cel", "eval", "--profile", "k"], home: "/tmp")
        #expect(completed.output == "kro\nkubernetes\n")
        let help = try await OCM.run(["help", "expressions"], home: "/tmp")
        #expect(help.status == 0 && help.output.contains("cel eval"))
    }

    /// `script` of util-linux gives a program a terminal of its own.
    @Test(
        "on a terminal lines are edited, and the terminal is left as it was",
        .enabled(if: FileSystem.exists("/usr/bin/script")))
    func terminal() async throws {
        let folder = try TemporaryFolder(prefix: "terminal")
        let script = """
            export HOME='\(folder.path)' TERM=xterm
            (sleep 1; printf '1 + 1\\033[D2\\r'; sleep 1; printf '\\004'; sleep 1) \
            | script -qec "stty -a > before; '\(OCM.path)' cel; stty -a > after; cmp before after && echo unchanged" /dev/null
            """
        let result = try await ChildProcess.run(["sh", "-c", script], workingFolder: folder.path)
        #expect(
            result.output.contains("22\r\n") && result.output.contains("unchanged"), "\(result.output)\(result.errors)")
    }

    @Test("a document's expressions are filled in, with their types")
    func rendering() async throws {
        let template =
            "metadata: {name: \"${spec.template.spec.containers[0].name}-1\"}\nspec: {replicas: \"${spec.replicas}\"}"
        let arguments = ["render", "-", "--profile", "kro", "--input", "deployment.yaml"]
        let filled = try await cel(arguments + ["-o", "json"], input: template)
        let json = try JSON(parsing: filled.stdout, source: "output")
        #expect(json == ["metadata": ["name": "a-1"], "spec": ["replicas": 3]])
        let reads = try await cel(arguments + ["--references", "-o", "json"], input: template)
        let paths = try JSON(parsing: reads.stdout, source: "output").array?.compactMap { $0["reads"]?[0]?.string }
        #expect(paths == ["spec.template.spec.containers[0].name", "spec.replicas"])
        let wrong = try await cel(arguments, input: "spec:\n  image: ${spec.repicas}")
        #expect(wrong.status == 1)
        let message = wrong.errors
        #expect(message.contains("standard input:2:3 (/spec/image)") && message.contains("did you mean 'replicas'?"))
    }
}
