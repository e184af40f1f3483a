// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import Kubernetes

extension DeliveryKind {
    /// The CustomResourceDefinition of the kind, as it is applied to a cluster.
    ///
    /// It takes every object that the definitions of the first implementation take, and refuses what their rules refuse.
    public var definition: JSON {
        let content = content
        var columns: [JSON] = [
            column("Ready", "string", #".status.conditions[?(@.type=="Ready")].status"#, "Whether it is ready.")
        ]
        columns += content.columns
        columns.append(
            column(
                "Status", "string", #".status.conditions[?(@.type=="Ready")].message"#, "What there is to say of it.",
                isWide: true))
        columns.append(column("Age", "date", ".metadata.creationTimestamp", "How old it is."))
        let schema = objectSchema(
            content.description, required: self == .deployer ? [] : ["spec"],
            [
                ("apiVersion", textSchema("The version of the group: delivery.ocm.software/v1alpha1.")),
                ("kind", textSchema("The kind: \(rawValue).")),
                ("metadata", ["type": "object"]),
                ("spec", content.specification),
                ("status", objectSchema("What was found.", SharedSchemas.status + content.status)),
            ])
        return [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string(resource.groupResource.description)],
            "spec": [
                "group": .string(Self.groupVersion.group),
                "names": [
                    "kind": .string(rawValue), "listKind": .string("\(rawValue)List"), "plural": .string(plural),
                    "singular": .string(rawValue.lowercased()),
                    "shortNames": .array(content.shortNames.map { .string($0) }), "categories": ["ocm"],
                ],
                "scope": isNamespaced ? "Namespaced" : "Cluster",
                "versions": [
                    [
                        "name": .string(Self.groupVersion.version), "served": true, "storage": true,
                        "subresources": ["status": [:]], "additionalPrinterColumns": .array(columns),
                        "schema": ["openAPIV3Schema": schema],
                    ]
                ],
            ],
        ]
    }

    /// The definitions of all kinds as one YAML text.
    public static var definitionsText: String {
        allCases.map { "---\n" + YAML.text($0.definition) }.joined()
    }

    private var content: DefinitionContent {
        switch self {
        case .repository: .repository
        case .component: .component
        case .resource: .resource
        case .deployer: .deployer
        case .replication: .replication
        }
    }
}

/// What is special to the definition of a kind.
struct DefinitionContent {
    let description: String
    let shortNames: [String]
    var columns: [JSON] = []
    let specification: JSON
    var status: [(String, JSON)] = []
}

func column(_ name: String, _ type: String, _ path: String, _ description: String, isWide: Bool = false) -> JSON {
    var column: JSON = [
        "name": .string(name), "type": .string(type), "jsonPath": .string(path), "description": .string(description),
    ]
    if isWide { column["priority"] = 1 }
    return column
}
