// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes

/// Paths in the namespace `default`.
enum Path {
    static let maps = "/api/v1/namespaces/default/configmaps"
    static let secrets = "/api/v1/namespaces/default/secrets"
    static let services = "/api/v1/namespaces/default/services"
    static let pods = "/api/v1/namespaces/default/pods"
    static let events = "/api/v1/namespaces/default/events"
    static let namespaces = "/api/v1/namespaces"
    static let nodes = "/api/v1/nodes"
    static let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases"
    static let deployments = "/apis/apps/v1/namespaces/default/deployments"
    static let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    static let widgets = "/apis/example.org/v1/namespaces/default/widgets"
}

/// Objects of built-in kinds.
enum Make {
    static func map(_ name: String, _ data: JSON = [:], labels: JSON = [:]) -> JSON {
        var metadata: JSON = ["name": .string(name)]
        if labels.object?.isEmpty == false { metadata["labels"] = labels }
        return ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data]
    }

    static func secret(_ name: String, _ fields: JSON = [:]) -> JSON {
        var json: JSON = ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)]]
        for (key, value) in fields.object ?? [:] { json[key] = value }
        return json
    }

    static func namespace(_ name: String) -> JSON {
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
    }

    static func deployment(_ name: String, replicas: Int64 = 1, image: String = "nginx:1") -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": .number(JSONNumber(replicas)), "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "main", "image": .string(image)]]],
                ],
            ],
        ]
    }

    static func pod(_ name: String, node: String? = nil) -> JSON {
        var spec: JSON = ["containers": [["name": "main", "image": "nginx:1"]]]
        if let node { spec["nodeName"] = .string(node) }
        return ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec]
    }

    static func service(_ name: String, _ spec: JSON = ["ports": [["port": 80]]]) -> JSON {
        ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec]
    }

    static func widget(_ name: String, _ spec: JSON = ["size": 1]) -> JSON {
        ["apiVersion": "example.org/v1", "kind": "Widget", "metadata": ["name": .string(name)], "spec": spec]
    }
}

/// A definition of widgets.
enum Widgets {
    /// The schema of version `v1`: pruned, with defaults, rules and all that the tests need.
    static let schema: JSON = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "size": ["type": "integer", "minimum": 0], "color": ["type": "string", "default": "blue"],
                    "replicas": ["type": "integer"], "selector": ["type": "string"],
                    "tags": ["type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set"],
                    "parts": [
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": [
                            "type": "object", "required": ["name"],
                            "properties": ["name": ["type": "string"], "count": ["type": "integer"]],
                        ],
                    ],
                    "plain": ["type": "array", "items": ["type": "string"]],
                    "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                ],
                "x-kubernetes-validations": [
                    [
                        "rule": "!has(self.size) || self.size != 13", "message": "thirteen is not allowed",
                        "fieldPath": ".size",
                    ]
                ],
            ],
            "status": [
                "type": "object",
                "properties": [
                    "phase": ["type": "string"], "replicas": ["type": "integer"], "selector": ["type": "string"],
                ],
            ],
        ],
    ]

    static let subresources: JSON = [
        "status": [:],
        "scale": [
            "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas",
            "labelSelectorPath": ".status.selector",
        ],
    ]

    static func version(_ name: String = "v1", _ change: (inout JSON) -> Void = { _ in }) -> JSON {
        var version: JSON = [
            "name": .string(name), "served": true, "storage": .bool(name == "v1"),
            "schema": ["openAPIV3Schema": schema], "subresources": subresources,
            "additionalPrinterColumns": [
                ["name": "Size", "type": "integer", "jsonPath": ".spec.size"],
                ["name": "Color", "type": "string", "jsonPath": ".spec.color", "priority": 1],
                ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
            ],
            "selectableFields": [["jsonPath": ".spec.color"]],
        ]
        change(&version)
        return version
    }

    static func definition(_ versions: [JSON] = [version()], scope: String = "Namespaced") -> JSON {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "widgets.example.org"],
            "spec": [
                "group": "example.org", "scope": .string(scope),
                "names": [
                    "plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wd"],
                    "categories": ["all"],
                ],
                "versions": .array(versions),
            ],
        ]
    }
}

extension TestAPI {
    /// A server with widgets.
    static func withWidgets(_ definition: JSON = Widgets.definition(), _ use: (TestAPI) async throws -> Void)
        async throws
    {
        try await with { api in
            try api.must(try await api.post(Path.definitions, definition))
            try await use(api)
        }
    }
}
