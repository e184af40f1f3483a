// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("Registries that do not do what is asked") struct BadRegistryTests {
    static let python = ServerProgram.find("python3")

    private func refusing() async throws -> (server: ServerProgram, url: String, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let port = try ServerProgram.freePort()
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/refusing_registry.py")
        let server = try ServerProgram([Self.python ?? "python3", script, "\(port)"], log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        return (server, "http://localhost:\(port)", folder)
    }

    @Test(
        "each status has its exit code, a reason and a fix, for reading and for writing",
        .enabled(if: python != nil, "python3 is not installed"),
        arguments: [(401, 4, "ocm login"), (403, 4, "403"), (404, 1, "404"), (429, 1, "429"), (500, 1, "500")])
    func status(status: Int, code: Int32, word: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let before = try Workshop.files(in: workshop.archive)
        let (server, url, folder) = try await refusing()
        let commands = [
            ["verify", "cv", "--public-key", workshop.publicKey, "\(url)/s\(status)//\(Workshop.product)"],
            [
                "transfer", "cv", "--recursive", "\(workshop.archive)//\(Workshop.product)", "\(url)/s\(status)",
            ],
        ]
        for (number, command) in commands.enumerated() {
            let result = try await workshop.ocm(command)
            #expect(result.status == code, "\(command[0]): \(result.errors)")
            #expect(result.errors.contains("Error: ") && result.errors.contains("fix: "), "\(result.errors)")
            // A component version that is not there is said to be missing, without the protocol's number.
            if !(status == 404 && number == 0) { #expect(result.errors.contains(word), "\(result.errors)") }
        }
        #expect(try Workshop.files(in: workshop.archive) == before)
        withExtendedLifetime((server, folder)) {}
    }

    @Test(
        "one that fails half way leaves whole versions, exit code 5 says so, and a rerun goes on",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)),
        arguments: ["transfer", "add"])
    func halfWay(verb: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        // The registry cannot keep the product's tag: a file is where a folder should be.
        let repositories = "\(registry.folder.path)/data/docker/registry/v2/repositories/component-descriptors"
        let place = "\(repositories)/example.org/app/product/_manifests/tags/1.0.0"
        try FileSystem.makeFolder(place)
        try FileSystem.write([], to: "\(place)/index")
        let command =
            verb == "transfer"
            ? ["transfer", "cv", "--recursive", "archive//\(Workshop.product)", registry.url]
            : ["add", "cv", "--repository", registry.url, "--constructor", "constructor.yaml"]
        let stopped = try await workshop.ocm(command)
        #expect(stopped.status == 5, "\(stopped.errors)")
        #expect(stopped.errors.contains("1 of 2") && stopped.errors.contains("again"), "\(stopped.errors)")
        #expect(try await workshop.ocm("get", "cv", "\(registry.url)//\(Workshop.leaf)").status == 0)
        #expect(try await workshop.ocm("get", "cv", "\(registry.url)//\(Workshop.product)").status != 0)
        try FileSystem.remove("\(place)/index")
        let again = try await workshop.ocm(command)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await workshop.ocm("get", "cv", "\(registry.url)//\(Workshop.product)").status == 0)
    }

    @Test("one that cannot be reached is named") func unreachable() async throws {
        let workshop = try Workshop()
        let port = try ServerProgram.freePort()
        let result = try await workshop.ocm("get", "cv", "http://localhost:\(port)//example.org/app/leaf")
        #expect(result.status == 1, "\(result.errors)")
        #expect(result.errors.contains("localhost:\(port)") && result.errors.contains("fix: "), "\(result.errors)")
    }

    @Test("plain HTTP to another machine has to be asked for, and --offline means it") func plainAndOffline()
        async throws
    {
        let workshop = try Workshop()
        let offline = try await workshop.ocm("get", "cv", "--offline", "localhost:5000//example.org/app/leaf")
        #expect(offline.status == 1 && offline.errors.contains("--offline"), "\(offline.errors)")
    }
}
