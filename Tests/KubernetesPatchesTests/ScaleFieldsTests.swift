// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesPatches
import TestInputs
import Testing

@Suite("Managed fields of a Scale") struct ScaleFieldsTests {
    /// What small stacks are elsewhere; without optimisation a call takes several times as much.
    #if DEBUG
        private static let stack = 4 << 20
    #else
        private static let stack = 512 << 10
    #endif

    private static let scale = ScaleFields(
        paths: [
            "apps/v1": FieldPath(fields: "spec", "replicas"), "old/v1": FieldPath(fields: "spec", "size"),
            "none/v1": nil,
        ], apiVersion: "apps/v1")

    /// Managed fields from lines such as `a Apply apps/v1 spec.replicas spec.selector`, an endpoint behind a slash.
    private static func fields(_ lines: [String]) throws -> ManagedFields {
        let entries = lines.map { line -> JSON in
            let words = line.split(separator: " ").map(String.init),
                name = words[0].split(separator: "@").map(String.init)
            let set = FieldSet(words[3...].map { FieldPath($0.split(separator: ".").map { .field(String($0)) }) })
            return ManagedFieldsEntry(
                manager: name[0], operation: words[1] == "Apply" ? .apply : .update, apiVersion: words[2],
                subresource: name.count > 1 ? name[1] : "",
                fields: set
            ).json
        }
        return try ManagedFields(of: ["metadata": ["managedFields": .array(entries)]])
    }

    private static func lines(_ managed: ManagedFields) -> [String] {
        managed.entries.map { entry in
            let name = entry.subresource.isEmpty ? entry.manager : "\(entry.manager)@\(entry.subresource)"
            let paths = entry.fields.paths.map { $0.description.dropFirst() }.sorted().joined(separator: " ")
            return "\(name) \(entry.operation.rawValue) \(entry.apiVersion) \(paths)"
        }
    }

    static let shown: [(object: [String], scale: [String])] = [
        ([], []), (["a Apply apps/v1 spec.selector"], []),
        (["a Apply apps/v1 spec.replicas spec.selector"], ["a Apply autoscaling/v1 spec.replicas"]),
        (["a Apply old/v1 spec.size", "b Update old/v1 spec.replicas"], ["a Apply autoscaling/v1 spec.replicas"]),
        (["a Update gone/v1 spec.replicas", "b Update none/v1 spec.replicas"], []),
        (["s@scale Update apps/v1 spec.replicas"], ["s@scale Update autoscaling/v1 spec.replicas"]),
    ]

    @Test("a Scale shows who owns the replicas of its object", arguments: shown)
    func showing(object: [String], scale: [String]) throws {
        #expect(Self.lines(Self.scale.scaleFields(of: try Self.fields(object))) == scale)
    }

    static let returned: [(object: [String], scale: [String], result: [String])] = [
        (
            ["a Apply apps/v1 spec.replicas spec.selector"], ["s@scale Update autoscaling/v1 spec.replicas"],
            ["a Apply apps/v1 spec.selector", "s@scale Update apps/v1 spec.replicas"]
        ),
        (
            ["a Update apps/v1 spec.replicas spec.selector"], ["s@scale Apply autoscaling/v1 spec.replicas"],
            ["s@scale Apply apps/v1 spec.replicas", "a Update apps/v1 spec.selector"]
        ),
        (
            ["a Apply apps/v1 spec.replicas"], ["s@scale Update autoscaling/v1 spec.replicas"],
            ["s@scale Update apps/v1 spec.replicas"]
        ),
        (
            ["a Apply apps/v1 spec.replicas spec.x"], ["a Apply autoscaling/v1 spec.replicas"],
            ["a Apply apps/v1 spec.replicas spec.x"]
        ),
        (
            ["a Update apps/v1 spec.replicas spec.x"], ["a Update autoscaling/v1 spec.replicas"],
            ["a Update apps/v1 spec.replicas spec.x"]
        ),
        (
            ["a Apply old/v1 spec.size spec.x"], ["s@scale Apply autoscaling/v1 spec.replicas"],
            ["a Apply old/v1 spec.x", "s@scale Apply apps/v1 spec.replicas"]
        ),
        (
            ["a Apply gone/v1 spec.x", "b Apply none/v1 spec.x"], ["s@scale Update autoscaling/v1 spec.other"],
            ["b Apply none/v1 spec.x"]
        ),
        (
            ["a Apply apps/v1 spec.x"], ["a Apply autoscaling/v1 spec.replicas"],
            ["a Apply apps/v1 spec.replicas spec.x"]
        ),
    ]

    @Test("what a Scale's endpoint made of its fields goes back into the object", arguments: returned)
    func returning(object: [String], scale: [String], result: [String]) throws {
        #expect(Self.lines(Self.scale.objectFields(try Self.fields(object), scale: try Self.fields(scale))) == result)
    }

    static let names: [(userAgent: String, name: String)] = [
        ("kubectl/v1.32.4 (linux/amd64) kubernetes/abc", "kubectl"), ("curl", "curl"), ("", ""), ("/x", ""),
        ("a\u{7}b\tc/1", "abc"),
        ("é/1", "é"), (String(repeating: "x", count: 200), String(repeating: "x", count: 128)),
        (String(repeating: "x", count: 127) + "é", String(repeating: "x", count: 127)),
    ]

    @Test("a client that gives no name has that of its program", arguments: names)
    func userAgents(userAgent: String, name: String) throws {
        #expect(FieldManagerName.fromUserAgent(userAgent) == name)
        try FieldManagerName.check(name)
    }

    @Test(
        "names that are too long or cannot be printed are refused",
        arguments: [String(repeating: "x", count: 129), "a\nb", "a\u{200B}"])
    func refusedNames(name: String) { #expect(failure { try FieldManagerName.check(name) }?.code == .invalid) }

    @Test("objects as deep as a document may be are patched, applied and updated on a small stack")
    func depth() {
        onSmallStack(Self.stack) {
            var free: JSON = ["a": 1]
            for _ in 0..<250 { free = ["a": free] }
            let object = Schemas.makeWidget("{}")
            var deep = object
            deep["spec"] = ["free": free]
            let live = try? Schemas.widgets.apply(deep, to: nil, manager: "a", force: false, at: .minute(0)).object
            #expect(live?["spec"]?["free"] == free)
            let pruned = try? Schemas.widgets.apply(object, to: live, manager: "a", force: false, at: .minute(1)).object
            #expect(pruned?["spec"] == [:])
            let updated = Schemas.widgets.update(live: live, new: object, manager: "u", at: .minute(1)).object
            #expect(updated.owners.count <= 1)
            #expect((try? JSONMergePatch.apply(deep, to: object)) != nil)
            #expect((try? StrategicMergePatch(schema: Schemas.widget).apply(deep, to: deep)) != nil)
            let copy = try? JSONPatch([["op": "copy", "from": "/spec/free", "path": "/spec/x"]]).applied(to: deep)
            #expect(copy?["spec"]?["x"] == free)
        }
    }
}
