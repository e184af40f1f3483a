// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Testing
import Web
import WebServer

@Suite("Requests to a cluster", .timeLimit(.minutes(1))) struct RequestTests {
    @Test("each operation is the request that the API has for it") func requests() async throws {
        let name = ObjectName("team", "a")
        let object = KubernetesObject(Maps.kind, namespace: "team", name: "a")
        try await ScriptedServer.with { asked in
            asked.path.hasSuffix("/a") && asked.method == "DELETE"
                ? .status(APIStatus(200, reason: "", "")) : .json(Maps.map("a", namespace: "team"))
        } _: { server in
            let client = try server.client()
            _ = try await client.get(Maps.resource, name)
            _ = try await client.get(Maps.resource, name, form: .metadata, resourceVersion: "0")
            _ = try await client.get(GroupVersionResource("apps", "v1", "deployments"), name, subresource: "scale")
            _ = try await client.create(
                object, in: Maps.resource, WriteOptions(fieldManager: "me", isDryRun: true, fieldValidation: .strict))
            _ = try await client.create(
                "token", of: ObjectName(nil, "n"), in: GroupVersionResource("", "v1", "nodes"), object)
            _ = try await client.update(object, in: Maps.resource, subresource: "status")
            _ = try await client.patch(Maps.resource, name, .json([["op": "remove", "path": "/data"]]))
            _ = try await client.patch(Maps.resource, name, .merge(["data": nil]))
            _ = try await client.patch(Maps.resource, name, .strategic(["data": nil]), subresource: "status")
            _ = try await client.apply(object, to: Maps.resource, force: true, WriteOptions(fieldManager: "boss"))
            var options = DeleteOptions(.foreground, uid: "u")
            (options.resourceVersion, options.graceSeconds, options.isDryRun) = ("7", 0, true)
            let result = try await client.delete(Maps.resource, name, options)
            guard case .accepted(let status) = result, status.isSuccess else { throw Fault(.internal, "\(result)") }
            _ = try await client.deleteCollection(
                Maps.resource, namespace: "team", labels: LabelSelector("a in (b,c),!d"),
                fields: FieldSelector("metadata.name=x"))
            let maps = "/api/v1/namespaces/team/configmaps"
            let lines = server.asked.map { asked in
                let query = asked.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                    separator: "&")
                let type = asked.headers["Content-Type"].map { " \($0)" } ?? ""
                return "\(asked.method) \(asked.path)\(query.isEmpty ? "" : "?\(query)")\(type)"
            }
            #expect(
                lines == [
                    "GET \(maps)/a", "GET \(maps)/a?resourceVersion=0",
                    "GET /apis/apps/v1/namespaces/team/deployments/a/scale",
                    "POST \(maps)?dryRun=All&fieldManager=me&fieldValidation=Strict application/json",
                    "POST /api/v1/nodes/n/token?fieldManager=sovereign application/json",
                    "PUT \(maps)/a/status?fieldManager=sovereign application/json",
                    "PATCH \(maps)/a?fieldManager=sovereign application/json-patch+json",
                    "PATCH \(maps)/a?fieldManager=sovereign application/merge-patch+json",
                    "PATCH \(maps)/a/status?fieldManager=sovereign application/strategic-merge-patch+json",
                    "PATCH \(maps)/a?fieldManager=boss&force=true application/apply-patch+yaml",
                    "DELETE \(maps)/a application/json",
                    "DELETE \(maps)?fieldSelector=metadata.name=x&labelSelector=a in (b,c),!d application/json",
                ])
            #expect(
                server.asked[1].headers["Accept"]?.hasPrefix(
                    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1") == true)
            #expect(
                server.asked[10].body == [
                    "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground",
                    "gracePeriodSeconds": 0,
                    "preconditions": ["uid": "u", "resourceVersion": "7"], "dryRun": ["All"],
                ])
            #expect(server.asked.allSatisfy { $0.headers["User-Agent"] == "sovereign/0.1" })
        }
    }

    @Test(
        "names that would lead elsewhere are refused before anything is sent",
        arguments: ["", ".", "..", "a/b", "%2e%2e"])
    func paths(_ name: String) async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { server in
            let client = try server.client()
            await #expect(throws: Fault.self) { try await client.get(Maps.resource, ObjectName("default", name)) }
            await #expect(throws: Fault.self) { try await client.get(Maps.resource, ObjectName(name, "a")) }
            #expect(server.asked.isEmpty)
            _ = try await client.get(Maps.resource, ObjectName("default", "a b?c#d:é"))
            #expect(server.asked.first?.path == "/api/v1/namespaces/default/configmaps/a b?c#d:é")
        }
    }

    @Test("a server may have a path of its own") func prefix() async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.map("a"))
        } _: { server in
            let url = try HTTPURL("\(server.url)/k8s/clusters/c-1/")
            let client = try server.client { $0.server = url }
            _ = try await client.get(Maps.resource, ObjectName("default", "a"))
            #expect(server.asked.first?.path == "/k8s/clusters/c-1/api/v1/namespaces/default/configmaps/a")
        }
    }

    @Test("a list is read in pages, whole, and again from the start when the server forgets it") func pages()
        async throws
    {
        let forgets = Guarded(false)
        try await ScriptedServer.with { asked in
            let limit = asked.query["limit"].flatMap { Int($0) } ?? 1000
            let start = asked.query["continue"].flatMap { Int($0) } ?? 0
            if start > 2, forgets.withLock({ $0 }) {
                return .status(.expired("The provided continue parameter is too old"))
            }
            let end = min(5, start + limit)
            // Items of real servers have no kind.
            let items = (start..<end).map { number -> JSON in
                var item = Maps.map("m\(number)", version: number + 1)
                (item["apiVersion"], item["kind"]) = (nil, nil)
                return item
            }
            return .json(Maps.list(items, version: 9, continueToken: end < 5 ? "\(end)" : nil))
        } _: { server in
            let client = try server.client()
            var options = ListOptions()
            (options.limit, options.resourceVersion, options.match) = (2, "5", .notOlderThan)
            var sizes: [Int] = []
            for try await page in client.pages(Maps.resource, namespace: "default", options) {
                sizes.append(page.objects.count)
            }
            #expect(sizes == [2, 2, 1])
            #expect(
                server.asked[0].query["resourceVersion"] == "5"
                    && server.asked[0].query["resourceVersionMatch"] == "NotOlderThan")
            #expect(server.asked[1].query["resourceVersion"] == nil && server.asked[1].query["continue"] == "2")
            for isForgetting in [false, true] {
                forgets.withLock { $0 = isForgetting }
                let all = try await client.listAll(Maps.resource, options)
                #expect(all.objects.map(\.name) == ["m0", "m1", "m2", "m3", "m4"] && all.resourceVersion == "9")
                #expect(all.objects.allSatisfy { $0.apiVersion == "v1" && $0.kind == "ConfigMap" && $0.value == "1" })
            }
            options.form = .metadata
            let metadata = try await client.list(Maps.resource, options)
            #expect(metadata.objects.allSatisfy { $0.kind == "PartialObjectMetadata" && $0.value == nil })
            await #expect(throws: Fault.self) { try await client.listAll(Maps.resource, atMost: 4) }
            await #expect(throws: APIStatus.self) { for try await _ in client.pages(Maps.resource, options) {} }
        }
    }

    @Test("a list that never ends is noticed") func endlessPages() async throws {
        try await ScriptedServer.with { _ in
            .json(Maps.list([], version: 1, continueToken: "again"))
        } _: { server in
            let client = try server.client()
            await #expect { try await client.listAll(Maps.resource) } throws: { ($0 as? Fault)?.code == .corrupt }
        }
    }

    @Test("warnings are passed on") func warnings() async throws {
        try await ScriptedServer.with { _ in
            var answer = ServerResponse.json(Maps.map("a"))
            answer.headers.add("Warning", #"299 - "unknown field \"spec.x\"""#)
            answer.headers.add("Warning", #"299 - "v1beta1 is deprecated" "Sat, 25 Aug 2012 23:34:45 GMT""#)
            answer.headers.add("Warning", "110 - stale")
            return answer
        } _: { server in
            let heard = Guarded<[String]>([])
            let client = try server.client(settings: { $0.warn = { text in heard.withLock { $0.append(text) } } })
            _ = try await client.get(Maps.resource, ObjectName("default", "a"))
            #expect(heard.withLock { $0 } == [#"unknown field "spec.x""#, "v1beta1 is deprecated"])
        }
    }
}
