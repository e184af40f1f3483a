// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("Asked to stop", .enabled(if: BadRegistryTests.python != nil, "python3 is not installed"))
struct InterruptTests {
    @Test(
        "while it waits for a server it cleans up, says so and ends with 130; the target is as free as before",
        arguments: ["INT", "TERM"], ["target", "target.tgz"])
    func stopped(signal: String, target: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let port = try ServerProgram.freePort()
        let server = try ServerProgram(
            [
                BadRegistryTests.python ?? "python3",
                FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/silent_server.py"), "\(port)",
                "\(workshop.path)/asked",
            ], log: "\(workshop.path)/server.log")
        try await server.waitUntilListening(on: port)
        try workshop.write(
            "waiting.yaml",
            """
            components:
              - name: example.org/waiting
                version: 1.0.0
                provider: {name: example.org}
                resources:
                  - {name: data, type: blob, relation: local, input: {type: file, path: ./data.bin}}
                  - {name: page, type: blob, relation: local, input: {type: wget, url: "http://localhost:\(port)/page"}}

            """)
        let script = """
            "\(OCM.path)" add cv --create --file \(target) waiting.yaml & program=$!
            until test -e asked; do sleep 0.02; done
            kill -\(signal) $program; wait $program
            """
        let stopped = try await ChildProcess.run(
            ["bash", "-c", script], environment: Environment(["HOME": workshop.path, "PATH": "/usr/bin:/bin"]),
            workingFolder: workshop.path)
        #expect(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.errors == "Error: interrupted\n")
        #expect(try FileSystem.names(in: workshop.path).filter { $0.hasPrefix(".tmp") } == [])
        #expect(!FileSystem.exists("\(workshop.path)/target.tgz"))
        let again = try await workshop.transfer(workshop.archive, target)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await workshop.verify(target).status == 0)
        withExtendedLifetime(server) {}
    }
}
