// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import TestServers
import Testing
import Web

@Suite("Snapshots, restores and new keys by commands", .serialized) struct SnapshotCommandTests {
    private static let secrets = LoadKind.secret.resource
    private static let revisionText = "revision "

    /// The revision that a command tells.
    private func revision(_ said: String) throws -> Int64 {
        let place = try #require(said.firstRange(of: Self.revisionText), "\(said)")
        return try #require(Int64(String(said[place.upperBound...].prefix(while: \.isNumber))), "\(said)")
    }

    @Test("one taken under load is the state at its revision; restored, clients are told 410 and begin anew")
    func underLoad() async throws {
        let folder = try TemporaryFolder(prefix: "snapshot")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client()
        let kinds: [LoadKind] = [.configMap, .secret, .deployment]
        let feeds = kinds.map { ($0, FeedRecord(client, $0.resource)) }
        try await eventually("feeds have begun") { feeds.allSatisfy(\.1.isSynced) }
        let writers = (0..<3).map { ObjectWriter($0, kinds) }
        let load = Task {
            await withTaskGroup(of: Void.self) { group in
                for writer in writers { group.addTask { await writer.run(client) } }
            }
        }
        try await Task.sleep(for: .milliseconds(700))
        let file = "\(folder.path)/backup.db"
        let taken = try await Sovereign.run("api", "snapshot", file, "--kubeconfig", server.kubeconfig)
        #expect(taken.status == 0, "\(taken.said)")
        let revision = try revision(taken.said)
        try await Task.sleep(for: .milliseconds(300))
        // A server that runs is not touched by what works on its folder.
        let online = try await Sovereign.run("api", "snapshot", "\(folder.path)/no.db", "--data", server.data)
        #expect(online.status != 0 && online.said.contains("is in use"), "\(online.said)")
        let early = try await Sovereign.run("api", "restore", file, "--data", server.data, "--replace")
        #expect(early.status != 0 && early.said.contains("is in use"), "\(early.said)")
        let rotating = try await Sovereign.run("api", "rotate-keys", "--data", server.data)
        #expect(rotating.status != 0 && rotating.said.contains("is in use"), "\(rotating.said)")
        // All that was written before the server ends has been told before it is compared.
        let before = try await client.list(LoadKind.configMap.resource, namespace: "default").resourceVersion
        try await eventually("feeds are behind the snapshot") { feeds.allSatisfy { $0.1.lastRevision > revision } }
        try await server.stop()
        await load.value
        for (_, feed) in feeds { #expect(feed.problems.isEmpty, "\(feed.problems.prefix(5))") }
        let refused = try await Sovereign.run("api", "restore", file, "--data", server.data)
        #expect(refused.status != 0 && refused.said.contains("there is a store"), "\(refused.said)")
        let restored = try await Sovereign.run("api", "restore", file, "--data", server.data, "--replace")
        #expect(restored.status == 0, "\(restored.said)")
        try await server.start()
        for (kind, feed) in feeds {
            let list = try await client.listAll(kind.resource, namespace: "default")
            let served = Dictionary(uniqueKeysWithValues: list.objects.map { ($0.name, $0.resourceVersion ?? "") })
            #expect(!served.isEmpty)
            #expect(served == feed.revisions(at: revision), "\(kind) at \(revision)")
            #expect((Int64(list.resourceVersion) ?? 0) > 1 << 40)
            try await eventually("the feed of \(kind) tells what is there now") { feed.revisions == served }
        }
        var options = WatchOptions()
        options.resourceVersion = before
        await #expect("a watch from before the restore is told 410") {
            for try await _ in try await client.watch(LoadKind.configMap.resource, namespace: "default", options) {}
        } throws: {
            ($0 as? APIStatus)?.code == 410
        }
        for (_, feed) in feeds { await feed.end() }
        // It goes on.
        _ = try await client.create(LoadKind.secret.object("after", 1), in: Self.secrets)
        try await server.stop()
    }

    @Test("only members of system:masters are given one")
    func forbidden() async throws {
        let folder = try TemporaryFolder(prefix: "snapshot")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client()
        // May do everything that a role can give.
        let binding: JSON = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": ["name": "ada"],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"],
            "subjects": [["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "ada"]],
        ]
        _ = try await client.create(
            try KubernetesObject(binding),
            in: GroupVersionResource("rbac.authorization.k8s.io", "v1", "clusterrolebindings"))
        for (user, words) in [("ada", "only members of system:masters"), ("eve", "cannot post path")] {
            var request = APIRequest(.post, "/sovereign/v1/snapshot")
            request.headers.add("Impersonate-User", user)
            do {
                _ = try await client.send(request)
                Issue.record("\(user) is given a snapshot")
            } catch let status as APIStatus {
                #expect(status.code == 403 && status.message.contains(words), "\(status)")
            }
        }
        await #expect("reading takes none") {
            _ = try await client.send(APIRequest(.get, "/sovereign/v1/snapshot"))
        } throws: {
            ($0 as? APIStatus)?.code == 405
        }
        try await server.stop()
    }

    @Test("keys are changed while the server does not run; old snapshots need the old keys")
    func keys() async throws {
        let folder = try TemporaryFolder(prefix: "snapshot")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client()
        for number in 0..<5 {
            _ = try await client.create(LoadKind.secret.object("s\(number)", number), in: Self.secrets)
        }
        try await server.stop()
        let keys = "\(server.data)/pki/sealing.keys"
        let before = try FileSystem.read(keys, limit: 1 << 16)
        let file = "\(folder.path)/backup.db"
        #expect(try await Sovereign.run("api", "snapshot", file, "--data", server.data).status == 0)
        // Twice: with the old keys kept, and without them.
        let kept = try await Sovereign.run("api", "rotate-keys", "--data", server.data, "--keep-old")
        #expect(kept.status == 0 && !kept.said.contains(" 0 values"), "\(kept.said)")
        #expect(try FileSystem.read(keys, limit: 1 << 16).count > before.count)
        let dropped = try await Sovereign.run("api", "rotate-keys", "--data", server.data)
        #expect(dropped.status == 0, "\(dropped.said)")
        let after = try FileSystem.read(keys, limit: 1 << 16)
        #expect(after.count == before.count && after != before)
        try await server.start()
        let found = try await client.listAll(Self.secrets, namespace: "default").objects
        #expect(found.compactMap(LoadKind.number) == [0, 1, 2, 3, 4])
        try await server.stop()
        // What was sealed before opens with the keys of before.
        let restored = try await Sovereign.run("api", "restore", file, "--data", server.data, "--replace")
        #expect(restored.status == 0, "\(restored.said)")
        try FileSystem.write(before, to: "\(keys).old", mode: 0o600)
        try FileSystem.rename("\(keys).old", to: keys)
        try await server.start()
        #expect(try await client.listAll(Self.secrets, namespace: "default").objects.count == 5)
        try await server.stop()
    }
}
