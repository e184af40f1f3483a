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
    ///   itself are dyn. `oneOf` and `anyOf` are what their parts have in common; next to a `type` they only add fields.
    ///
    /// - Parameters:
    ///   - name: what errors call it: `schema`.
    ///   - root: the document that references point into, when the schema is a part of one.
    /// - Throws: for a reference into the schema that leads nowhere, and when the limits are exceeded.
    public init(
        schema: JSON, name: String, root: JSON? = nil, limits: SchemaLimits = .standard
    ) throws(Fault) {
        var reader = SchemaReader(root: root ?? schema, limits: limits)
        self = try reader.type(of: schema, name: name)
    }

    /// The type of a sample document: its objects have the fields that are there and no others, the elements of a list
    /// the fields of all of them. What is null, empty or of several types is left open.
    public init(inferredFrom sample: JSON, name: String) { self.init(sample, name, depth: 0) }

    private init(_ sample: JSON, _ name: String, depth: Int) {
        switch sample {
        case _ where depth > DocumentLimits.standard.depth: self = .dyn
        case .null: self = .dyn
        case .bool: self = .bool
        case .string: self = .string
        case .number(let number):
            self = number.int64 != nil ? .int : UInt64(number.text) != nil ? .uint : .double
        case .array(let items):
            var element: CELType?
            for item in items {
                let next = CELType(item, name + ".@idx", depth: depth + 1)
                element = element?.merged(with: next) ?? next
            }
            self = .list(element ?? .dyn)
        case .object(let object) where object.isEmpty: self = .map(.string, .dyn)
        case .object(let object):
            var fields: [String: CELType] = [:]
            for (key, value) in object { fields[key] = CELType(value, "\(name).\(key)", depth: depth + 1) }
            self = .object(ObjectType(name: name, fields: fields))
        }
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
        case .nullable(let type): type.schema.with("nullable", true)
        case .object(let object):
            JSON.object(["type": "object", "properties": object.properties]).with(
                "x-kubernetes-preserve-unknown-fields", object.allowsOtherFields ? true : nil)
        case .dyn, .null, .type, .opaque, .parameter, .unknown: ["x-kubernetes-preserve-unknown-fields": true]
        }
    }
}

extension ObjectType {
    fileprivate var properties: JSON {
        .object(JSONObject(fields.sorted { $0.key.precedesByScalars($1.key) }.map { ($0.key, $0.value.schema) }))
    }
}

extension JSON {
    fileprivate func with(_ key: String, _ value: JSON?) -> JSON {
        var copy = self
        if let value { copy[key] = value }
        return copy
    }
}
