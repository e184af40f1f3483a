// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

@Suite("What is printed") struct OutputTests {
    private static let built = Task { () async throws -> Workshop in
        let workshop = try Workshop()
        try await workshop.build()
        return workshop
    }

    private static let product = "archive//\(Workshop.product)"

    @Test(
        "every command that shows something shows it as text, JSON and YAML",
        arguments: [
            ["get", "cv", "archive"], ["get", "cv", product, "--recursive"], ["get", "resources", product],
            ["get", "references", product], ["get", "sources", product], ["describe", "cv", product],
            ["verify", "cv", "--public-key", "public.pem", product], ["check"], ["config", "view"], ["version"],
            ["transfer", "cv", "--recursive", "--dry-run", product, "nowhere"],
            [
                "sign", "cv", "--private-key", "private.pem", "--signature", "other", "--dry-run", "-S",
                "RSASSA-PKCS1-V1_5", product,
            ],
        ])
    func formats(command: [String]) async throws {
        let workshop = try await Self.built.value
        let text = try await workshop.ocm(command)
        #expect(text.status == 0 && !text.output.isEmpty, "\(text.errors)")
        let json = try await workshop.ocm(command + ["-o", "json"])
        #expect(json.status == 0, "\(json.errors)")
        let value = try JSON(parsing: json.stdout, source: "the JSON")
        let yaml = try await workshop.ocm(command + ["-o", "yaml"])
        #expect(yaml.status == 0, "\(yaml.errors)")
        #expect(try YAML.document(yaml.stdout, source: "the YAML").root == value)
        // Nothing but the answer is on stdout, and nothing at all on stderr.
        #expect(json.stderr.isEmpty && yaml.stderr.isEmpty, "\(json.errors)")
    }

    @Test(
        "answers have the members that programs rely on",
        arguments: [
            (["get", "cv", "archive"], ["component", "meta", "signatures"]),
            (["get", "resources", product, "--recursive"], ["component", "version", "element", "referencePath"]),
            (["get", "references", product], ["component", "version", "element"]),
            (["describe", "cv", product], ["component", "meta", "signatures"]),
            (
                ["verify", "cv", "--public-key", "public.pem", product],
                ["component", "version", "verified", "depth", "bytes", "signatures", "componentVersions"]
            ),
            (
                ["transfer", "cv", "--recursive", product, "copy.tar"],
                ["source", "target", "bytesMoved", "bytesSpared", "versions"]
            ),
            (
                ["transfer", "cv", "--recursive", "--dry-run", product, "nowhere"],
                ["environment", "transformations"]
            ),
            (["check"], ["check", "ok", "detail"]), (["config", "view"], ["type", "configurations"]),
            (["version"], ["program", "version", "swift"]),
        ])
    func members(command: [String], expected: [String]) async throws {
        let workshop = try await Self.built.value
        for format in ["json", "ndjson"] {
            let result = try await workshop.ocm(command + ["-o", format])
            #expect(result.status == 0, "\(result.errors)")
            let values: [JSON] =
                if format == "json" {
                    try { ($0.array ?? [$0]) }(JSON(parsing: result.stdout, source: "the answer"))
                } else {
                    try result.output.split(separator: "\n").map { try JSON(parsing: Array($0.utf8), source: "a line") }
                }
            #expect(!values.isEmpty)
            for value in values {
                let keys = value.object?.keys ?? []
                // Later releases may add members; none may go.
                #expect(Set(expected).isSubset(of: keys), "\(keys)")
            }
        }
    }

    @Test("a check that fails says so in its answer and in its exit code") func failedCheck() async throws {
        let workshop = try await Self.built.value
        let result = try await workshop.ocm("check", "archive", "absent", "-o", "json")
        let items = try JSON(parsing: result.stdout, source: "the checks").array ?? []
        #expect(result.status == 1 && items.count == 4 && items.map { $0["ok"]?.bool } == [true, true, true, false])
        #expect(try JSON(parsing: result.stderr, source: "the error")["error"]?["code"]?.string == "unavailable")
    }

    @Test("lists have a line for each, also as JSON") func lines() async throws {
        let workshop = try await Self.built.value
        let list = try await workshop.ocm("get", "resources", Self.product, "--recursive", "-o", "ndjson")
        let lines = list.output.split(separator: "\n")
        #expect(lines.count == 6, "\(list.output)\(list.errors)")
        for line in lines { #expect(try JSON(parsing: Array(line.utf8), source: "a line").object != nil) }
    }

    @Test("tables and trees look like this") func golden() async throws {
        let workshop = try await Self.built.value
        #expect(
            try await workshop.done("get", "cv", "archive") == """
                COMPONENT                VERSION  PROVIDER
                example.org/app/leaf     1.0.0    example.org
                example.org/app/product  1.0.0    example.org

                """)
        #expect(
            try await workshop.done("get", "cv", Self.product, "--recursive", "-o", "tree") == """
                example.org/app/product:1.0.0
                └─ leaf: example.org/app/leaf:1.0.0

                """)
        #expect(
            try await workshop.done("get", "references", Self.product, "-o", "tree") == """
                example.org/app/product:1.0.0
                └─ leaf  example.org/app/leaf  1.0.0
                example.org/app/leaf:1.0.0

                """)
        #expect(
            try await workshop.done("get", "resources", "archive//\(Workshop.leaf)") == """
                NAME   VERSION  IDENTITY  TYPE      RELATION
                text   1.0.0              blob      local
                data   1.0.0              blob      local
                left   1.0.0              blob      local
                right  1.0.0              blob      local
                image  1.0.0              ociImage  local

                """)
    }

    @Test("verify says what was checked against which key, and shallow checks say that they were") func verdicts()
        async throws
    {
        let workshop = try await Self.built.value
        let verify = ["verify", "cv", "--public-key", "public.pem", Self.product]
        let deep = try await workshop.ocm(verify)
        #expect(deep.output.contains("RSASSA-PSS") && deep.output.contains("RSA 2048 sha256:"), "\(deep.output)")
        #expect(deep.output.contains("every byte of") && deep.output.contains("data: "))
        let shallow = try await workshop.ocm(verify + ["--shallow"])
        #expect(shallow.status == 0 && shallow.output.contains("SHALLOW") && shallow.output.contains("NOT READ"))
    }

    @Test(
        "errors are for machines too when the answer would be",
        arguments: [
            (["get", "cv", "absent", "-o", "json"], 1 as Int32, "not_found"),
            (
                ["verify", "cv", product, "-o", "json", "--public-key", "private.pem", "--signature", "x"], 3,
                "verification_failed"
            ),
            (["download", "resource", product, "--identity", "name=none", "-O", "out", "--debug"], 1, ""),
            (["sign", "cv", "--private-key", "public.pem", product, "-o", "json"], 1, "invalid"),
            (["transfer", "cv", product, "archive/artifact-index.json", "-o", "ndjson"], 1, "invalid"),
            (["transfer", "cv", product, "copy", "-j", "0", "-o", "json"], 2, "usage"),
            (["get", "cv", "archive", "-o", "json", "--no-such-option"], 2, "usage"),
        ])
    func errors(command: [String], status: Int32, code: String) async throws {
        let workshop = try await Self.built.value
        let result = try await workshop.ocm(command)
        #expect(result.status == status, "\(result.errors)")
        guard !code.isEmpty else {
            return #expect(result.errors.contains("Error: ") && result.errors.contains("fix: "))
        }
        let error = try JSON(parsing: result.stderr, source: "the error")["error"]
        #expect(error?["code"]?.string == code && error?["message"]?.string?.isEmpty == false, "\(result.errors)")
        #expect(result.stdout.isEmpty)
    }

    @Test(
        "a failure is told once, however many things fail and are given up over it",
        arguments: ["auto", "plain", "none"])
    func once(progress: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let editor = ArchiveEditor(folder: workshop.archive)
        for name in ["text", "data", "left", "right"] {
            try editor.edit(editor.blob(of: name, in: "example.org/app/leaf")) { $0[0] ^= 1 }
        }
        for command in [
            ["verify", "cv", "--public-key", "public.pem", Self.product],
            ["transfer", "cv", "--recursive", Self.product, "copy"], ["transfer", "ctf", "archive", "copy.tgz"],
            ["sign", "cv", "--signature", "second", "--private-key", "private.pem", Self.product],
        ] {
            let result = try await workshop.ocm(command + ["--progress", progress])
            let lines = result.errors.split(separator: "\n")
            #expect(result.status == 3, "\(result.errors)")
            #expect(lines.count { $0.contains("digest") } == 1 && !result.errors.contains("ancel"), "\(result.errors)")
            #expect(
                lines.count { $0.hasPrefix("Error: ") } == 1 && !result.errors.contains("failed"), "\(result.errors)")
        }
    }

    @Test(
        "who mistypes is helped",
        arguments: [
            (["gte", "cv"], "get"), (["get", "componentversoin", "x"], "component-version"),
            (["get", "cv", "--recursiv", "x"], "--recursive"), (["transfer", "cv", "archive"], "Usage"),
            (["add"], "component-version"),
        ])
    func mistyped(command: [String], hint: String) async throws {
        let workshop = try await Self.built.value
        let result = try await workshop.ocm(command)
        #expect(result.status == 2 && result.errors.contains(hint), "\(result.errors)")
    }

    @Test(
        "every topic and every command has help",
        arguments: [
            ["help", "references"], ["help", "formats"], ["help", "credentials"], ["help", "inputs"],
            ["help", "expressions"],
            ["help", "expressions"],
            ["help", "environment"], ["help", "exit-codes"], ["help", "transfer", "cv"], ["sign", "cv", "--help"],
            ["help"], ["--help"],
        ])
    func help(command: [String]) async throws {
        let workshop = try await Self.built.value
        let result = try await workshop.ocm(command)
        #expect(result.status == 0 && result.output.count > 100, "\(result.errors)")
    }

    @Test("the exit codes are these") func exitCodes() async throws {
        let workshop = try await Self.built.value
        let help = try await workshop.done("help", "exit-codes")
        #expect(help.split(separator: "\n").map { $0.prefix { $0 != " " } } == ["0", "1", "2", "3", "4", "5", "130"])
    }

    @Test(
        "bash completes commands and options", .enabled(if: ServerProgram.find("bash") != nil, "bash is not installed"))
    func completion() async throws {
        let workshop = try await Self.built.value
        for shell in ["bash", "zsh", "fish"] {
            #expect(try await workshop.done("completion", shell).contains("ocm"))
        }
        let script = """
            export PATH="\(FileSystem.folder(of: OCM.path)):$PATH"
            source <(ocm completion bash)
            COMP_WORDS=(ocm tran); COMP_CWORD=1; COMP_LINE="ocm tran"; COMP_POINT=8
            function=$(complete -p ocm | sed -E 's/.*-F ([^ ]+).*/\\1/')
            "$function" ocm tran ocm; echo "${COMPREPLY[@]}"
            COMP_WORDS=(ocm verify cv --sh); COMP_CWORD=3; COMP_LINE="ocm verify cv --sh"; COMP_POINT=18; COMPREPLY=()
            "$function" ocm --sh cv; echo "${COMPREPLY[@]}"
            COMP_WORDS=(ocm get re); COMP_CWORD=2; COMP_LINE="ocm get re"; COMP_POINT=10; COMPREPLY=()
            "$function" ocm re get; echo "${COMPREPLY[@]}"
            COMP_WORDS=(ocm version -o ""); COMP_CWORD=3; COMP_LINE="ocm version -o "; COMP_POINT=15; COMPREPLY=()
            "$function" ocm "" -o; echo "${COMPREPLY[@]}"
            """
        let result = try await ChildProcess.run(["bash", "-c", script])
        #expect(
            result.output.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.split(separator: " ").map(String.init)
            } == [
                ["transfer"], ["--shallow"], ["resources", "references"],
                ["text", "table", "wide", "tree", "json", "yaml", "ndjson"], [],
            ], "\(result.output)\(result.errors)")
    }

    @Test("a reader that has had enough is no failure") func brokenPipe() async throws {
        let workshop = try await Self.built.value
        let script = "set -o pipefail; \"\(OCM.path)\" help transfer cv | head -n 1; exit ${PIPESTATUS[0]}"
        let result = try await ChildProcess.run(["bash", "-c", script], workingFolder: workshop.path)
        #expect(result.status == 0, "\(result.errors)")
    }
}
