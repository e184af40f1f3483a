// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("ocm plugins") struct PluginTests {
    /// A copy of the example, as a user has it.
    private func copied() throws -> TemporaryFolder {
        let source = FileSystem.join(FileSystem.folder(of: #filePath), "../../examples/plugins")
        let folder = try TemporaryFolder(prefix: "plugins")
        for name in ["constructor.yaml", "letter.txt", "specification.yaml"] {
            try FileSystem.write(
                FileSystem.read("\(source)/\(name)", limit: 1 << 20), to: "\(folder.path)/\(name)")
        }
        try FileSystem.makeFolder("\(folder.path)/plugins")
        let program = "\(folder.path)/plugins/replace-text"
        try FileSystem.write(FileSystem.read("\(source)/plugins/replace-text", limit: 1 << 20), to: program)
        try FileSystem.setMode(program, 0o755)
        return folder
    }

    @Test("the example runs as its comment says, and the text is replaced")
    func runs() async throws {
        let folder = try copied()
        let specification = String(
            decoding: try FileSystem.read("\(folder.path)/specification.yaml", limit: 1 << 20), as: UTF8.self)
        let commands = specification.split(separator: "\n").prefix { $0.hasPrefix("# ocm ") }
        try #require(commands.count == 2)
        for command in commands {
            let words = command.dropFirst("# ocm ".count).split(separator: " ").map(String.init)
            let result = try await OCM.run(words, home: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            if words[0] == "transfer" { #expect(result.errors.contains("localise (replace-text): replaced 2 times")) }
        }
        let content = try await OCM.run(
            ["download", "resource", "./target//acme.org/letter:1.0.0", "letter", "-O", "letter"], home: folder.path)
        #expect(content.status == 0, "\(content.errors)")
        let text = String(decoding: try FileSystem.read("\(folder.path)/letter", limit: 1000), as: UTF8.self)
        #expect(
            text.contains("the registry is registry.site.internal, and registry.site.internal is")
                && !text.contains("registry.example.com"))
    }

    @Test("the example finds a text that two pieces of a stream share")
    func pieces() async throws {
        let folder = try copied()
        let find = "registry.example.com"
        let filler = String(repeating: "x", count: 256 * 1024 - 10)
        try FileSystem.remove("\(folder.path)/letter.txt")
        try FileSystem.write(Array((filler + find + filler + find + find).utf8), to: "\(folder.path)/letter.txt")
        _ = try await OCM.run(["add", "cv", "--create", "--file", "source", "constructor.yaml"], home: folder.path)
        let result = try await OCM.run(
            ["transfer", "specification", "specification.yaml", "--plugin-dir", "plugins", "-o", "json"],
            home: folder.path)
        #expect(result.status == 0, "\(result.errors)")
        let reports = try JSON(parsing: result.stdout, source: "output").array ?? []
        #expect(reports.first { $0["id"] == "localise" }?["output"]?["count"] == 3)
    }

    @Test("what cannot be used is said, also as JSON, and is the failure of `check` alone")
    func check() async throws {
        let folder = try copied()
        try FileSystem.write(Array("#!/bin/sh\nexit 3\n".utf8), to: "\(folder.path)/plugins/broken", mode: 0o755)
        let variables = ["OCM_PLUGIN_DIR": "\(folder.path)/plugins"]
        let checked = try await OCM.run(["plugins", "check", "-o", "json"], home: folder.path, variables: variables)
        #expect(checked.status == 1)
        let findings = try JSON(parsing: checked.stdout, source: "output").array ?? []
        #expect(findings.map { $0["ok"] } == [true, false])
        #expect(findings.last?["reason"]?.string?.contains("failed with status 3") == true)
        let listed = try await OCM.run(["plugins", "list", "-o", "json"], home: folder.path, variables: variables)
        #expect(listed.status == 0)
        let names = try JSON(parsing: listed.stdout, source: "output").array?.map { $0["name"] }
        #expect(names == ["replace-text"])
        let described = try await OCM.run(
            ["plugins", "describe", "replace-text", "-o", "json"], home: folder.path, variables: variables)
        let operation = try JSON(parsing: described.stdout, source: "output").array?.first?["operations"]?.array?.first
        #expect(operation?["content"]?["input"] == "data" && operation?["deadlineSeconds"] == 3600)
        let missing = try await OCM.run(["plugins", "describe", "replace"], home: folder.path, variables: variables)
        #expect(missing.status == 1 && missing.errors.contains("there is no plug-in 'replace'"))
    }

    @Test("a specification of built-in operations starts no plug-in")
    func notStarted() async throws {
        let folder = try copied()
        try FileSystem.write(
            Array("#!/bin/sh\ntouch \(folder.path)/started\n".utf8), to: "\(folder.path)/plugins/eager", mode: 0o755)
        try FileSystem.write(
            Array("transformations: [{id: a, type: CTFGetComponentVersion/v1alpha1}]".utf8),
            to: "\(folder.path)/plain.yaml")
        _ = try await OCM.run(
            ["transfer", "spec", "plain.yaml", "--plugin-dir", "plugins", "--dry-run"], home: folder.path)
        #expect(!FileSystem.exists("\(folder.path)/started"))
        let unknown = try await OCM.run(
            ["transfer", "spec", "specification.yaml", "--plugin-dir", "plugins", "--dry-run"], home: folder.path)
        #expect(FileSystem.exists("\(folder.path)/started"))
        #expect(unknown.status == 0 && unknown.errors.contains("warning: not used as a plug-in"), "\(unknown.errors)")
    }

    /// The example with a shell script in place of its plug-in.
    private func copied(_ script: String) async throws -> TemporaryFolder {
        let folder = try copied()
        let text = """
            #!/bin/sh
            if [ "$1" = capabilities ]; then
              echo '{"protocolVersion":"v1alpha1","name":"replace-text","version":"1.0.0","operations":[{
                "type":"replace.text.example/v1alpha1","summary":"Tries something.",
                "properties":{"type":"object","properties":{"find":{"type":"string"},"replacement":{"type":"string"}}},
                "outputs":{"type":"object","properties":{"count":{"type":"integer"}}},
                "content":{"input":"data","output":"data"}}]}'
              exit
            fi
            \(script)
            """
        let program = "\(folder.path)/plugins/replace-text"
        try FileSystem.removeFile(program)
        try FileSystem.write(Array("\(text)\n".utf8), to: program, mode: 0o755)
        try FileSystem.setMode(program, 0o755)
        let added = try await OCM.run(
            ["add", "cv", "--create", "--file", "source", "constructor.yaml"], home: folder.path)
        try #require(added.status == 0, "\(added.errors)")
        return folder
    }

    private static let transfer = ["transfer", "specification", "specification.yaml", "--plugin-dir", "plugins"]
    private static let isRoot = FileSystem.user == 0

    static let unsafePlaces: [(command: [String], says: String, needsRoot: Bool)] = [
        (["chmod", "777", "plugins"], "plugins can be written to by everyone", false),
        (["chmod", "777", "plugins/replace-text"], "replace-text can be written to by everyone", false),
        (["chmod", "4755", "plugins/replace-text"], "replace-text runs with another's rights", false),
        (["chown", "65534", "plugins"], "plugins belongs to another user (65534)", true),
        (["chown", "65534", "plugins/replace-text"], "replace-text belongs to another user (65534)", true),
        (["sh", "-c", "chgrp 65534 plugins && chmod 775 plugins"], "plugins can be written to by its group", true),
    ]

    @Test(
        "what others could change is not started, and the reason is said",
        arguments: unsafePlaces.filter { isRoot || !$0.needsRoot })
    func unsafe(_ place: (command: [String], says: String, needsRoot: Bool)) async throws {
        let folder = try await copied("touch ../started; cat; echo '{}' >&3")
        let changed = try await ChildProcess.run(place.command, workingFolder: folder.path)
        try #require(changed.status == 0, "\(changed.errors)")
        for arguments in [Self.transfer, ["plugins", "check", "--plugin-dir", "plugins"]] {
            let result = try await OCM.run(arguments, home: folder.path)
            #expect(result.status != 0, "\(arguments)")
            #expect((result.errors + result.output).contains(place.says), "\(result.errors)\(result.output)")
        }
        #expect(!FileSystem.exists("\(folder.path)/target"))
    }

    @Test("its environment has what is configured for it, and no secret of ours") func environment() async throws {
        let folder = try await copied("env | sort >&2; cat; echo '{\"count\":0}' >&3")
        try FileSystem.write(
            Array(
                """
                type: generic.config.ocm.software/v1
                configurations:
                  - type: plugins.config.ocm.software/v1alpha1
                    environment: {FOR_PLUGINS: meant}
                  - type: credentials.config.ocm.software
                    consumers:
                      - identity: {type: OCIRegistry, hostname: registry.acme.org}
                        credentials: [{type: Credentials/v1, properties: {username: u, password: swordfish}}]

                """.utf8), to: "\(folder.path)/.ocmconfig")
        let secrets = [
            "AWS_SECRET_ACCESS_KEY", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG", "GITHUB_TOKEN", "SSH_AUTH_SOCK",
            "OCM_CONFIG_X",
            "LD_PRELOAD_X",
        ]
        let result = try await OCM.run(
            Self.transfer, home: folder.path,
            variables: Dictionary(uniqueKeysWithValues: secrets.map { ($0, "swordfish") }))
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("FOR_PLUGINS=meant"), "\(result.errors)")
        #expect(!result.errors.contains("swordfish") && !result.errors.contains("HOME="), "\(result.errors)")
    }

    @Test("when ocm is asked to stop, all that it started is gone", arguments: ["INT", "TERM"])
    func interrupted(signal: String) async throws {
        let folder = try await copied(
            """
            trap '' INT
            sleep 1000 & setsid sleep 1001 </dev/null >/dev/null 2>&1 3>&- &
            echo > "$REPORT"; cat >/dev/null; wait; sleep 1002
            """)
        try FileSystem.write(
            Array(
                "type: plugins.config.ocm.software/v1alpha1\nenvironment: {REPORT: \(folder.path)/asked}\n".utf8),
            to: "\(folder.path)/.ocmconfig")
        let script = """
            "\(OCM.path)" \(Self.transfer.joined(separator: " ")) & program=$!
            until test -e asked; do sleep 0.02; done
            kill -\(signal) $program; wait $program
            """
        let stopped = try await ChildProcess.run(
            ["bash", "-c", script],
            environment: Environment(["HOME": folder.path, "PATH": "/usr/bin:/bin", "TMPDIR": folder.path]),
            workingFolder: folder.path)
        #expect(stopped.status == 130, "\(stopped.errors)")
        let left = try FileSystem.names(in: "/proc").filter { name in
            guard Int(name) != nil, let bytes = try? FileSystem.read("/proc/\(name)/environ", limit: 1 << 20)
            else { return false }
            return bytes.split(separator: 0).contains { $0.starts(with: "REPORT=\(folder.path)/".utf8) }
        }
        #expect(left.isEmpty)
        #expect(
            try FileSystem.names(in: folder.path).filter { $0.hasPrefix("plugin-") || $0.hasPrefix("sovereign-") } == []
        )
        #expect(!FileSystem.exists("\(folder.path)/target/artifact-index.json"))
    }

    @Test("what it yields keeps --max-disk") func disk() async throws {
        let folder = try await copied("cat >/dev/null; head -c 3000000 /dev/zero; echo '{\"count\":1}' >&3")
        // What failed is one operation; those that wait for it are not done.
        for (size, status) in [("1MiB", Int32(5)), ("64MiB", 0)] {
            let result = try await OCM.run(Self.transfer + ["--max-disk", size], home: folder.path)
            #expect(result.status == status, "\(result.errors)")
            if status != 0 { #expect(result.errors.contains("raise --max-disk"), "\(result.errors)") }
        }
    }

    @Test("what docs/plugins.md says to type works from nothing on") func documentation() async throws {
        let root = FileSystem.join(FileSystem.folder(of: #filePath), "../..")
        let text = String(decoding: try FileSystem.read("\(root)/docs/plugins.md", limit: 1 << 20), as: UTF8.self)
        let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("Five minutes\n") })
        let commands = section.split(separator: "```sh\n").dropFirst().compactMap { $0.split(separator: "```").first }
        try #require(commands.count == 2)
        let folder = try TemporaryFolder(prefix: "plugins")
        let script =
            "set -e\nocm() { \"\(OCM.path)\" \"$@\"; }\n"
            + commands.joined(separator: "\n")
            .replacing("cp -R examples", with: "cp -R \(root)/examples")
        let result = try await ChildProcess.run(
            ["bash", "-c", script],
            environment: Environment(["HOME": folder.path, "PATH": "/usr/bin:/bin", "TMPDIR": folder.path]),
            workingFolder: folder.path)
        #expect(result.status == 0, "\(result.errors)\(result.output)")
        #expect(result.output.contains("the registry is registry.site.internal"))
        #expect(result.output.contains("THE REGISTRY IS REGISTRY.EXAMPLE.COM"))
    }
}
