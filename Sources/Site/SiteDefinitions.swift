// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import DeliveryControllers
internal import Documents
internal import Kubernetes
internal import KubernetesClient

/// The kinds that a site's controllers work on, as its API must know them.
struct SiteDefinitions {
    private static let definitions = GroupVersionResource(
        "apiextensions.k8s.io", "v1", "customresourcedefinitions")
    private let client: KubernetesClient

    init(_ client: KubernetesClient) { self.client = client }

    /// Applies those that are missing or other than they should be.
    func install() async throws {
        for json in DeliveryKind.allCases.map(\.definition) + [GraphDefinition.json] {
            _ = try await client.apply(
                try KubernetesObject(json), to: Self.definitions, force: true,
                WriteOptions(fieldManager: "sovereign-site"))
        }
    }
}

/// The definition of kinds of resource graphs (`kro.run`): stored, so that deployers can apply them.
enum GraphDefinition {
    static let json: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "resourcegraphdefinitions.kro.run"],
        "spec": [
            "group": "kro.run", "scope": "Cluster",
            "names": [
                "kind": "ResourceGraphDefinition", "listKind": "ResourceGraphDefinitionList",
                "plural": "resourcegraphdefinitions", "singular": "resourcegraphdefinition", "shortNames": ["rgd"],
            ],
            "versions": [
                [
                    "name": "v1alpha1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [
                        ["name": "APIVersion", "type": "string", "jsonPath": ".spec.schema.apiVersion"],
                        ["name": "Kind", "type": "string", "jsonPath": ".spec.schema.kind"],
                        ["name": "State", "type": "string", "jsonPath": ".status.state"],
                        ["name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"],
                    ],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object", "required": ["spec"],
                            "description": "A kind of objects that stand for a graph of other objects.",
                            "properties": [
                                "apiVersion": ["type": "string"], "kind": ["type": "string"],
                                "metadata": ["type": "object"],
                                "spec": [
                                    "type": "object", "required": ["schema"],
                                    "description": "The new kind, and the objects that one of it stands for.",
                                    "properties": [
                                        "schema": [
                                            "type": "object", "required": ["apiVersion", "kind"],
                                            "properties": [
                                                "apiVersion": ["type": "string"], "kind": ["type": "string"],
                                            ], "x-kubernetes-preserve-unknown-fields": true,
                                        ],
                                        "resources": [
                                            "type": "array",
                                            "items": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                                        ],
                                    ], "x-kubernetes-preserve-unknown-fields": true,
                                ],
                                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]
}
