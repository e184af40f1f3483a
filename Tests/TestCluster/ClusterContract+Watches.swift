// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
public import KubernetesClient
internal import TestServers

extension ClusterContract {
    /// Watches that go on.
    @Sendable public static func watchResume(_ client: KubernetesClient, _ namespace: String) async throws {
        let start = try await client.list(maps, namespace: namespace).resourceVersion
        let first = try await client.create(map(namespace, "w"), in: maps)
        let second = try await client.patch(maps, first.objectName, .merge(["data": ["a": "2"]]))
        _ = try await client.delete(maps, first.objectName)
        var options = WatchOptions(fields: .name("w"))
        (options.resourceVersion, options.seconds) = (start, 30)
        let all = try await events(3, client, namespace, options)
        try expect(all.map(\.kind) == [.added, .modified, .deleted], "each change is told, not \(all.map(\.kind))")
        try expect(all[0].object == first && all[1].object == second, "events hold the objects")
        try expect(
            all[2].object.uid == first.uid && all[2].object.resourceVersion != second.resourceVersion,
            "a deletion has a version of its own")
        options.resourceVersion = all[0].object.resourceVersion
        let rest = try await events(2, client, namespace, options)
        try expect(rest == Array(all.dropFirst()), "a watch goes on behind a version")
        options.seconds = 1
        for try await event in try await client.watch(maps, namespace: namespace, options) where event.kind == .added {
            throw Fault(.internal, "what was before the version is told")
        }
    }

    /// Watches from long ago.
    @Sendable public static func watchFromTheBeginning(_ client: KubernetesClient, _ namespace: String) async throws {
        var options = WatchOptions()
        (options.resourceVersion, options.seconds) = ("1", 1)
        do {
            for try await _ in try await client.watch(maps, namespace: namespace, options) {}
        } catch let status as APIStatus {
            try expect(
                status.code == 410 && status.reason == "Expired",
                "an old version is refused with 410 Expired, not \(status)")
        }
    }

    /// Feeds, with both beginnings.
    @Sendable public static func feed(_ client: KubernetesClient, _ namespace: String) async throws {
        for (beginning, name) in [(FeedBeginning.watchList, "f-a"), (.list, "f-b")] {
            let made = try await client.create(map(namespace, name), in: maps)
            var options = FeedOptions(fields: .name(name))
            options.beginning = beginning
            var changes = client.feed(maps, namespace: namespace, options).makeAsyncIterator()
            try expect(try await changes.next() == .changed(from: nil, to: made), "what is there is told")
            try expect(try await changes.next() == .synced, "that this was all is told")
            let changed = try await client.patch(maps, made.objectName, .merge(["data": ["a": "2"]]))
            try expect(try await changes.next() == .changed(from: made, to: changed), "a change is told")
            _ = try await client.delete(maps, made.objectName)
            guard case .removed(let last)? = try await changes.next(), last.uid == made.uid else {
                throw Fault(.internal, "a deletion is not told")
            }
        }
    }

    /// Finalizers.
    @Sendable public static func finalizers(_ client: KubernetesClient, _ namespace: String) async throws {
        var object = map(namespace, "held")
        object.finalizers = ["contract.example/hold"]
        let made = try await client.create(object, in: maps)
        _ = try await client.delete(maps, made.objectName)
        let held = try await client.get(maps, made.objectName)
        try expect(
            held.isBeingDeleted && held.finalizers == ["contract.example/hold"],
            "a finalizer keeps what is being deleted")
        _ = try await client.delete(maps, made.objectName)
        try expect(try await exists(client, maps, made.objectName), "deleting it again changes nothing")
        var more = held
        more.finalizers.append("contract.example/more")
        let wrong = more
        _ = try await refused(422, "Invalid", "a new finalizer of what is being deleted") {
            _ = try await client.update(wrong, in: maps)
        }
        _ = try await client.patch(maps, made.objectName, .merge(["metadata": ["finalizers": nil]]))
        try expect(try await !exists(client, maps, made.objectName), "with the last finalizer it is gone")
    }

    /// Preconditions.
    @Sendable public static func preconditions(_ client: KubernetesClient, _ namespace: String) async throws {
        let made = try await client.create(map(namespace, "guarded"), in: maps)
        _ = try await refused(409, "Conflict", "deleting another object of the name") {
            _ = try await client.delete(
                maps, made.objectName, DeleteOptions(uid: "00000000-0000-0000-0000-000000000000"))
        }
        var options = DeleteOptions(uid: made.uid)
        options.resourceVersion = "1"
        let old = options
        _ = try await refused(409, "Conflict", "deleting another version") {
            _ = try await client.delete(maps, made.objectName, old)
        }
        options.resourceVersion = made.resourceVersion
        _ = try await client.delete(maps, made.objectName, options)
        try expect(try await !exists(client, maps, made.objectName), "it is deleted when all holds")
    }

    /// What a deleted object owns; needs the garbage collector.
    @Sendable public static func propagation(_ client: KubernetesClient, _ namespace: String) async throws {
        for policy in [DeletionPropagation.background, .foreground, .orphan] {
            let owner = try await client.create(map(namespace, "owner-\(policy.rawValue.lowercased())"), in: maps)
            var owned = map(namespace, "owned-\(policy.rawValue.lowercased())")
            owned.json["metadata"]?["ownerReferences"] = [
                [
                    "apiVersion": "v1", "kind": "ConfigMap", "name": .string(owner.name),
                    "uid": .string(owner.uid ?? ""),
                    "blockOwnerDeletion": true,
                ]
            ]
            let dependent = try await client.create(owned, in: maps)
            _ = try await client.delete(maps, owner.objectName, DeleteOptions(policy))
            try await eventually("an owner deleted with \(policy.rawValue) is gone") {
                try await !exists(client, maps, owner.objectName)
            }
            if policy == .orphan {
                try await eventually("an orphan has no owner") {
                    try await client.get(maps, dependent.objectName).ownerReferences.isEmpty
                }
            } else {
                try await eventually("what it owned is gone") { try await !exists(client, maps, dependent.objectName) }
            }
        }
    }

    /// The next events, bookmarks left out.
    private static func events(
        _ count: Int, _ client: KubernetesClient, _ namespace: String, _ options: WatchOptions
    ) async throws -> [WatchEvent] {
        var all: [WatchEvent] = []
        for try await event in try await client.watch(maps, namespace: namespace, options) where event.kind != .bookmark
        {
            all.append(event)
            if all.count == count { return all }
        }
        throw Fault(.internal, "a watch tells \(all.count) events where there are \(count)")
    }
}
