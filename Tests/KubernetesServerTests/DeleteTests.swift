// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing
import Web

@Suite("Deleting objects", .timeLimit(.minutes(1))) struct DeleteTests {
    @Test("an object that nothing keeps is gone, and the answer says which it was") func gone() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(Path.deployments, Make.deployment("d"))
            let reply = try await api.delete("\(Path.deployments)/d")
            #expect(reply.code == 200 && reply["kind"] == "Status" && reply["status"] == "Success")
            #expect(reply["details.name"] == "d" && reply["details.group"] == "apps")
            #expect(reply["details.kind"] == "deployments" && reply["details.uid"] == made["metadata.uid"])
            #expect(try await api.isGone("\(Path.deployments)/d"))
            let again = try await api.delete("\(Path.deployments)/d")
            #expect(again.problem == Problem(404, "NotFound", "deployments.apps \"d\" not found"))
        }
    }

    @Test("finalizers keep an object; the last to go takes it along") func finalizers() async throws {
        try await TestAPI.withWidgets { api in
            var widget = Make.widget("w")
            widget["metadata"]?["finalizers"] = ["example.org/a", "example.org/b"]
            let made = try await api.post(Path.widgets, widget)
            let start = made["metadata.resourceVersion"]?.string ?? ""
            let watch = try await api.watch("\(Path.widgets)?watch=true&resourceVersion=\(start)")
            let reply = try await api.delete("\(Path.widgets)/w")
            #expect(reply.code == 200 && reply["kind"] == "Widget" && reply["metadata.deletionTimestamp"] != nil)
            #expect(reply["metadata.deletionGracePeriodSeconds"] == 0 && reply["metadata.generation"] == 2)
            let again = try await api.delete("\(Path.widgets)/w")
            #expect(again["metadata.resourceVersion"] == reply["metadata.resourceVersion"])
            let added = try await api.patch(
                "\(Path.widgets)/w", .merge,
                ["metadata": ["finalizers": ["example.org/a", "example.org/b", "example.org/c"]]])
            #expect(added.code == 422, "\(added.text)")
            #expect(
                added.causes.first
                    == "FieldValueForbidden metadata.finalizers: Forbidden: no new finalizers can be added if the object "
                    + "is being deleted, found new finalizers []string{\"example.org/c\"}", "\(added.causes)")
            let fewer = try await api.patch(
                "\(Path.widgets)/w", .merge, ["metadata": ["finalizers": ["example.org/b"]]])
            #expect(fewer.code == 200 && fewer["metadata.generation"] == 2)
            let changed = try await api.patch("\(Path.widgets)/w", .merge, ["spec": ["size": 5]])
            #expect(changed.code == 200, "what is being deleted can still be changed")
            let last = try await api.patch("\(Path.widgets)/w", .merge, ["metadata": ["finalizers": nil]])
            #expect(last.code == 200)
            #expect(try await api.isGone("\(Path.widgets)/w"))
            #expect(try await watch.texts(4) == ["MODIFIED w", "MODIFIED w", "MODIFIED w", "DELETED w"])
        }
    }

    @Test("preconditions say which object is meant") func preconditions() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(Path.maps, Make.map("a"))
            let uid = made["metadata.uid"]?.string ?? "", version = made["metadata.resourceVersion"]?.string ?? ""
            let other = try await api.delete("\(Path.maps)/a", ["preconditions": ["uid": "other"]])
            #expect(other.code == 409 && other.problem?.reason == "Conflict")
            #expect(
                other.problem?.message.hasSuffix(
                    "the UID in the precondition (other) does not match the UID in record (\(uid)). The object might "
                        + "have been deleted and then recreated") == true)
            let old = try await api.delete("\(Path.maps)/a", ["preconditions": ["resourceVersion": "1"]])
            #expect(
                old.problem?.message.hasSuffix(
                    "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (\(version)). "
                        + "The object might have been modified") == true)
            let right = try await api.delete(
                "\(Path.maps)/a", ["preconditions": ["uid": .string(uid), "resourceVersion": .string(version)]])
            #expect(right.code == 200)
        }
    }

    @Test("a dry run deletes nothing", arguments: [true, false]) func dryRun(_ inBody: Bool) async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let reply =
                inBody
                ? try await api.delete("\(Path.maps)/a", ["dryRun": ["All"]])
                : try await api.delete("\(Path.maps)/a?dryRun=All")
            #expect(reply.code == 200)
            #expect(try await api.get("\(Path.maps)/a").code == 200)
        }
    }

    @Test("options that make no sense are refused") func refused() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let policy = try await api.delete("\(Path.maps)/a?propagationPolicy=Sideways")
            #expect(
                policy.problem
                    == Problem(
                        422, "Invalid",
                        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value: \"Sideways\": "
                            + "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""))
            let both = try await api.delete(
                "\(Path.maps)/a", ["propagationPolicy": "Orphan", "orphanDependents": true])
            #expect(
                both.code == 422
                    && both.causes.first?.hasSuffix("orphanDependents and deletionPropagation cannot be both set")
                        == true
            )
            let dry = try await api.delete("\(Path.maps)/a", ["dryRun": ["Some"]])
            #expect(dry.problem?.message.hasPrefix("DeleteOptions.meta.k8s.io \"\" is invalid: dryRun: ") == true)
            let nonsense = try await api.send(.delete, "\(Path.maps)/a", Array("{".utf8), type: "application/json")
            #expect(nonsense.code == 400)
            #expect(try await api.get("\(Path.maps)/a").code == 200)
        }
    }

    @Test("a collection is deleted by its selectors") func collection() async throws {
        try await TestAPI.with { api in
            for (name, value) in [("a", "x"), ("b", "y"), ("c", "x")] {
                try api.must(try await api.post(Path.secrets, WatchTests.labelled(name, value)))
            }
            let reply = try await api.delete("\(Path.secrets)?labelSelector=k%3Dx")
            #expect(reply.code == 200 && reply["kind"] == "SecretList" && reply.names == ["a", "c"])
            #expect(try await api.get(Path.secrets).names == ["b"])
            let field = try await api.delete("\(Path.secrets)?fieldSelector=metadata.name%3Dnone")
            #expect(field.names == [])
            #expect(try await api.get(Path.secrets).names == ["b"])
            #expect(try await api.delete("\(Path.secrets)?dryRun=All").names == ["b"])
            #expect(try await api.delete(Path.secrets).names == ["b"])
            #expect(try await api.get(Path.secrets).names == [])
        }
    }

    @Test("a pod on a node has time to end, which gets shorter, never longer") func grace() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.pods, Make.pod("p", node: "n")))
            let reply = try await api.delete("\(Path.pods)/p")
            #expect(reply["kind"] == "Pod" && reply["metadata.deletionGracePeriodSeconds"] == 30)
            #expect(try await api.get("\(Path.pods)/p").code == 200)
            #expect(
                try await api.delete("\(Path.pods)/p?gracePeriodSeconds=60")["metadata.deletionGracePeriodSeconds"]
                    == 30)
            #expect(
                try await api.delete("\(Path.pods)/p?gracePeriodSeconds=5")["metadata.deletionGracePeriodSeconds"] == 5)
            #expect(try await api.delete("\(Path.pods)/p", ["gracePeriodSeconds": 0]).code == 200)
            #expect(try await api.isGone("\(Path.pods)/p"))
            try api.must(try await api.post(Path.pods, Make.pod("q")))
            #expect(try await api.delete("\(Path.pods)/q")["kind"] == "Status")
            #expect(try await api.isGone("\(Path.pods)/q"))
        }
    }

    @Test("namespaces that are always there stay") func lasting() async throws {
        try await TestAPI.with { api in
            for name in ["default", "kube-system", "kube-public"] {
                let reply = try await api.delete("\(Path.namespaces)/\(name)")
                #expect(
                    reply.problem
                        == Problem(
                            403, "Forbidden",
                            "namespaces \"\(name)\" is forbidden: this namespace may not be deleted"))
            }
        }
    }
}
