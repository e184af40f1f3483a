// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
public import KubernetesClient
internal import TestServers

extension ClusterContract {
    /// Create, read, update, delete, and what the server fills in.
    @Sendable public static func lifeOfAnObject(_ client: KubernetesClient, _ namespace: String) async throws {
        let name = ObjectName(namespace, "life")
        let made = try await client.create(map(namespace, "life"), in: maps)
        try expect(made.uid?.isEmpty == false, "a new object has a uid")
        try expect(made.resourceVersion != nil, "a new object has a resourceVersion")
        try expect(made.created != nil, "a new object has a creationTimestamp")
        try expect(made.json["data"]?["a"]?.string == "1", "a new object has what was sent")
        try expect(try await client.get(maps, name) == made, "an object is read as it was written")
        var changed = made
        changed.json["data"] = ["a": "2"]
        let updated = try await client.update(changed, in: maps)
        try expect(
            updated.uid == made.uid && updated.resourceVersion != made.resourceVersion, "a change has a new version")
        let same = try await client.update(updated, in: maps)
        try expect(same.resourceVersion == updated.resourceVersion, "a write that changes nothing has no new version")
        _ = try await client.delete(maps, name)
        try await eventually("a deleted object is gone") { try await !exists(client, maps, name) }
        _ = try await refused(404, "NotFound", "deleting what is gone") { _ = try await client.delete(maps, name) }
    }

    /// Generated names, and names that are taken.
    @Sendable public static func names(_ client: KubernetesClient, _ namespace: String) async throws {
        var start = map(namespace, "")
        start.setMetadata("name", JSON?.none)
        start[metadata: "generateName"] = "made-"
        let (first, second) = (try await client.create(start, in: maps), try await client.create(start, in: maps))
        try expect(first.name.hasPrefix("made-") && first.name != second.name, "generated names differ")
        let taken = try await refused(409, "AlreadyExists", "a name that is taken") {
            _ = try await client.create(map(namespace, first.name), in: maps)
        }
        try expect(taken.name == first.name && taken.kind == "configmaps", "the refusal names the object")
        _ = try await refused(422, "Invalid", "a name that is none") {
            _ = try await client.create(map(namespace, "Not_A_Name"), in: maps)
        }
    }

    /// Writes that are only tried.
    @Sendable public static func dryRun(_ client: KubernetesClient, _ namespace: String) async throws {
        let tried = WriteOptions(isDryRun: true)
        let made = try await client.create(map(namespace, "tried"), in: maps, tried)
        try expect(made.name == "tried", "what is tried is answered")
        try expect(try await !exists(client, maps, ObjectName(namespace, "tried")), "a tried creation makes nothing")
        let kept = try await client.create(map(namespace, "kept"), in: maps)
        let patched = try await client.patch(maps, kept.objectName, .merge(["data": ["a": "9"]]), tried)
        try expect(patched.json["data"]?["a"]?.string == "9", "a tried patch shows what it would do")
        var options = DeleteOptions()
        options.isDryRun = true
        _ = try await client.delete(maps, kept.objectName, options)
        try expect(try await client.get(maps, kept.objectName) == kept, "what is tried changes nothing")
    }

    /// Versions that writes are based on.
    @Sendable public static func conflicts(_ client: KubernetesClient, _ namespace: String) async throws {
        let first = try await client.create(map(namespace, "contested"), in: maps)
        var theirs = first
        theirs.json["data"] = ["a": "theirs"]
        _ = try await client.update(theirs, in: maps)
        var ours = first
        ours.json["data"] = ["a": "ours"]
        let stale = ours
        let status = try await refused(409, "Conflict", "a write based on an old version") {
            _ = try await client.update(stale, in: maps)
        }
        try expect(status.message.contains("the object has been modified"), "the refusal says why")
        var other = first
        other.uid = "00000000-0000-0000-0000-000000000000"
        other.resourceVersion = nil
        let wrong = other
        _ = try await refused(409, "Conflict", "a write to another object of the name") {
            _ = try await client.update(wrong, in: maps)
        }
        let patch: JSON = ["metadata": ["resourceVersion": .string(first.resourceVersion ?? "")], "data": ["b": "1"]]
        _ = try await refused(409, "Conflict", "a patch based on an old version") {
            _ = try await client.patch(maps, first.objectName, .merge(patch))
        }
    }

    /// The kinds of patches.
    @Sendable public static func patches(_ client: KubernetesClient, _ namespace: String) async throws {
        let name = try await client.create(map(namespace, "patched", ["a": "1", "b": "2"]), in: maps).objectName
        let operations: JSON = [
            ["op": "test", "path": "/data/a", "value": "1"], ["op": "replace", "path": "/data/a", "value": "3"],
        ]
        let json = try await client.patch(maps, name, .json(operations))
        try expect(json.json["data"] == ["a": "3", "b": "2"], "a JSON patch does its operations")
        _ = try await refused(422, "Invalid", "a JSON patch whose test fails") {
            _ = try await client.patch(maps, name, .json(operations))
        }
        let merged = try await client.patch(maps, name, .merge(["data": ["b": nil, "c": "4"]]))
        try expect(merged.json["data"] == ["a": "3", "c": "4"], "a merge patch sets and removes")
        let deployment = try await client.create(deployment(namespace, "patched"), in: deployments)
        let strategic = try await client.patch(
            deployments, deployment.objectName,
            .strategic([
                "spec": [
                    "template": ["spec": ["containers": [["name": "second", "image": "example.invalid/second:1"]]]]
                ]
            ]))
        let containers = strategic.json["spec"]?["template"]?["spec"]?["containers"]?.array ?? []
        try expect(
            Set(containers.compactMap { $0["name"]?.string }) == ["main", "second"],
            "a strategic patch merges lists by keys")
        _ = try await refused(404, "NotFound", "a patch of what is not there") {
            _ = try await client.patch(maps, ObjectName(namespace, "nothing"), .merge(["data": ["a": "1"]]))
        }
    }

    /// Server-side apply.
    @Sendable public static func apply(_ client: KubernetesClient, _ namespace: String) async throws {
        func wanted(_ data: [String: String]) -> KubernetesObject { map(namespace, "applied", data) }
        let (first, second) = (WriteOptions(fieldManager: "first"), WriteOptions(fieldManager: "second"))
        let made = try await client.apply(wanted(["a": "1", "b": "2"]), to: maps, first)
        let managers = made.json["metadata"]?["managedFields"]?.array ?? []
        try expect(
            managers.contains { $0["manager"]?.string == "first" && $0["operation"]?.string == "Apply" },
            "apply creates the object, managed by who applied it")
        let again = try await client.apply(wanted(["a": "1", "b": "2"]), to: maps, first)
        try expect(again.resourceVersion == made.resourceVersion, "applying the same again changes nothing")
        let added = try await client.apply(wanted(["c": "3"]), to: maps, second)
        try expect(added.json["data"] == ["a": "1", "b": "2", "c": "3"], "what others have applied stays")
        let pruned = try await client.apply(wanted(["a": "1"]), to: maps, first)
        try expect(pruned.json["data"] == ["a": "1", "c": "3"], "what one no longer applies goes")
        let conflict = try await refused(409, "Conflict", "applying what another has applied") {
            _ = try await client.apply(wanted(["a": "2", "c": "3"]), to: maps, second)
        }
        try expect(
            conflict.causes.contains { $0.reason == "FieldManagerConflict" && $0.field == ".data.a" },
            "the refusal names field and manager")
        let forced = try await client.apply(wanted(["a": "2", "c": "3"]), to: maps, force: true, second)
        try expect(forced.json["data"] == ["a": "2", "c": "3"], "by force it is taken over")
        let left = try await client.apply(wanted([:]), to: maps, first)
        try expect(left.json["data"]?["a"]?.string == "2", "who lost a field cannot remove it")
    }

    /// A status that is written by itself.
    @Sendable public static func status(_ client: KubernetesClient, _ namespace: String) async throws {
        let made = try await client.create(deployment(namespace, "reported"), in: deployments)
        let name = made.objectName
        let condition: JSON = ["type": "Contract", "status": "True", "reason": "Test", "message": "written by a test"]
        let patched = try await client.patch(
            deployments, name, .merge(["status": ["conditions": [condition]], "spec": ["paused": true]]),
            subresource: "status")
        func hasCondition(_ object: KubernetesObject) -> Bool {
            (object.json["status"]?["conditions"]?.array ?? []).contains { $0["type"]?.string == "Contract" }
        }
        try expect(hasCondition(patched), "the status is written")
        try expect(patched.json["spec"]?["paused"]?.bool != true, "nothing but the status is written there")
        let other = try await client.patch(
            deployments, name, .merge(["status": ["conditions": nil], "metadata": ["labels": ["x": "y"]]]))
        try expect(hasCondition(other) && other[label: "x"] == "y", "elsewhere everything but the status is written")
        try expect(
            hasCondition(try await client.get(deployments, name, subresource: "status")), "the status is read by itself"
        )
    }

    /// A scale.
    @Sendable public static func scale(_ client: KubernetesClient, _ namespace: String) async throws {
        let name = try await client.create(deployment(namespace, "scaled"), in: deployments).objectName
        let scale = try await client.get(deployments, name, subresource: "scale")
        try expect(scale.kind == "Scale" && scale.json["spec"]?["replicas"]?.int ?? 0 == 0, "there is a scale")
        _ = try await client.patch(deployments, name, .merge(["spec": ["paused": true]]))
        let changed = try await client.patch(deployments, name, .merge(["spec": ["replicas": 2]]), subresource: "scale")
        try expect(changed.json["spec"]?["replicas"]?.int == 2, "a scale is written")
        try expect(
            try await client.get(deployments, name).json["spec"]?["replicas"]?.int == 2, "the object follows its scale")
    }
}
