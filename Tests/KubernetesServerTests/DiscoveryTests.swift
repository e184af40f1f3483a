// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web

@testable import KubernetesStore

@Suite("Discovery and OpenAPI", .timeLimit(.minutes(1))) struct DiscoveryTests {
    @Test("the version is that of the behaviour, with the product behind a plus") func version() async throws {
        try await TestAPI.with { api in
            let reply = try await api.get("/version?timeout=5s")
            #expect(reply["major"] == "1" && reply["minor"] == "32")
            #expect(reply["gitVersion"] == "v1.32.0+sovereign-test")
        }
    }

    @Test(
        "health is said in a word, or check by check",
        arguments: [
            ("/healthz", "ok"), ("/livez", "ok"), ("/readyz", "ok"), ("/readyz/ping", "ok"), ("/readyz/storage", "ok"),
            ("/livez?verbose", "[+]ping ok\nlivez check passed\n"),
            ("/readyz?verbose", "[+]ping ok\n[+]storage ok\nreadyz check passed\n"),
            ("/readyz?verbose=1&exclude=storage", "[+]ping ok\n[+]storage excluded: ok\nreadyz check passed\n"),
        ])
    func health(_ path: String, text: String) async throws {
        try await TestAPI.with { api in
            let reply = try await api.get(path)
            #expect(reply.code == 200 && reply.text == text)
        }
    }

    @Test("a server that cannot write is not ready, but a new start would not help; and it is ready again by itself")
    func illness() async throws {
        try await TestAPI.with { api in
            // What the server does by itself may succeed between the failure and the question.
            func reply(_ path: String) async throws -> Reply {
                _ = try? await api.store.submit { _ in throw Fault(.diskFull, "the disk is full") }
                return try await api.get(path)
            }
            let failed = "[+]ping ok\n[-]storage failed: reason withheld\nreadyz check failed\n"
            #expect(
                try await api.eventually {
                    let reply = try await reply("/readyz")
                    return reply.code == 500 && reply.text == failed
                })
            #expect(try await reply("/livez").code == 200)
            #expect(try await reply("/readyz?exclude=storage").code == 200)
            try api.must(try await api.post(Path.maps, Make.map("one")))
            #expect(try await api.get("/readyz").code == 200)
        }
    }

    @Test(
        "what is not there is answered with a status",
        arguments: [
            "/nothing", "/readyz/nothing", "/apis/no.group", "/apis/apps/v9", "/api/v2", "/apis/apps/v1/nothings",
            "/openapi/v3/apis/no.group/v1", "/api/v1/pods/x", "/api/v1/namespaces/default/nodes",
            "/api/v1/namespaces/default/pods/x/nothing", "/api/v1/namespaces/default/pods/x/log/more",
        ])
    func missing(_ path: String) async throws {
        try await TestAPI.with { api in
            let reply = try await api.get(path)
            #expect(
                reply.problem == Problem(404, "NotFound", "the server could not find the requested resource"),
                "\(reply.text)")
        }
    }

    @Test("the old form says groups, versions and resources one by one") func oldForm() async throws {
        try await TestAPI.withWidgets { api in
            let core = try await api.get("/api")
            #expect(core["kind"] == "APIVersions" && core["versions"] == ["v1"])
            #expect(core["serverAddressByClientCIDRs.0.clientCIDR"] == "0.0.0.0/0")
            let groups = try await api.get("/apis")
            #expect(groups["kind"] == "APIGroupList" && groups["apiVersion"] == "v1")
            let names = groups["groups"]?.array?.compactMap { $0["name"]?.string } ?? []
            for name in ["apps", "batch", "apiextensions.k8s.io", "rbac.authorization.k8s.io", "example.org"] {
                #expect(names.contains(name))
            }
            let group = try await api.get("/apis/example.org")
            #expect(group["kind"] == "APIGroup" && group["preferredVersion.groupVersion"] == "example.org/v1")
            let resources = try await api.get("/api/v1")
            #expect(resources["kind"] == "APIResourceList" && resources["groupVersion"] == "v1")
            let all = resources["resources"]?.array ?? []
            let byName = Dictionary(uniqueKeysWithValues: all.map { ($0["name"]?.string ?? "", $0) })
            #expect(byName["pods/log"]?["kind"] == "Pod" && byName["pods"]?["shortNames"] == ["po"])
            #expect(byName["pods"]?["categories"] == ["all"] && byName["pods"]?["namespaced"] == true)
            #expect(byName["pods/eviction"]?["group"] == "policy" && byName["pods/eviction"]?["kind"] == "Eviction")
            #expect(byName["namespaces/finalize"]?["verbs"] == ["update"])
            #expect(byName["nodes"]?["namespaced"] == false && byName["nodes"]?["singularName"] == "node")
        }
    }

    @Test("the new form says all at once", arguments: ["v2", "v2beta1"]) func newForm(_ version: String) async throws {
        try await TestAPI.withWidgets { api in
            let accept = "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList,application/json"
            let core = try await api.get("/api", accept: accept)
            #expect(
                core.headers["Content-Type"]
                    == "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
            #expect(core["kind"] == "APIGroupDiscoveryList")
            #expect(core["apiVersion"]?.string == "apidiscovery.k8s.io/\(version)")
            #expect(core["items.0.versions.0.version"] == "v1" && core["items.0.versions.0.freshness"] == "Current")
            let groups = try await api.get("/apis", accept: accept)
            let items = groups["items"]?.array ?? []
            let own = try #require(items.first { $0[path: "metadata.name"] == "example.org" })
            let widgets = own[path: "versions.0.resources.0"]
            #expect(widgets?["resource"] == "widgets" && widgets?["scope"] == "Namespaced")
            #expect(widgets?["responseKind"] == ["group": "example.org", "version": "v1", "kind": "Widget"])
            #expect(widgets?["shortNames"] == ["wd"] && widgets?["singularResource"] == "widget")
            #expect(
                widgets?["verbs"]
                    == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"])
            let parts = widgets?["subresources"]?.array?.compactMap { $0["subresource"]?.string } ?? []
            #expect(Set(parts) == ["status", "scale"])
            for item in items {
                for version in item["versions"]?.array ?? [] {
                    for resource in version["resources"]?.array ?? [] { #expect(resource["responseKind"] != nil) }
                }
            }
        }
    }

    @Test("documents have tags, by which they need not be sent again", arguments: ["/apis", "/api/v1", "/openapi/v3"])
    func tags(_ path: String) async throws {
        try await TestAPI.with { api in
            let first = try await api.get(path)
            let tag = try #require(first.headers["ETag"])
            let again = try await api.send(.get, path, headers: ["If-None-Match": tag])
            #expect(again.code == 304 && again.bytes.isEmpty && again.headers["ETag"] == tag)
            try api.must(try await api.post(Path.definitions, Widgets.definition()))
            guard path != "/api/v1" else { return }
            let changed = try await api.send(.get, path, headers: ["If-None-Match": tag])
            #expect(changed.code == 200 && changed.headers["ETag"] != tag)
        }
    }

    @Test("versions are ordered by how stable and how high they are") func order() async throws {
        let names = ["v1", "v2", "v2beta1", "v3alpha1", "v10", "other"]
        try await TestAPI.withWidgets(Widgets.definition(names.map { Widgets.version($0) })) { api in
            let group = try await api.get("/apis/example.org")
            let order = group["versions"]?.array?.compactMap { $0["version"]?.string } ?? []
            #expect(order == ["v10", "v2", "v1", "v2beta1", "v3alpha1", "other"])
            #expect(group["preferredVersion.version"] == "v10")
        }
    }

    @Test("OpenAPI names a document for each version, whose name changes with it") func openAPIPaths() async throws {
        try await TestAPI.withWidgets { api in
            let paths = try await api.get("/openapi/v3")
            let core = try #require(paths["paths"]?["api/v1"]?["serverRelativeURL"]?.string)
            let own = try #require(paths["paths"]?["apis/example.org/v1"]?["serverRelativeURL"]?.string)
            #expect(
                core.hasPrefix("/openapi/v3/api/v1?hash=") && own.hasPrefix("/openapi/v3/apis/example.org/v1?hash="))
            let reply = try await api.get(own)
            #expect(reply.code == 200 && reply["openapi"]?.string?.hasPrefix("3.0") == true)
            let changed = Widgets.definition([
                Widgets.version {
                    $0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["properties"]?["new"] = ["type": "string"]
                }
            ])
            try api.must(
                try await api.patch(
                    "\(Path.definitions)/widgets.example.org", .merge, ["spec": changed["spec"] ?? .null]))
            let after = try await api.get("/openapi/v3")
            #expect(after["paths"]?["apis/example.org/v1"]?["serverRelativeURL"]?.string != own)
            #expect(after["paths"]?["api/v1"]?["serverRelativeURL"]?.string == core)
        }
    }

    @Test(
        "a document has what clients look for: kinds of operations, validation, merge keys, references that lead somewhere"
    )
    func openAPI() async throws {
        try await TestAPI.withWidgets { api in
            let core = try await api.get("/openapi/v3/api/v1")
            let patch = core["paths"]?["/api/v1/namespaces/{namespace}/configmaps/{name}"]?["patch"]
            #expect(patch?["x-kubernetes-group-version-kind"] == ["group": "", "version": "v1", "kind": "ConfigMap"])
            let parameters = patch?["parameters"]?.array?.compactMap { $0["name"]?.string } ?? []
            for name in ["fieldValidation", "dryRun", "fieldManager"] { #expect(parameters.contains(name), "\(name)") }
            let forms = patch?["requestBody"]?["content"]?.object?.keys ?? []
            #expect(
                Set(forms) == Set(TestAPI.PatchForm.allCases.map(\.rawValue) + ["application/apply-patch+cbor"])
                    || Set(forms) == Set(TestAPI.PatchForm.allCases.map(\.rawValue)))
            let schemas = core["components"]?["schemas"]
            let ports = schemas?["io.k8s.api.core.v1.Container"]?["properties"]?["ports"]
            #expect(ports?["x-kubernetes-patch-merge-key"] == "containerPort")
            let own = try await api.get("/openapi/v3/apis/example.org/v1")
            let mine = own["paths"]?["/apis/example.org/v1/namespaces/{namespace}/widgets/{name}"]?["patch"]
            let customForms = mine?["requestBody"]?["content"]?.object?.keys ?? []
            #expect(!customForms.contains("application/strategic-merge-patch+json") && !customForms.isEmpty)
            for document in [core, own] {
                let known = Set(document["components"]?["schemas"]?.object?.keys ?? [])
                for reference in Self.references(document.json) {
                    #expect(known.contains(reference), "\(reference)")
                }
            }
            let kinds = own["components"]?["schemas"]?.object?.compactMap {
                $0.value["x-kubernetes-group-version-kind"]
            }
            #expect(kinds?.contains([["group": "example.org", "version": "v1", "kind": "Widget"]]) == true)
        }
    }

    private static func references(_ json: JSON) -> [String] {
        switch json {
        case .object(let object):
            return object.flatMap { member -> [String] in
                if member.key == "$ref", let text = member.value.string {
                    return [text.split(separator: "/").last.map(String.init) ?? ""]
                }
                return references(member.value)
            }
        case .array(let items): return items.flatMap(references)
        default: return []
        }
    }
}
