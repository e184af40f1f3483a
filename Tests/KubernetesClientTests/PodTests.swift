// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import KubernetesClient
import TestServers
import Testing
import Web
import WebServer

@Suite("Programs in pods", .enabled(if: ServerProgram.find("python3") != nil, "needs python3"), .timeLimit(.minutes(1)))
struct PodTests {
    let client: KubernetesClient
    private let server: ServerProgram
    private let folder: TemporaryFolder
    static let pod = ObjectName("default", "p")

    init() async throws {
        folder = try TemporaryFolder()
        let port = try ServerProgram.freePort()
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/channel_server.py")
        server = try ServerProgram(
            [ServerProgram.find("python3") ?? "python3", "-B", script, "\(port)"], log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        var configuration = ClusterConfiguration(server: try HTTPURL("http://127.0.0.1:\(port)"))
        configuration.user.token = "t"
        client = try KubernetesClient(configuration)
    }

    /// All it writes, and how it ends.
    static func read(_ session: PodSession) async throws -> (out: [UInt8], err: String, status: Int) {
        var (out, err): ([UInt8], [UInt8]) = ([], [])
        while let piece = try await session.next() {
            switch piece {
            case .stdout(let bytes): out += bytes
            case .stderr(let bytes): err += bytes
            }
        }
        return (out, String(decoding: err, as: UTF8.self), try session.exitStatus())
    }

    /// Writes to it, tells a terminal its size, ends its input, and reads meanwhile.
    static func converse(
        _ session: PodSession, _ bytes: [UInt8], hasTerminal: Bool
    ) async throws -> (out: [UInt8], err: String, status: Int) {
        let writing = Task {
            try await session.write(bytes)
            if hasTerminal { try await session.resize(width: 80, height: 24) }
            try await session.endInput()
        }
        let result = try await read(session)
        try await writing.value
        return result
    }

    @Test("what a program writes and how it ends is told", arguments: ["p", "four"]) func outputs(_ pod: String)
        async throws
    {
        let failed = try await Self.read(
            try await client.exec(ObjectName("default", pod), ["fail", "7"], ExecOptions(container: "c")))
        #expect(failed.status == 7 && failed.out == Array("out".utf8) && failed.err.hasSuffix("err"))
        #expect(
            failed.err.hasPrefix(
                #"{"command": ["fail", "7"], "container": ["c"], "stderr": ["true"], "stdout": ["true"]}"#))
        let big = try await Self.read(try await client.exec(ObjectName("default", pod), ["big", "200"]))
        #expect(big.status == 0 && big.out.count == 200 * 32768 && big.out.last == 199)
    }

    @Test("a program reads what is written, until its input ends") func input() async throws {
        let session = try await client.exec(Self.pod, ["cat"], ExecOptions(hasInput: true, hasTerminal: true))
        #expect(session.canEndInput)
        let all = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let result = try await Self.converse(session, all, hasTerminal: true)
        #expect(result.out == all + Array(#"size {"Width":80,"Height":24}"#.utf8) && result.status == 0)
        #expect(result.err == #"{"command": ["cat"], "stdin": ["true"], "stdout": ["true"], "tty": ["true"]}"#)
        let old = try await client.attach(ObjectName("default", "four"), ExecOptions(hasInput: true))
        #expect(!old.canEndInput)
        await #expect { try await old.resize(width: 1, height: 1) } throws: { ($0 as? Fault)?.code == .invalid }
        await #expect { try await old.endInput() } throws: { ($0 as? Fault)?.code == .unsupported }
        try await old.write(Array("end".utf8))
        #expect(try await Self.read(old).status == 0)
    }

    @Test("what could not be run, was lost or was refused is an error") func failures() async throws {
        await #expect {
            try await Self.read(try await client.exec(Self.pod, ["unable"]))
        } throws: { ($0 as? APIStatus)?.message == "no such program" }
        await #expect {
            try await Self.read(try await client.exec(Self.pod, ["vanish"]))
        } throws: { ($0 as? Fault)?.code == .unavailable }
        await #expect {
            try await client.exec(ObjectName("default", "gone"), ["cat"])
        } throws: { ($0 as? APIStatus)?.reason == "NotFound" }
        await #expect {
            try await client.exec(ObjectName("default", "old"), ["cat"])
        } throws: { ($0 as? Fault)?.code == .unsupported }
        var nobody = client.configuration
        nobody.user.token = nil
        let stranger = try KubernetesClient(nobody)
        await #expect { try await stranger.exec(Self.pod, ["cat"]) } throws: { ($0 as? APIStatus)?.code == 401 }
        await #expect { try await client.logs(ObjectName("default", "gone")) } throws: {
            ($0 as? APIStatus)?.code == 404
        }
    }

    @Test("a conversation ends with the task that reads it") func cancelled() async throws {
        let session = try await client.exec(Self.pod, ["cat"], ExecOptions(hasInput: true))
        let task = Task { try await Self.read(session) }
        try await session.write([1])
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }
}

@Suite("Logs of pods", .timeLimit(.minutes(1))) struct LogTests {
    @Test("logs come as they are written") func logs() async throws {
        try await ScriptedServer.with { asked in
            let rest = Guarded(["one\n", "two\n"])
            return ServerResponse(
                "text/plain", ByteStream { rest.withLock { $0.isEmpty ? nil : Array($0.removeFirst().utf8)[...] } })
        } _: { server in
            let client = try server.client()
            var options = LogOptions(container: "main", follows: true)
            options.tailLines = 3
            for follows in [true, false] {
                options.follows = follows
                let text = try await client.logs(ObjectName("default", "p"), options).collect(limit: 100)
                #expect(text == Array("one\ntwo\n".utf8))
            }
            #expect(server.asked[0].path == "/api/v1/namespaces/default/pods/p/log")
            #expect(server.asked[0].query == ["container": "main", "follow": "true", "tailLines": "3"])
            #expect(server.asked[1].query == ["container": "main", "tailLines": "3"])
        }
    }
}
