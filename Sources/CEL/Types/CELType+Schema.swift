// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// How much of a foreign schema is accepted.
public struct SchemaLimits: Sendable {
    /// The most schemas that are read; one that is referred to counts each time.
    public var nodes = 100_000
    /// How deep they may be nested, with what they refer to.
    public var depth = 96

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = SchemaLimits()
}

extension CELType {
    /// The type of what a schema of OpenAPI 3 or JSON Schema describes, as Kubernetes and kro see it.
    ///
    /// - An object with properties is an object type whose name is the path to it; the elements of its lists are named
    ///   `.@idx`, the values of its maps `.@elem`. Other fields are errors, unless `additionalProperties` or
    ///   `x-kubernetes-preserve-unknown-fields` allow them.
    /// - An object of which no property is known is a map of strings to what `additionalProperties` say.
    /// - Strings of the formats `byte`, `duration`, `date` and `date-time` are bytes, durations and timestamps.
    /// - What is `nullable` may be null; a list or map that may be null is dyn.
    /// - `x-kubernetes-int-or-string`, several types, a reference to another document, and one that leads back to
    ///   itself are dyn.
    /// - `oneOf` and `anyOf` without a `type` are the type of all their parts: an object with the fields of all where
    ///   all are objects, else dyn where they differ; `allOf` alike, without parts that only add conditions. Next to a
    ///   `type` they only add fields. A `const` or `enum` without a `type` is what its values are.
    ///
    /// - Parameters:
    ///   - schema: the schema; `true` and `false` are schemas too, and say nothing.
    ///   - name: what errors and `type(x)` call the type: `schema`.
    ///   - root: the document that references point into, when the schema is a part of one.
    ///   - limits: how much of the schema is accepted.
    /// - Throws: for a reference into the schema that leads nowhere, and when the limits are exceeded.
    public init(
        schema: JSON, name: String, root: JSON? = nil, limits: SchemaLimits = .standard
    ) throws(Fault) {
        var reader = SchemaReader(root: root ?? schema, limits: limits)
        self = try reader.type(of: schema, name: name)
    }

    /// The schema that values of this type follow, for Kubernetes: what kro gives the status of a new resource.
    ///
    /// Integers of both kinds are `integer`; what may be anything keeps unknown fields.
    public var schema: JSON {
        switch self {
        case .bool: ["type": "boolean"]
        case .int, .uint: ["type": "integer"]
        case .double: ["type": "number"]
        case .string: ["type": "string"]
        case .bytes: ["type": "string", "format": "byte"]
        case .timestamp: ["type": "string", "format": "date-time"]
        case .duration: ["type": "string", "format": "duration"]
        case .list(let element): ["type": "array", "items": element.schema]
        case .map(_, let value): ["type": "object", "additionalProperties": value.schema]
        case .optional(let type): type.schema
        case .nullable(let type): type.schema.nullable
        case .object(let object): object.schema
        case .dyn, .null, .type, .opaque, .parameter, .unknown: ["x-kubernetes-preserve-unknown-fields": true]
        }
    }
}

extension ObjectType {
    fileprivate var schema: JSON {
        let sorted = fields.sorted { $0.key.precedesByScalars($1.key) }
        var schema: JSONObject = ["type": "object", "properties": .object(JSONObject(sorted.map { ($0, $1.schema) }))]
        if !required.isEmpty {
            schema["required"] = .array(required.sorted { $0.precedesByScalars($1) }.map { .string($0) })
        }
        if allowsOtherFields { schema["x-kubernetes-preserve-unknown-fields"] = true }
        return .object(schema)
    }
}

extension JSON {
    fileprivate var nullable: JSON {
        var copy = self
        copy["nullable"] = true
        return copy
    }
}
