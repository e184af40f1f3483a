// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import TestServers
import Testing

@Suite("An API server that is killed at any moment keeps its promises", .serialized) struct APIServerKillTests {
    /// `make kill-apiserver` does the same at 100 moments.
    private static let points = Environment.process["KILL_POINTS"].flatMap { Int($0) } ?? 5

    private func served(_ client: KubernetesClient, _ kinds: [LoadKind] = LoadKind.allCases) async throws -> (
        objects: [LoadKind: [String: KubernetesObject]], revision: Int64
    ) {
        var objects: [LoadKind: [String: KubernetesObject]] = [:], revision: Int64 = 0
        for kind in kinds {
            let list = try await client.listAll(kind.resource, namespace: "default")
            objects[kind] = Dictionary(uniqueKeysWithValues: list.objects.map { ($0.name, $0) })
            revision = max(revision, Int64(list.resourceVersion) ?? 0)
        }
        return (objects, revision)
    }

    @Test("writes of several kinds under load, with feeds that follow them over all restarts")
    func kill() async throws {
        let folder = try TemporaryFolder(prefix: "kill")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client()
        _ = try await client.create(
            try KubernetesObject(LoadKind.definition),
            in: GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions"))
        try await eventually("widgets are served") {
            (try? await client.list(LoadKind.widget.resource)) != nil
        }
        let feeds = LoadKind.allCases.map { ($0, FeedRecord(client, $0.resource)) }
        try await eventually("feeds have begun") { feeds.allSatisfy(\.1.isSynced) }
        let writers = (0..<4).map { ObjectWriter($0) }
        var outcomes: [String: Int] = [:], slowest = Duration.zero, last: Int64 = 0
        for point in 1...Self.points {
            let load = Task {
                await withTaskGroup(of: Void.self) { group in
                    for writer in writers { group.addTask { await writer.run(client) } }
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...900)))
            try await server.kill()
            await load.value
            slowest = max(slowest, try await server.start())
            let (objects, revision) = try await served(client)
            for writer in writers {
                if let outcome = await writer.settle(objects) { outcomes[outcome, default: 0] += 1 }
                for (kind, names) in await writer.acknowledged {
                    let latest = names.values.compactMap(\.last).max() ?? 0
                    #expect(latest <= revision, "\(kind): the server is at \(revision), and \(latest) was acknowledged")
                }
                let problems = await writer.problems
                #expect(problems.isEmpty, "behind kill \(point): \(problems.prefix(10))")
                try #require(problems.isEmpty)
            }
            #expect(revision >= last)
            last = revision
        }
        var acknowledged: [String: Int] = [:], restarts = 0, told = 0
        let (objects, _) = try await served(client)
        for (kind, feed) in feeds {
            let now = (objects[kind] ?? [:]).mapValues { $0.resourceVersion ?? "" }
            try await eventually("the feed of \(kind) has told all there is") { feed.revisions == now }
            #expect(feed.problems.isEmpty, "\(kind): \(feed.problems.prefix(10))")
            for writer in writers {
                let missing = feed.missing(await writer.acknowledged[kind] ?? [:])
                #expect(missing.isEmpty, "\(kind): never told: \(missing.prefix(10))")
            }
            (restarts, told) = (restarts + feed.failures, told + feed.toldCount { $0.hasPrefix("w") })
            await feed.end()
        }
        for writer in writers { acknowledged.merge(await writer.counts) { $0 + $1 } }
        try await server.stop()
        // Each change that was made is told once, and none that was not.
        #expect(told == acknowledged.values.reduce(0, +) + (outcomes["done"] ?? 0))
        #expect(told > 0)
        let counts = acknowledged.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        print(
            """
            \(Self.points) kills; acknowledged: \(counts); under way when killed: \(outcomes["done"] ?? 0) done, \
            \(outcomes["not done"] ?? 0) not done; \(told) changes told, \(restarts) times a feed began again; the slowest \
            start took \(Int(slowest / .milliseconds(1))) ms
            """)
    }

    @Test("one that is ended in the middle of writes by a signal answers those that it has begun, and loses none")
    func ended() async throws {
        let folder = try TemporaryFolder(prefix: "end")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client(), kinds = [LoadKind.configMap, .secret, .deployment]
        let feeds = kinds.map { ($0, FeedRecord(client, $0.resource)) }
        try await eventually("feeds have begun") { feeds.allSatisfy(\.1.isSynced) }
        let writers = (0..<4).map { ObjectWriter($0, kinds) }
        for round in 1...3 {
            let load = Task {
                await withTaskGroup(of: Void.self) { group in
                    for writer in writers { group.addTask { await writer.run(client) } }
                }
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 200...600)))
            try await server.stop()
            await load.value
            try await server.start()
            let (objects, _) = try await served(client, kinds)
            for writer in writers {
                _ = await writer.settle(objects)
                let problems = await writer.problems
                #expect(problems.isEmpty, "behind end \(round): \(problems.prefix(10))")
            }
        }
        let (objects, _) = try await served(client, kinds)
        for (kind, feed) in feeds {
            let now = (objects[kind] ?? [:]).mapValues { $0.resourceVersion ?? "" }
            try await eventually("the feed of \(kind) has told all there is") { feed.revisions == now }
            #expect(feed.problems.isEmpty, "\(kind): \(feed.problems.prefix(10))")
            await feed.end()
        }
        try await server.stop()
    }

    @Test("a server that went back to an earlier state would be noticed")
    func checked() async throws {
        let folder = try TemporaryFolder(prefix: "kill")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client(), kinds = [LoadKind.configMap, .secret], writer = ObjectWriter(0, kinds)
        func write() async throws {
            let load = Task { await writer.run(client) }
            try await Task.sleep(for: .milliseconds(400))
            try await server.stop()
            await load.value
        }
        try await write()
        let kept = "\(folder.path)/kept.db"
        try FileSystem.write(try FileSystem.read("\(server.data)/objects.db", limit: 256 << 20), to: kept)
        try await server.start()
        _ = await writer.settle(try await served(client, kinds).objects)
        let problems = await writer.problems
        #expect(problems.isEmpty, "\(problems.prefix(5))")
        try await write()
        // The file as it was, without what a restore does to it.
        try FileSystem.rename(kept, to: "\(server.data)/objects.db")
        try await server.start()
        _ = await writer.settle(try await served(client, kinds).objects)
        #expect(await writer.problems.count > problems.count)
        try await server.stop()
    }
}
