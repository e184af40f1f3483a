// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import KubernetesServer
import Reconciling
import TestServers
import Testing

@testable import KubernetesControllers

@Suite("Controllers while connections and servers break", .timeLimit(.minutes(5)), .serialized)
struct FaultTests {
    private static func names(_ count: Int) -> [String] { (0..<count).map { "w\($0)" } }

    private static func change(_ cluster: WidgetCluster, _ names: [String], to size: Int64) async throws {
        try await names.forEachConcurrently(limit: 8) { name in
            try await cluster.patch(name, ["spec": ["size": .number(JSONNumber(size))]])
        }
    }

    private static func areAllReady(_ cluster: WidgetCluster, _ size: Int64) async throws -> Bool {
        try await cluster.client.listAll(WidgetCluster.resource).objects.allSatisfy {
            $0.isReady && $0.observedGeneration == $0.generation && $0.json["status"]?["size"]?.int == size
        }
    }

    #if SOVEREIGN_TSAN
        // The sanitizer makes all that slow: a list takes longer than the time between two cuts would be.
        private static let pause = Duration.seconds(2)
    #else
        private static let pause = Duration.milliseconds(50)
    #endif

    @Test("watches that are cut all the time: every object ends at its last generation, and then nothing is done")
    func cuts() async throws {
        try await WidgetCluster.with { cluster in
            let proxy = try CuttingProxy(to: cluster.port, cutting: Self.pause)
            let controller = try WidgetController(cluster, client: WidgetCluster.client(proxy.port), workers: 8)
            let names = Self.names(200)
            try await controller.running {
                try await names.forEachConcurrently(limit: 8) { try await cluster.create($0) }
                for size in 2...4 { try await Self.change(cluster, names, to: Int64(size)) }
                try await eventually("all are ready") { try await Self.areAllReady(cluster, 4) }
                try await controller.settle()
                let (count, cuts) = (controller.worker.count, proxy.cuts)
                // Some more cuts tell nothing new.
                try await eventually("there were more cuts") { proxy.cuts > cuts + 5 }
                #expect(controller.worker.count == count)
                try await eventually("nothing is kept of what was written") { controller.driver.written.count == 0 }
                #expect(await controller.driver.queue.isEmpty)
                // Created, changed three times, the finalizer told: what is more was done for nothing.
                #expect(count <= 200 * 5)
                for name in names.prefix(20) { try await cluster.delete(name) }
                try await eventually("those are gone") { controller.cache.count == 180 }
            }
            #expect(controller.worker.history.withLock { $0.clashes } == 0)
            await proxy.stop()
        }
    }

    @Test("all connections cut, and the server away for a while: controllers go on")
    func severed() async throws {
        try await WidgetCluster.with { cluster in
            let proxy = try CuttingProxy(to: cluster.port)
            let controller = try WidgetController(cluster, client: WidgetCluster.client(proxy.port))
            let names = Self.names(20)
            try await controller.running {
                for name in names { try await cluster.create(name) }
                for size in 2...5 {
                    try await Self.change(cluster, Array(names.prefix(10)), to: Int64(size))
                    proxy.sever()
                    try await Self.change(cluster, names, to: Int64(size))
                    try await Task.sleep(for: .milliseconds(20))
                    proxy.mend()
                    try await eventually("all are ready") { try await Self.areAllReady(cluster, Int64(size)) }
                }
                try await controller.settle()
                #expect(await controller.driver.queue.isEmpty)
            }
            await proxy.stop()
        }
    }

    @Test("a server that is stopped and started again on the same folder: controllers go on")
    func restarted() async throws {
        let folder = try TemporaryFolder()
        let port = try ServerProgram.freePort()
        var server = try await WidgetCluster.start(in: folder.path, port: port)
        let cluster = try await WidgetCluster(port: port)
        let controller = try WidgetController(cluster)
        let names = Self.names(20)
        try await controller.running {
            for name in names { try await cluster.create(name) }
            for size in 2...4 {
                try await Self.change(cluster, names, to: Int64(size))
                await server.stop()
                server = try await WidgetCluster.start(in: folder.path, port: port)
                try await eventually("all are ready") {
                    do { return try await Self.areAllReady(cluster, Int64(size)) } catch { return false }
                }
            }
            try await Self.change(cluster, names, to: 9)
            try await eventually("all are ready") { try await Self.areAllReady(cluster, 9) }
            try await controller.settle()
        }
        await server.stop()
    }

    /// The program, when it can serve an API: `SOVEREIGN_PROGRAM`, else what was built here.
    private static func program() async -> String? {
        let path = Environment.process.variables["SOVEREIGN_PROGRAM"] ?? ".build/debug/sovereign"
        guard FileSystem.exists(path) else { return nil }
        let result = try? await ChildProcess.run([path, "apiserver", "--help"])
        return result?.status == 0 ? path : nil
    }

    @Test(
        "a server that is killed and started again: controllers go on, and what was written is there",
        .enabled("the program sovereign is not built, or cannot serve an API") { await program() != nil })
    func killed() async throws {
        let folder = try TemporaryFolder()
        let port = try ServerProgram.freePort()
        let program = try #require(await Self.program())
        // The shell becomes the server, so that its number is the one to kill.
        let arguments = [
            "/bin/sh", "-c", "echo $$ > \(folder.path)/pid; exec \"$0\" \"$@\"", program, "apiserver", "--data",
            "\(folder.path)/api", "--listen", "127.0.0.1:\(port)",
        ]
        var server = try ServerProgram(arguments, log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
        let configuration = "\(folder.path)/api/admin.kubeconfig"
        try await eventually("the kubeconfig is there") { FileSystem.exists(configuration) }
        let client = try KubernetesClient(ClusterConfiguration.find(kubeconfig: configuration))
        let cluster = try await WidgetCluster(port: port, client)
        let controller = try WidgetController(cluster)
        let names = Self.names(20)
        try await controller.running {
            for name in names { try await cluster.create(name) }
            for size in 2...4 {
                try await Self.change(cluster, names, to: Int64(size))
                let pid = String(decoding: try FileSystem.read("\(folder.path)/pid", limit: 100), as: UTF8.self).trimmed
                _ = try await ChildProcess.run(["kill", "-KILL", pid])
                try await eventually("it is dead") { !ServerProgram.listens(on: port) }
                server = try ServerProgram(arguments, log: "\(folder.path)/log")
                try await server.waitUntilListening(on: port)
                try await eventually("all are ready") {
                    do { return try await Self.areAllReady(cluster, Int64(size)) } catch { return false }
                }
            }
            try await controller.settle()
        }
        withExtendedLifetime(server) {}
    }
}
