// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import KubernetesClient
import TestServers
import Testing

/// The same programs as in `PodTests`, where WebSockets are refused.
@Suite("Programs in pods, over streams", .timeLimit(.minutes(2))) struct ProgramStreamTests {
    let peer: PodPeer
    let client: KubernetesClient

    init() throws {
        peer = try PodPeer()
        client = try PortForwardTests.client(peer)
    }

    @Test("what a program writes and how it ends is told, all of it though streams are reset in the end")
    func outputs() async throws {
        let failed = try await PodTests.read(
            try await client.exec(PodTests.pod, ["fail", "7"], ExecOptions(container: "c")))
        #expect(failed.status == 7 && failed.out == Array("out".utf8) && failed.err == "err")
        let question = "exec?command=fail&command=7&container=c&stdout=true&stderr=true HTTP/1.1"
        let path = "/api/v1/namespaces/default/pods/p/\(question)"
        #expect(peer.asked == ["GET \(path)", "POST \(path)"])
        let big = try await PodTests.read(try await client.exec(PodTests.pod, ["big", "200"]))
        #expect(big.status == 0 && big.out.count == 200 * 32768 && big.out.last == 199)
    }

    @Test(
        "a program reads what is written, until its input ends; its terminal learns its size", arguments: [false, true])
    func input(_ hasTerminal: Bool) async throws {
        let session = try await client.exec(
            PodTests.pod, ["cat"], ExecOptions(hasInput: true, hasTerminal: hasTerminal))
        #expect(session.canEndInput)
        let all = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let result = try await PodTests.converse(session, all, hasTerminal: hasTerminal)
        let size = hasTerminal ? Array("size {\"Width\":80,\"Height\":24}\n".utf8) : []
        #expect(result.out == all + size && result.status == 0)
        let joined = try await client.attach(PodTests.pod, ExecOptions(hasInput: true))
        try await joined.write(Array("end".utf8))
        #expect(try await PodTests.read(joined).status == 0)
        let deaf = try await client.exec(PodTests.pod, ["big", "1"])
        await #expect { try await deaf.write([1]) } throws: { ($0 as? Fault)?.code == .invalid }
        await #expect { try await deaf.endInput() } throws: { ($0 as? Fault)?.code == .invalid }
        await #expect { try await deaf.resize(width: 1, height: 1) } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("what could not be run, was lost or was refused is an error") func failures() async throws {
        await #expect {
            try await PodTests.read(try await client.exec(PodTests.pod, ["unable"]))
        } throws: { ($0 as? APIStatus)?.message == "no such program" }
        for (command, code) in [("vanish", Fault.Code.unavailable), ("refuse", .unavailable), ("babble", .corrupt)] {
            await #expect("\(command)") {
                try await PodTests.read(try await client.exec(PodTests.pod, [command]))
            } throws: { ($0 as? Fault)?.code == code }
        }
        await #expect { try await client.exec(ObjectName("default", "gone"), ["cat"]) } throws: {
            ($0 as? APIStatus)?.reason == "NotFound"
        }
        await #expect { try await client.exec(ObjectName("default", "older"), ["cat"]) } throws: {
            ($0 as? Fault)?.code == .unsupported
        }
        let stranger = try PortForwardTests.client(peer, token: nil)
        await #expect { try await stranger.exec(PodTests.pod, ["cat"]) } throws: { ($0 as? APIStatus)?.code == 401 }
    }

    @Test(
        "kubectl takes the other side for a server's",
        .enabled(if: !InstalledKubectl.acrossProtocols.isEmpty, "needs kubectl"),
        arguments: InstalledKubectl.acrossProtocols)
    func kubectl(_ program: String) async throws {
        let peer = try PodPeer(wantsToken: false)
        let folder = try TemporaryFolder()
        func exec(_ options: [String], _ command: [String], input: [UInt8] = []) async throws -> ChildProcess.Result {
            try await ChildProcess.run(
                [program, "--server=http://127.0.0.1:\(peer.port)", "exec"] + options + ["p", "--"] + command,
                input: input,
                environment: Environment(["HOME": folder.path, "KUBECONFIG": "\(folder.path)/none"]),
                deadline: .seconds(60))
        }
        let input = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let copied = try await exec(["-i"], ["cat"], input: input)
        #expect(copied.status == 0 && copied.stdout == input, "\(String(decoding: copied.stderr, as: UTF8.self))")
        let failed = try await exec([], ["fail", "7"])
        #expect(failed.status == 7 && failed.stdout == Array("out".utf8))
        #expect(String(decoding: failed.stderr, as: UTF8.self).contains("err"))
        let big = try await exec([], ["big", "100"])
        #expect(big.status == 0 && big.stdout.count == 100 * 32768)
        #expect(peer.asked.contains { $0.hasPrefix("POST") && $0.contains("/pods/p/exec") })
        peer.stop()
    }

    @Test("a program waits while nobody reads what it writes") func held() async throws {
        let session = try await client.exec(PodTests.pod, ["big", "4000"])
        // It has come to a stand when nothing was added between two looks; too early a look would only see less.
        var seen = -1
        try await eventually("the program waits") {
            let last = seen
            seen = peer.written
            try await Task.sleep(for: .milliseconds(200))
            return seen > 0 && seen == last
        }
        // What waits for its reader is bounded by 8 MiB; what the system holds for sockets comes on top.
        #expect(seen < 32 << 20)
        var count = 0
        while let output = try await session.next() {
            guard case .stdout(let bytes) = output else { continue }
            count += bytes.count
        }
        #expect(try count == 4000 * 32_768 && session.exitStatus() == 0)
    }

    @Test("a conversation ends with the task that reads it, and when it is closed", arguments: [false, true])
    func cancelled(_ isClosed: Bool) async throws {
        let session = try await client.exec(PodTests.pod, ["cat"], ExecOptions(hasInput: true))
        let task = Task { try await PodTests.read(session) }
        try await session.write([1])
        if isClosed { session.close() } else { task.cancel() }
        await #expect(throws: (any Error).self) { try await task.value }
    }
}
