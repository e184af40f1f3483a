// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes

/// A kind of objects that writers change: stored as it is, sealed, with defaults, and one of a definition.
enum LoadKind: String, CaseIterable, Sendable {
    case configMap, secret, deployment, widget

    var resource: GroupVersionResource {
        switch self {
        case .configMap: GroupVersionResource("", "v1", "configmaps")
        case .secret: GroupVersionResource("", "v1", "secrets")
        case .deployment: GroupVersionResource("apps", "v1", "deployments")
        case .widget: GroupVersionResource("acme.org", "v1", "widgets")
        }
    }

    private var kind: GroupVersionKind {
        switch self {
        case .configMap: GroupVersionKind("", "v1", "ConfigMap")
        case .secret: GroupVersionKind("", "v1", "Secret")
        case .deployment: GroupVersionKind("apps", "v1", "Deployment")
        case .widget: GroupVersionKind("acme.org", "v1", "Widget")
        }
    }

    /// An object whose state is a number.
    func object(_ name: String, _ number: Int) -> KubernetesObject {
        var object = KubernetesObject(kind, namespace: "default", name: name)
        object.json["metadata"]?["annotations"] = Self.annotations(number)
        switch self {
        case .configMap: object.json["data"] = ["text": .string(String(repeating: "text ", count: number % 900))]
        case .secret: object.json["data"] = ["text": .string(Array("secret \(number)".utf8).base64)]
        case .deployment:
            object.json["spec"] = [
                "replicas": .number(JSONNumber(Int64(number % 10))), "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "web", "image": "acme.org/web:1"]]],
                ],
            ]
        case .widget: object.json["spec"] = ["size": .number(JSONNumber(Int64(number)))]
        }
        return object
    }

    static func annotations(_ number: Int) -> JSON { ["acme.org/number": .string("\(number)")] }

    static func number(_ object: KubernetesObject) -> Int? {
        object.json["metadata"]?["annotations"]?["acme.org/number"]?.string.flatMap { Int($0) }
    }

    /// What makes widgets known.
    static let definition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "widgets.acme.org"],
        "spec": [
            "group": "acme.org", "scope": "Namespaced", "names": ["kind": "Widget", "plural": "widgets"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": ["spec": ["type": "object", "properties": ["size": ["type": "integer"]]]],
                        ]
                    ],
                ]
            ],
        ],
    ]
}
