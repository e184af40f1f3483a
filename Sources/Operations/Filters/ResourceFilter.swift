// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Orchestration

extension Operation {
    static let filterResources = Operation(
        OperationType(
            "filter.resources/v1alpha1",
            summary: "Leaves resources out of a descriptor; when it does, signatures go too, since they no longer fit.",
            properties: [
                .required("componentDescriptor", .objectSchema, "the descriptor"),
                .required(
                    "expression", .textSchema,
                    "which resources stay: CEL that reads `resource`, without `${}`, so that the graph leaves it alone"),
            ],
            outputs: [
                .required("descriptor", .objectSchema, "the descriptor with the resources that stay"),
                .required("removed", .listSchema(of: .objectSchema), "the other resources"),
            ],
            example: """
                - id: read
                  type: CTFGetComponentVersion/v1alpha1
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/demo
                  version: 1.0.0
                - id: forCustomers
                  type: filter.resources/v1alpha1
                  componentDescriptor: ${read.output.descriptor}
                  expression: resource.type != 'helmChart' && !resource.labels.exists(l, l.name == 'internal')
                """)
    ) { properties, _ in
        var filter = try FilterExpression(
            properties["expression"]?.string ?? "", variable: "resource", schema: resourceSchema, of: "resource")
        var descriptor = try ComponentDescriptor(
            json: properties["componentDescriptor"] ?? .null, source: "'componentDescriptor'")
        var kept: [Resource] = [], removed: [JSON] = []
        for resource in descriptor.resources {
            var value = resource.json
            // What an expression asks for most may be missing, and then is empty.
            if value["labels"] ?? .null == .null { value["labels"] = [] }
            if value["extraIdentity"] ?? .null == .null { value["extraIdentity"] = [:] }
            if try filter.keeps(value, named: "\(resource.identity)") {
                kept.append(resource)
            } else {
                removed.append(resource.json)
            }
        }
        descriptor.resources = kept
        if !removed.isEmpty { descriptor.signatures = [] }
        return ["descriptor": descriptor.json, "removed": .array(removed)]
    }

    private static let resourceSchema: JSON = [
        "type": "object",
        "properties": [
            "name": .textSchema, "version": .textSchema, "type": .textSchema, "relation": .textSchema,
            "extraIdentity": ["type": "object", "additionalProperties": .textSchema],
            "labels": .listSchema(
                of: .objectSchema([
                    .required("name", .textSchema, ""), .required("value", .anyValueSchema, ""),
                    .optional("version", .textSchema, ""), .optional("signing", .booleanSchema, ""),
                    .optional("merge", .objectSchema, ""),
                ])),
            "access": .objectSchema, "digest": .objectSchema, "srcRefs": .listSchema(of: .objectSchema),
            "creationTime": .textSchema, "size": .integerSchema,
        ],
    ]
}
