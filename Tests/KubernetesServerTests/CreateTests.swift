// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesStore
import Testing
import Web

@testable import KubernetesServer

@Suite("Creating objects", .timeLimit(.minutes(1))) struct CreateTests {
    @Test("a new object has identity, revision, moment and managed fields") func identity() async throws {
        try await TestAPI.with { api in
            let reply = try await api.send(
                .post, Path.maps, Make.map("a", ["k": "v"]).encoded(), type: "application/json",
                headers: ["User-Agent": "tool/v1.2 (linux)"])
            #expect(reply.code == 201)
            #expect(reply["kind"] == "ConfigMap" && reply["apiVersion"] == "v1")
            #expect(reply["metadata.uid"]?.string?.count == 36)
            #expect(Int64(reply["metadata.resourceVersion"]?.string ?? "") ?? 0 > 0)
            #expect(reply["metadata.creationTimestamp"]?.string?.hasSuffix("Z") == true)
            #expect(reply["metadata.namespace"] == "default")
            #expect(reply["metadata.generation"] == nil, "config maps count no generations")
            let entry = reply["metadata.managedFields.0"]
            #expect(entry?["manager"] == "tool" && entry?["operation"] == "Update" && entry?["apiVersion"] == "v1")
            #expect(entry?["fieldsType"] == "FieldsV1" && entry?["fieldsV1"] == ["f:data": [".": [:], "f:k": [:]]])
            let read = try await api.get("\(Path.maps)/a")
            #expect(read.code == 200 && read.json == reply.json)
        }
    }

    @Test("what the client says of its identity is not taken over") func ownedFields() async throws {
        try await TestAPI.with { api in
            var map = Make.map("a")
            map["metadata"]?["uid"] = "mine"
            map["metadata"]?["creationTimestamp"] = "2000-01-01T00:00:00Z"
            map["metadata"]?["deletionTimestamp"] = "2000-01-01T00:00:00Z"
            map["metadata"]?["generation"] = 7
            map["metadata"]?["selfLink"] = "/x"
            let reply = try await api.post(Path.maps, map)
            #expect(reply.code == 201 && reply["metadata.uid"] != "mine")
            #expect(reply["metadata.creationTimestamp"] != "2000-01-01T00:00:00Z")
            #expect(reply["metadata.deletionTimestamp"] == nil && reply["metadata.selfLink"] == nil)
        }
    }

    @Test("a deployment has defaults, a first generation and no status of the client's") func defaults() async throws {
        try await TestAPI.with { api in
            var deployment = Make.deployment("d")
            deployment["status"] = ["replicas": 7]
            let reply = try await api.post(Path.deployments, deployment)
            #expect(reply["metadata.generation"] == 1 && reply["status"] == [:])
            #expect(reply["spec.strategy.type"] == "RollingUpdate" && reply["spec.revisionHistoryLimit"] == 10)
            #expect(reply["spec.template.spec.containers.0.imagePullPolicy"] == "IfNotPresent")
            let owned = reply["metadata.managedFields.0.fieldsV1"]
            #expect(owned?["f:spec"]?["f:replicas"] != nil && owned?["f:status"] == nil)
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let what: String
        let path: String
        let body: JSON
        let problem: (Int, String, String)
        var testDescription: String { what }
    }

    static let refusals: [Refusal] = [
        Refusal(
            what: "another namespace than that of the path", path: Path.maps,
            body: {
                var map = Make.map("a")
                map["metadata"]?["namespace"] = "other"
                return map
            }(),
            problem: (
                400, "BadRequest",
                "the namespace of the provided object does not match the namespace sent on the request"
            )),
        Refusal(
            what: "a namespace that is not there", path: "/api/v1/namespaces/nowhere/configmaps", body: Make.map("a"),
            problem: (404, "NotFound", "namespaces \"nowhere\" not found")),
        Refusal(
            what: "no name", path: Path.maps, body: ["apiVersion": "v1", "kind": "ConfigMap", "metadata": [:]],
            problem: (
                422, "Invalid",
                "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required"
            )),
        Refusal(
            what: "a revision", path: Path.maps,
            body: {
                var map = Make.map("a")
                map["metadata"]?["resourceVersion"] = "5"
                return map
            }(), problem: (400, "BadRequest", "resourceVersion should not be set on objects to be created")),
        Refusal(
            what: "an object of another version", path: Path.deployments,
            body: ["apiVersion": "apps/v2", "kind": "Deployment", "metadata": ["name": "a"]],
            problem: (
                400, "BadRequest",
                "the API version in the data (apps/v2) does not match the expected API version (apps/v1)"
            )),
        Refusal(
            what: "a name that is none", path: Path.maps, body: Make.map("Not A Name"),
            problem: (
                422, "Invalid",
                "ConfigMap \"Not A Name\" is invalid: metadata.name: Invalid value: \"Not A Name\": a lowercase RFC 1123 "
                    + "subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end "
                    + "with an alphanumeric character (e.g. 'example.com', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            )),
        Refusal(
            what: "a namespace whose name is no label", path: Path.namespaces, body: Make.namespace("A_B"),
            problem: (
                422, "Invalid",
                "Namespace \"A_B\" is invalid: metadata.name: Invalid value: \"A_B\": a lowercase RFC 1123 label must "
                    + "consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric "
                    + "character (e.g. 'my-name',  or '123-abc', regex used for validation is "
                    + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            )),
        Refusal(
            what: "a service whose name begins with a digit", path: Path.services, body: Make.service("1a"),
            problem: (
                422, "Invalid",
                "Service \"1a\" is invalid: metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of lower "
                    + "case alphanumeric characters or '-', start with an alphabetic character, and end with an "
                    + "alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
                    + "'[a-z]([-a-z0-9]*[a-z0-9])?')"
            )),
        Refusal(
            what: "a label that is none", path: Path.maps, body: Make.map("a", labels: ["k": "not a value"]),
            problem: (
                422, "Invalid",
                "ConfigMap \"a\" is invalid: metadata.labels: Invalid value: \"not a value\": a valid label must be an "
                    + "empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                    + "alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
                    + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
            )),
        Refusal(
            what: "an object that is a list", path: Path.maps, body: [1],
            problem: (400, "BadRequest", "the object provided is unrecognized (must be of type map)")),
    ]

    @Test("what is wrong is refused in Kubernetes' words", arguments: refusals) func refused(_ refusal: Refusal)
        async throws
    {
        try await TestAPI.with { api in
            let reply = try await api.post(refusal.path, refusal.body)
            let (code, reason, message) = refusal.problem
            #expect(reply.code == code && reply.problem == Problem(code, reason, message), "\(reply.text)")
        }
    }

    @Test("values of wrong types are refused with 400") func types() async throws {
        try await TestAPI.with { api in
            var deployment = Make.deployment("d")
            deployment["spec"]?["replicas"] = "three"
            let reply = try await api.post(Path.deployments, deployment)
            #expect(reply.code == 400 && reply.problem?.reason == "BadRequest")
            let start = "Deployment in version \"v1\" cannot be handled as a Deployment: "
            #expect(reply.problem?.message.hasPrefix(start) == true, "\(reply.text)")
            #expect(reply.problem?.message.contains("spec.replicas") == true)
        }
    }

    @Test("a kind of another endpoint is named") func otherKind() async throws {
        try await TestAPI.with { api in
            let reply = try await api.post(Path.maps, Make.secret("a"))
            #expect(reply.code == 400)
            let start = "Secret in version \"v1\" cannot be handled as a ConfigMap: "
            #expect(reply.problem?.message.hasPrefix(start) == true, "\(reply.text)")
        }
    }

    @Test("without apiVersion or kind, those of the endpoint are meant", arguments: ["apiVersion", "kind"])
    func withoutKind(_ key: String) async throws {
        try await TestAPI.with { api in
            var map = Make.map("a")
            map[key] = JSON?.none
            let reply = try await api.post(Path.maps, map)
            #expect(reply.code == 201 && reply["kind"] == "ConfigMap" && reply["apiVersion"] == "v1", "\(reply.text)")
        }
    }

    @Test("an object without namespaces loses one that it has") func clusterScope() async throws {
        try await TestAPI.with { api in
            var namespace = Make.namespace("n")
            namespace["metadata"]?["namespace"] = "other"
            let reply = try await api.post(Path.namespaces, namespace)
            #expect(reply.code == 201 && reply["metadata.namespace"] == nil)
        }
    }

    @Test("a name that is taken is refused") func taken() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let again = try await api.post(Path.maps, Make.map("a"))
            #expect(again.problem == Problem(409, "AlreadyExists", "configmaps \"a\" already exists"))
            #expect(again["details.name"] == "a" && again["details.kind"] == "configmaps")
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            let other = try await api.post(Path.deployments, Make.deployment("d"))
            #expect(other.problem?.message == "deployments.apps \"d\" already exists")
            #expect(other["details.group"] == "apps")
        }
    }

    @Test("names are made from a beginning, which is cut where it is long") func generatedNames() async throws {
        try await TestAPI.with { api in
            for (start, kept) in [
                ("job-", "job-"), (String(repeating: "x", count: 70), String(repeating: "x", count: 58)),
            ] {
                var map = Make.map("")
                map["metadata"] = ["generateName": .string(start)]
                let name = try await api.post(Path.maps, map)["metadata.name"]?.string ?? ""
                #expect(name.hasPrefix(kept) && name.count == kept.count + 5, "\(name)")
                #expect(name.suffix(5).allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
            }
            var both = Make.map("given")
            both["metadata"]?["generateName"] = "other-"
            #expect(try await api.post(Path.maps, both)["metadata.name"] == "given")
        }
    }

    @Test("a dry run does everything but store") func dryRun() async throws {
        try await TestAPI.with { api in
            let reply = try await api.post("\(Path.maps)?dryRun=All", Make.map("a"))
            #expect(reply.code == 201 && reply["metadata.uid"] != nil && reply["metadata.resourceVersion"] == nil)
            #expect(try await api.isGone("\(Path.maps)/a"))
            #expect(try await api.post("\(Path.maps)?dryRun=All", Make.map("NO")).code == 422)
            try api.must(try await api.post(Path.maps, Make.map("a")))
            #expect(try await api.post("\(Path.maps)?dryRun=All", Make.map("a")).problem?.reason == "AlreadyExists")
        }
    }

    @Test("options that make no sense are refused as options of what was asked") func options() async throws {
        try await TestAPI.with { api in
            let dry = try await api.post("\(Path.maps)?dryRun=Some", Make.map("a"))
            #expect(
                dry.problem
                    == Problem(
                        422, "Invalid",
                        "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: []string{\"Some\"}: "
                            + "supported values: \"All\""))
            let field = try await api.post("\(Path.maps)?fieldValidation=Maybe", Make.map("a"))
            #expect(
                field.problem
                    == Problem(
                        422, "Invalid",
                        "CreateOptions.meta.k8s.io \"\" is invalid: fieldValidation: Unsupported value: \"Maybe\": "
                            + "supported values: \"\", \"Ignore\", \"Strict\", \"Warn\""))
            let long = String(repeating: "m", count: 129)
            let manager = try await api.post("\(Path.maps)?fieldManager=\(long)", Make.map("a"))
            #expect(
                manager.problem
                    == Problem(
                        422, "Invalid",
                        "CreateOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes"
                    ))
            let put = try await api.put("\(Path.maps)/a?dryRun=Some", Make.map("a"))
            #expect(put.problem?.message.hasPrefix("UpdateOptions.meta.k8s.io \"\" is invalid: dryRun: ") == true)
        }
    }

    @Test("to an object nothing can be posted, and nothing can be put or patched on a list") func methods()
        async throws
    {
        try await TestAPI.with { api in
            let refused = Problem(
                405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
            let posted = try await api.post("\(Path.maps)/a", Make.map("a"))
            #expect(posted.problem == refused)
            #expect(try await api.put(Path.maps, Make.map("a")).problem == refused)
            #expect(try await api.patch(Path.maps, .merge, [:]).problem == refused)
            #expect(try await api.post("/api/v1/configmaps", Make.map("a")).problem == refused)
            #expect(try await api.delete("/api/v1/configmaps").problem == refused)
            #expect(try await api.send(HTTPMethod("PROPFIND"), Path.maps).problem == refused)
            #expect(try await api.isGone("\(Path.maps)/a"))
        }
    }
}
