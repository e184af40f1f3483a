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
}
