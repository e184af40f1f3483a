// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import TestServers
import Testing
import Web
import WebClient

@testable import KubernetesClient

@Suite("Ports of pods", .timeLimit(.minutes(2))) struct PortForwardTests {
    typealias Port = PodPeer.Port
    static let pod = ObjectName("default", "p")

    static func client(_ peer: PodPeer, token: String? = "t") throws -> KubernetesClient {
        var configuration = ClusterConfiguration(server: try HTTPURL("http://127.0.0.1:\(peer.port)"))
        configuration.user.token = token.map { SecretText($0) }
        configuration.proxy = .none
        return try KubernetesClient(configuration)
    }

    static func exchange(_ forward: PortForward, _ port: Int, _ bytes: [UInt8]) async throws -> [UInt8] {
        let connection = try await forward.connect(to: port)
        let writing = Task {
            try await connection.write(bytes[...])
            try await connection.endInput()
        }
        var answer: [UInt8] = []
        while let chunk = try await connection.read() { answer += chunk }
        try await writing.value
        try await connection.finish()
        return answer
    }

    @Test(
        "many connections go over one, through a WebSocket or an upgrade",
        arguments: [PodPeer.Age.new, .old(400), .old(403), .old(500), .vague])
    func many(_ age: PodPeer.Age) async throws {
        let peer = try PodPeer(age)
        let forward = try await Self.client(peer).portForward(Self.pod)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(number), count: number * 5_000)
                    let answer = try await Self.exchange(forward, Port.echo, bytes)
                    #expect(answer.count == bytes.count && answer.last == bytes.last)
                }
            }
            try await group.waitForAll()
        }
        await forward.close()
        let path = "/api/v1/namespaces/default/pods/p/portforward HTTP/1.1"
        let isNew = if case .new = age { true } else { false }
        #expect(peer.asked == (isNew ? ["GET \(path)"] : ["GET \(path)", "POST \(path)"]))
        peer.stop()
    }

    @Test("each side ends by itself, and much may come") func halves() async throws {
        let peer = try PodPeer()
        let forward = try await Self.client(peer).portForward(Self.pod)
        let count = try await Self.exchange(forward, Port.counting, [UInt8](repeating: 1, count: 1_000_000))
        #expect(count == Array("1000000".utf8))
        for port in [Port.generating, Port.ending] {
            let connection = try await forward.connect(to: port)
            var count = 0
            while let chunk = try await connection.read() { count += chunk.count }
            #expect(count == PodPeer.generated)
            await connection.close()
        }
        await forward.close()
        peer.stop()
    }

    @Test("what the server says went wrong is said, fit for messages") func refused() async throws {
        let peer = try PodPeer()
        let forward = try await Self.client(peer).portForward(Self.pod)
        for (port, words) in [
            (Port.refused, "port 1 of default/p: error forwarding port 1 to pod p: connection refused"),
            (Port.babbling, "port 2 of default/p: "), (Port.reset, "INTERNAL_ERROR"),
            (Port.unwanted, "connecting to port 4 of default/p: the other side has reset a stream: REFUSED_STREAM"),
        ] {
            await #expect {
                _ = try await Self.exchange(forward, port, [])
            } throws: { error in
                let fault = error as? Fault
                return fault?.code == .unavailable && fault?.message.contains(words) == true
                    && fault?.message.utf8.contains(0x1B) == false
            }
        }
        // Others go on, until all is lost.
        #expect(try await Self.exchange(forward, Port.echo, [5]) == [5])
        let other = try await forward.connect(to: Port.echo)
        await #expect(throws: Fault.self) { try await Self.exchange(forward, Port.vanishing, []) }
        await #expect(throws: Fault.self) { _ = try await other.read() }
        await #expect(throws: Fault.self) { try await forward.connect(to: Port.echo) }
        await #expect(throws: Fault.self) { try await forward.connect(to: 0) }
        peer.stop()
    }

    @Test("refusals are the server's, and credentials go to it alone") func refusals() async throws {
        let peer = try PodPeer()
        let client = try Self.client(peer)
        await #expect {
            try await client.portForward(ObjectName("default", "gone"))
        } throws: { ($0 as? APIStatus)?.message == #"pods "gone" not found"# }
        await #expect { try await Self.client(peer, token: nil).portForward(Self.pod) } throws: {
            ($0 as? APIStatus)?.code == 401
        }
        await #expect(throws: Fault.self) { try await client.portForward(ObjectName("default", "elsewhere")) }
        #expect(!peer.asked.contains { $0.contains("/secret") })
        peer.stop()
    }

    @Test("a local port leads to the pod's, for many at once") func listener() async throws {
        let peer = try PodPeer()
        let forward = try await Self.client(peer).portForward(Self.pod)
        let faults = Guarded<[String]>([])
        let echo = try forward.listen(to: Port.echo) { fault in faults.withLock { $0.append(fault.message) } }
        #expect(throws: Fault.self) { try forward.listen(on: echo.port, to: Port.echo) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(number), count: number * 20_000)
                    let answer = try await LocalClient.exchange(echo.port, bytes)
                    #expect(answer.count == bytes.count && answer.last == bytes.last)
                }
            }
            try await group.waitForAll()
        }
        #expect(faults.withLock { $0 } == [])
        let refused = try forward.listen(to: Port.refused) { fault in faults.withLock { $0.append(fault.message) } }
        #expect(try await LocalClient.exchange(refused.port, [1, 2]).isEmpty)
        while faults.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(faults.withLock { $0 }.first?.hasSuffix("connection refused") == true)
        await refused.stop()
        await #expect(throws: Fault.self) { try await LocalClient.exchange(refused.port, []) }
        await forward.close()
        try await echo.waitForEnd()
        peer.stop()
    }

    @Test(
        "kubectl takes our side of the protocol for a server's",
        .enabled(if: !InstalledKubectl.acrossProtocols.isEmpty, "needs kubectl"),
        arguments: InstalledKubectl.acrossProtocols)
    func kubectl(_ program: String) async throws {
        let peer = try PodPeer(wantsToken: false)
        let folder = try TemporaryFolder()
        let ports = try (ServerProgram.freePort(), ServerProgram.freePort(), ServerProgram.freePort())
        let forwarding = try ServerProgram(
            [
                program, "--server=http://127.0.0.1:\(peer.port)", "port-forward", "pod/p", "\(ports.0):\(Port.echo)",
                "\(ports.1):\(Port.counting)", "\(ports.2):\(Port.generating)",
            ], log: "\(folder.path)/log", variables: ["HOME": folder.path, "KUBECONFIG": "\(folder.path)/none"])
        // To connect and leave would hang kubectl up: its library waits for readers that are gone, and others with them.
        func said() -> String {
            String(decoding: (try? FileSystem.read(forwarding.logPath, limit: 1 << 20)) ?? [], as: UTF8.self)
        }
        while !said().contains("-> \(Port.generating)") { try await Task.sleep(for: .milliseconds(20)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10 {
                group.addTask {
                    let bytes = [UInt8](repeating: UInt8(number), count: number * 20_000)
                    let answer = try await LocalClient.exchange(ports.0, bytes)
                    #expect(answer.count == bytes.count && answer.last == bytes.last)
                }
            }
            try await group.waitForAll()
        }
        let words = said()
        #expect(!words.contains("rror"), "\(words)")
        // Far beyond what windows would allow, of which neither side says anything.
        #expect(try await LocalClient.exchange(ports.1, [UInt8](repeating: 1, count: 500_000)) == Array("500000".utf8))
        #expect(try await LocalClient.exchange(ports.2, []).count == PodPeer.generated)
        // Each way by one of them at least: releases since 1.31 begin with a WebSocket.
        let knowsWebSockets = InstalledKubectl.programs.contains { $0.key > 30 && $0.value == program }
        #expect(peer.asked.contains { $0.hasPrefix(knowsWebSockets ? "GET" : "POST") && $0.contains("/portforward") })
        withExtendedLifetime(forwarding) {}
        peer.stop()
    }
}
