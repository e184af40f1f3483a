// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// What is served, in the forms of discovery: one document for each group and version, or all in one
/// (`apidiscovery.k8s.io`).
enum DiscoveryDocument {
    static func coreVersions(_ groups: [ServedGroup], address: String) -> JSON {
        [
            "kind": "APIVersions",
            "versions": .array(groups.flatMap(\.versions).map { .string($0.groupVersion.version) }),
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(address)]],
        ]
    }

    static func groupList(_ groups: [ServedGroup]) -> JSON {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { group($0, isDocument: false) })]
    }

    static func group(_ group: ServedGroup, isDocument: Bool) -> JSON {
        let versions = group.versions.map { version -> JSON in
            [
                "groupVersion": .string("\(version.groupVersion)"), "version": .string(version.groupVersion.version),
            ]
        }
        var json: JSON = isDocument ? ["kind": "APIGroup", "apiVersion": "v1"] : [:]
        json["name"] = .string(group.name)
        json["versions"] = .array(versions)
        json["preferredVersion"] = versions.first ?? [:]
        return json
    }

    static func resources(_ version: ServedGroup.Version) -> JSON {
        var list: [JSON] = []
        for resource in version.resources {
            list.append(
                legacy(resource, resource.plural, resource.kind, resource.verbs, version.groupVersion, resource))
            for part in resource.subresources {
                let name = "\(resource.plural)/\(part.name)"
                list.append(legacy(resource, name, part.kind, part.verbs, version.groupVersion, nil))
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string("\(version.groupVersion)"),
            "resources": .array(list),
        ]
    }

    private static func legacy(
        _ resource: ServedResource, _ name: String, _ kind: GroupVersionKind, _ verbs: [String],
        _ home: GroupVersion, _ main: ServedResource?
    ) -> JSON {
        var json: JSON = [
            "name": .string(name), "singularName": .string(main?.singular ?? ""),
            "namespaced": .bool(resource.isNamespaced), "kind": .string(kind.kind), "verbs": texts(verbs),
        ]
        if kind.groupVersion != home {
            json["group"] = .string(kind.group)
            json["version"] = .string(kind.version)
        }
        if let main, !main.shortNames.isEmpty { json["shortNames"] = texts(main.shortNames) }
        if let main, !main.categories.isEmpty { json["categories"] = texts(main.categories) }
        return json
    }

    static func aggregated(_ groups: [ServedGroup], version: String) -> JSON {
        let items = groups.map { group -> JSON in
            let versions = group.versions.map { version -> JSON in
                [
                    "version": .string(version.groupVersion.version),
                    "resources": .array(version.resources.map(aggregated)), "freshness": "Current",
                ]
            }
            let metadata: JSON = group.name.isEmpty ? [:] : ["name": .string(group.name)]
            return ["metadata": metadata, "versions": .array(versions)]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(items),
        ]
    }

    private static func aggregated(_ resource: ServedResource) -> JSON {
        var json: JSON = [
            "resource": .string(resource.plural), "responseKind": kind(resource.kind),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(resource.singular),
            "verbs": texts(resource.verbs),
        ]
        if !resource.shortNames.isEmpty { json["shortNames"] = texts(resource.shortNames) }
        if !resource.categories.isEmpty { json["categories"] = texts(resource.categories) }
        if !resource.subresources.isEmpty {
            json["subresources"] = .array(
                resource.subresources.map {
                    [
                        "subresource": .string($0.name), "responseKind": kind($0.kind), "verbs": texts($0.verbs),
                    ]
                })
        }
        return json
    }

    private static func kind(_ kind: GroupVersionKind) -> JSON {
        ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
    }

    private static func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
}
