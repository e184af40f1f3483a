// SPDX-License-Identifier: Apache-2.0

public import Documents

extension StructuralSchema {
    /// The schema as a component of an OpenAPI 3 document: with the version, kind and metadata that every object has,
    /// descriptions and `x-kubernetes-` extensions kept, integers that may be strings spelled out.
    public func openAPI(group: String, version: String, kind: String) -> JSON {
        var component = Self.rendered(root)
        var properties = component["properties"]?.object ?? [:]
        properties["apiVersion"] = properties["apiVersion"] ?? MetadataComponents.apiVersion
        properties["kind"] = properties["kind"] ?? MetadataComponents.kind
        properties["metadata"] = MetadataComponents.reference("ObjectMeta", "The metadata of the object.")
        component["properties"] = .object(properties)
        component["x-kubernetes-group-version-kind"] = [
            ["group": .string(group), "kind": .string(kind), "version": .string(version)]
        ]
        return component
    }

    private static func rendered(_ node: SchemaNode) -> JSON {
        var schema = node.source
        if !node.properties.isEmpty {
            schema["properties"] = .object(
                JSONObject(node.propertyNames.compactMap { name in node.properties[name].map { (name, rendered($0)) } })
            )
        }
        if let items = node.items { schema["items"] = rendered(items) }
        if case .values(let values) = node.additional { schema["additionalProperties"] = rendered(values) }
        if node.isIntOrString, !node.isIntOrStringByAnyOf, !node.isIntOrStringByAllOf {
            let types: JSON = [["type": "integer"], ["type": "string"]]
            if node.anyOf.isEmpty {
                schema["anyOf"] = types
            } else {
                schema["allOf"] = .array([["anyOf": types]] + (schema["allOf"]?.array ?? []))
            }
        }
        guard node.isEmbeddedResource else { return .object(schema) }
        var properties = schema["properties"]?.object ?? [:]
        properties["apiVersion"] = MetadataComponents.apiVersion
        properties["kind"] = MetadataComponents.kind
        properties["metadata"] = MetadataComponents.reference("ObjectMeta", "The metadata of the object.")
        schema["properties"] = .object(properties)
        let missing = ["kind", "apiVersion"].filter { !node.required.contains($0) }
        schema["required"] = .array((node.required + missing).map { .string($0) })
        return .object(schema)
    }
}
