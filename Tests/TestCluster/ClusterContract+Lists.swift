// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
public import KubernetesClient
internal import TestServers

extension ClusterContract {
    /// Lists in pages.
    @Sendable public static func pages(_ client: KubernetesClient, _ namespace: String) async throws {
        let names = (0..<7).map { "page-\($0)" }
        for name in names { _ = try await client.create(map(namespace, name), in: maps) }
        var options = ListOptions(labels: .everything)
        options.limit = 3
        var (seen, versions): ([String], Set<String>) = ([], [])
        for try await page in client.pages(maps, namespace: namespace, options) {
            if seen.isEmpty {
                // Made between two pages, it is not among them.
                _ = try await client.create(map(namespace, "page-9"), in: maps)
            }
            seen += page.objects.map(\.name).filter { $0.hasPrefix("page-") }
            versions.insert(page.resourceVersion)
            try expect(!page.resourceVersion.isEmpty, "a list has a version")
        }
        try expect(
            seen.sorted() == names && versions.count == 1, "the pages are all objects of one moment, not \(seen)")
        let all = try await client.listAll(maps, namespace: namespace)
        try expect(Set(all.objects.map(\.name)).isSuperset(of: names + ["page-9"]), "a list shows everything")
        try expect(all.objects.allSatisfy { $0.namespace == namespace }, "a list of a namespace shows no other")
        let everywhere = try await client.listAll(maps)
        try expect(
            everywhere.objects.contains { $0.namespace == namespace && $0.name == "page-0" },
            "there is a list of all namespaces")
    }

    /// Labels and fields.
    @Sendable public static func selectors(_ client: KubernetesClient, _ namespace: String) async throws {
        for (name, labels) in [
            ("s-a", ["tier": "web", "env": "dev"]), ("s-b", ["tier": "web"]), ("s-c", ["tier": "db"]), ("s-d", [:]),
        ] {
            var object = map(namespace, name)
            for (key, value) in labels { object[label: key] = value }
            _ = try await client.create(object, in: maps)
        }
        for (selector, names) in [
            ("tier=web", ["s-a", "s-b"]), ("tier==web,env", ["s-a"]), ("tier in (db,web),!env", ["s-b", "s-c"]),
            ("tier notin (web)", ["s-c", "s-d"]), ("tier!=db,tier", ["s-a", "s-b"]),
        ] {
            let options = ListOptions(labels: try LabelSelector(selector))
            let found = try await client.listAll(maps, namespace: namespace, options).objects.map(\.name)
            try expect(
                found.filter { $0.hasPrefix("s-") }.sorted() == names, "“\(selector)” selects \(names), not \(found)")
        }
        let one = try await client.listAll(maps, namespace: namespace, ListOptions(fields: .name("s-c")))
        try expect(one.objects.map(\.name) == ["s-c"], "objects are selected by their names")
        _ = try await refused(400, "BadRequest", "a field that nothing is selected by") {
            _ = try await client.list(
                maps, namespace: namespace, ListOptions(fields: try FieldSelector("spec.nothing=1")))
        }
    }

    /// Metadata alone.
    @Sendable public static func metadata(_ client: KubernetesClient, _ namespace: String) async throws {
        let made = try await client.create(map(namespace, "meta"), in: maps)
        let one = try await client.get(maps, made.objectName, form: .metadata)
        try expect(
            one.kind == "PartialObjectMetadata" && one.json["data"] == nil && one.uid == made.uid,
            "one object's metadata is read")
        var options = ListOptions()
        options.form = .metadata
        let list = try await client.listAll(maps, namespace: namespace, options)
        try expect(
            list.objects.contains { $0.name == "meta" && $0.json["data"] == nil }, "the metadata of a list is read")
    }

    /// Deletions by selectors.
    @Sendable public static func collections(_ client: KubernetesClient, _ namespace: String) async throws {
        for name in ["c-a", "c-b", "c-c"] {
            var object = map(namespace, name)
            object[label: "keep"] = name == "c-b" ? "yes" : "no"
            _ = try await client.create(object, in: maps)
        }
        try await client.deleteCollection(maps, namespace: namespace, labels: try LabelSelector("keep=no"))
        try await eventually("those that are selected are gone") {
            try await client.listAll(maps, namespace: namespace).objects.map(\.name).filter { $0.hasPrefix("c-") } == [
                "c-b"
            ]
        }
    }

    /// Discovery.
    @Sendable public static func discovery(_ client: KubernetesClient, _ namespace: String) async throws {
        let catalogue = try await client.discover()
        let map = catalogue.resource(of: GroupVersionKind("", "v1", "ConfigMap"))
        try expect(map?.resource == maps && map?.isNamespaced == true, "ConfigMaps are configmaps")
        try expect(
            map?.verbs.isSuperset(of: ["get", "list", "watch", "create", "update", "patch", "delete"]) == true,
            "all can be done")
        try expect(catalogue.find("cm").first?.resource == maps, "they are cm for short")
        let deployment = catalogue.preferred(group: "apps", kind: "Deployment")
        try expect(
            deployment?.subresources["status"] != nil && deployment?.subresources["scale"]?.kind?.kind == "Scale",
            "a deployment has parts")
        try expect(
            catalogue.resource(of: GroupVersionKind("", "v1", "Namespace"))?.isNamespaced == false,
            "namespaces are in none")
        try expect(try await !client.version().gitVersion.isEmpty, "the server has a version")
    }

    /// Refusals.
    @Sendable public static func refusals(_ client: KubernetesClient, _ namespace: String) async throws {
        let missing = try await refused(404, "NotFound", "an object that is not there") {
            _ = try await client.get(maps, ObjectName(namespace, "nothing"))
        }
        try expect(missing.name == "nothing" && missing.kind == "configmaps", "the refusal names the object")
        _ = try await refused(404, "NotFound", "a resource that is not there") {
            _ = try await client.list(GroupVersionResource("contract.example", "v1", "nothings"), namespace: namespace)
        }
        let strict = WriteOptions(fieldValidation: .strict)
        var unknown = map(namespace, "unknown")
        unknown.json["nothing"] = "x"
        let wrong = unknown
        _ = try await refused(400, "BadRequest", "a field that is not known") {
            _ = try await client.create(wrong, in: maps, strict)
        }
        _ = try await refused(404, "NotFound", "an object of a namespace that is not there") {
            _ = try await client.create(map("contract-nowhere", "x"), in: maps)
        }
        var immutable = try await client.create(deployment(namespace, "fixed"), in: deployments)
        immutable.json["spec"]?["selector"] = ["matchLabels": ["app": "other"]]
        let changed = immutable
        _ = try await refused(422, "Invalid", "a change of what does not change") {
            _ = try await client.update(changed, in: deployments)
        }
    }
}
