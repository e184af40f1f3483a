// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import Kubernetes

extension TypeTable {
    /// Where schemas refer to one another.
    public static let schemaPrefix = "#/components/schemas/"

    /// The OpenAPI v3 schema of a type, with the extensions of Kubernetes; nil for a name that is not known.
    ///
    /// Simple types with a name of their own (`…resource.Quantity`, `…meta.v1.Time`) are known too, so that every
    /// reference leads to a schema.
    public func schema(named name: String) -> JSON? {
        if let type = type(named: name) { return objectSchema(type) }
        return NamedScalar.all.first { $0.name == name }?.schema
    }

    /// The schemas of types and of all that these refer to, by name: `components.schemas` of an OpenAPI document.
    public func schemas(closing roots: [String]) -> JSONObject {
        var found: Set<String> = []
        var waiting = roots
        while let name = waiting.popLast() {
            guard found.insert(name).inserted, let type = type(named: name) else { continue }
            waiting.append(contentsOf: jsonFields(of: type).compactMap { Self.reference($0.type) })
        }
        var schemas = JSONObject()
        for name in found.sorted() { schemas[name] = schema(named: name) }
        return schemas
    }

    private func objectSchema(_ type: ObjectType) -> JSON {
        var schema: JSONObject = [:]
        if let summary = type.summary { schema["description"] = .string(summary) }
        // What stands for one of several forms has no type, as in Kubernetes.
        guard !type.isUnion else { return .object(schema) }
        schema["type"] = "object"
        let fields = jsonFields(of: type)
        let required = fields.filter { $0.presence == .required }.map { JSON.string($0.name) }
        if !required.isEmpty { schema["required"] = .array(required) }
        var properties = JSONObject()
        if type.kind != nil {
            properties["apiVersion"] = [
                "description": "Group and version of the object: apps/v1; v1 for the core group.", "type": "string",
            ]
            properties["kind"] = ["description": "What kind of object it is.", "type": "string"]
        }
        for field in fields { properties[field.name] = fieldSchema(field) }
        if !properties.isEmpty { schema["properties"] = .object(properties) }
        if type.isAtomic { schema["x-kubernetes-map-type"] = "atomic" }
        if let kind = type.kind {
            schema["x-kubernetes-group-version-kind"] = [
                ["group": .string(kind.group), "kind": .string(kind.kind), "version": .string(kind.version)]
            ]
        }
        return .object(schema)
    }

    private func fieldSchema(_ field: ObjectField) -> JSON {
        var schema = JSONObject()
        if let summary = field.summary { schema["description"] = .string(summary) }
        if let value = field.defaultValue { schema["default"] = value }
        switch (field.topology, field.type) {
        case (.atomic?, .list): schema["x-kubernetes-list-type"] = "atomic"
        case (.set?, _): schema["x-kubernetes-list-type"] = "set"
        case (.map(let keys)?, _):
            schema["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
            schema["x-kubernetes-list-type"] = "map"
        case (.atomic?, _): schema["x-kubernetes-map-type"] = "atomic"
        case (.granular?, _): schema["x-kubernetes-map-type"] = "granular"
        case (nil, _): break
        }
        if let key = field.patchMergeKey { schema["x-kubernetes-patch-merge-key"] = .string(key) }
        if let strategy = field.patchStrategy { schema["x-kubernetes-patch-strategy"] = .string(strategy) }
        return Self.valueSchema(field.type, beside: schema)
    }

    /// The schema of a value, after members that say more of the field.
    private static func valueSchema(_ type: FieldType, beside members: JSONObject = JSONObject()) -> JSON {
        var schema = members
        if let name = reference(direct: type) {
            let reference: JSON = ["$ref": .string(schemaPrefix + name)]
            // Beside a reference nothing may stand.
            guard !members.isEmpty else { return reference }
            schema["allOf"] = [reference]
            return .object(schema)
        }
        switch type {
        case .object: break
        case .list(let item):
            schema["type"] = "array"
            schema["items"] = valueSchema(item)
        case .map(let value):
            schema["type"] = "object"
            schema["additionalProperties"] = valueSchema(value)
        case .enumeration(let values):
            schema["type"] = "string"
            schema["enum"] = .array(values.map { .string($0) })
        case .scalar(let scalar):
            for (key, value) in scalar.schema { schema[key] = value }
        }
        return .object(schema)
    }

    /// The name that a field's schema refers to, through lists and maps.
    private static func reference(_ type: FieldType) -> String? {
        switch type {
        case .list(let inner), .map(let inner): reference(inner)
        default: reference(direct: type)
        }
    }

    private static func reference(direct type: FieldType) -> String? {
        switch type {
        case .object(let name): name
        case .scalar(let scalar): NamedScalar.all.first { $0.type == scalar }?.name
        default: nil
        }
    }
}
