// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Reads types from a schema of OpenAPI 3 or JSON Schema, as Kubernetes and kro do.
struct SchemaReader {
    /// Where references point into.
    let root: JSON
    let limits: SchemaLimits
    private var count = 0
    private var depth = 0
    /// The references that are being followed; one that leads back to itself is anything.
    private var open: Set<String> = []

    init(root: JSON, limits: SchemaLimits) { (self.root, self.limits) = (root, limits) }

    mutating func type(of schema: JSON, name: String) throws(Fault) -> CELType {
        // `true` and `false` are schemas too, and say nothing of what is there.
        guard case .object = schema else { return .dyn }
        (count, depth) = (count + 1, depth + 1)
        defer { depth -= 1 }
        guard count <= limits.nodes, depth <= limits.depth else {
            throw Fault(
                .limitExceeded,
                "the schema “\(name.prefix(80))” holds more than \(limits.nodes) parts or \(limits.depth) levels")
        }
        if schema.isMarked("x-kubernetes-int-or-string") || schema["format"]?.string == "int-or-string" { return .dyn }
        let found = try self.found(schema, name)
        return schema.allowsNull ? found.orNull : found
    }

    private mutating func found(_ schema: JSON, _ name: String) throws(Fault) -> CELType {
        if let reference = schema["$ref"]?.string { return try target(of: reference, name) }
        switch schema.typeName {
        case .one("object"): return try object(schema, name)
        case .one("array"): return .list(try type(of: schema["items"] ?? true, name: name + ".@idx"))
        case .one("boolean"): return .bool
        case .one("integer"): return .int
        case .one("number"): return .double
        case .one("null"): return .null
        case .one("string"): return schema.textType
        case .one, .several: return .dyn
        case .missing: return try untyped(schema, name)
        }
    }

    /// A schema that does not say what it is.
    private mutating func untyped(_ schema: JSON, _ name: String) throws(Fault) -> CELType {
        if schema["properties"]?.object != nil || schema["additionalProperties"]?.object != nil {
            return try object(schema, name)
        }
        if schema["items"]?.object != nil { return .list(try type(of: schema["items"]!, name: name + ".@idx")) }
        if let all = schema["allOf"]?.array {
            // Most of these only add conditions, and the type is in one of them.
            return CELType(mergedFrom: try types(of: all, name).filter { $0 != .dyn })
        }
        if let any = schema["oneOf"]?.array ?? schema["anyOf"]?.array {
            return CELType(mergedFrom: try types(of: any, name))
        }
        let examples = schema["const"].map { [$0] } ?? schema["enum"]?.array ?? []
        return CELType(inferredFrom: examples, name: name)
    }

    private mutating func types(of schemas: [JSON], _ name: String) throws(Fault) -> [CELType] {
        var types: [CELType] = []
        for schema in schemas { types.append(try type(of: schema, name: name)) }
        return types
    }

    private mutating func object(_ schema: JSON, _ name: String) throws(Fault) -> CELType {
        var fields: [String: CELType] = [:]
        for (key, value) in schema["properties"]?.object ?? [:] {
            fields[key] = try type(of: value, name: "\(name).\(key)")
        }
        if schema.isMarked("x-kubernetes-embedded-resource") {
            fields.merge(Self.resourceFields(name)) { known, _ in known }
        }
        for (key, types) in try fieldsOfParts(schema, name) where fields[key] == nil {
            fields[key] = CELType(mergedFrom: types)
        }
        let rest = schema["additionalProperties"]
        let isOpen =
            schema.isMarked("x-kubernetes-preserve-unknown-fields") || rest?.object != nil || rest?.bool == true
            || schema["patternProperties"] != nil
        if fields.isEmpty, rest?.bool != false {
            return .map(.string, try type(of: rest ?? true, name: name + ".@elem"))
        }
        let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        return .object(ObjectType(name: name, fields: fields, allowsOtherFields: isOpen, required: required))
    }

    /// The fields that parts of a schema name, each with its type in each part.
    private mutating func fieldsOfParts(_ schema: JSON, _ name: String) throws(Fault) -> [String: [CELType]] {
        var found: [String: [CELType]] = [:]
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for part in schema[keyword]?.array ?? [] where part.mayHoldFields {
                guard case .object(let object) = try type(of: part, name: name) else { continue }
                for (key, type) in object.fields { found[key, default: []].append(type) }
            }
        }
        return found
    }

    /// What every resource has, also when its schema does not say so.
    private static func resourceFields(_ name: String) -> [String: CELType] {
        let metadata = ObjectType(
            name: name + ".metadata", fields: ["name": .string, "generateName": .string], allowsOtherFields: true)
        return ["apiVersion": .string, "kind": .string, "metadata": .object(metadata)]
    }

    private mutating func target(of reference: String, _ name: String) throws(Fault) -> CELType {
        guard reference == "#" || reference.hasPrefix("#/"), !open.contains(reference) else { return .dyn }
        guard let schema = root.value(at: reference.dropFirst()) else {
            throw Fault(
                .invalid, "the schema refers to “\(reference.prefix(120))”, which is not in it",
                fix: "give the whole document that the schema is a part of")
        }
        open.insert(reference)
        defer { open.remove(reference) }
        return try type(of: schema, name: name)
    }
}

extension JSON {
    fileprivate enum TypeName {
        case missing, several
        case one(String)
    }

    fileprivate var typeName: TypeName {
        switch self["type"] {
        case .string(let name)?: return .one(name)
        case .array(let names)?:
            let others = names.compactMap(\.string).filter { $0 != "null" }
            return others.count > 1 ? .several : .one(others.first ?? "null")
        default: return .missing
        }
    }

    fileprivate func isMarked(_ key: String) -> Bool { self[key]?.bool == true }

    fileprivate var allowsNull: Bool {
        isMarked("nullable") || self["type"]?.array?.contains("null") == true
    }

    fileprivate var textType: CELType {
        switch self["format"]?.string {
        case "byte": .bytes
        case "duration": .duration
        case "date", "date-time": .timestamp
        default: .string
        }
    }

    /// Whether a part of `oneOf` and the like can name fields; in Kubernetes it never does.
    fileprivate var mayHoldFields: Bool { self["properties"] != nil || self["$ref"] != nil || self["allOf"] != nil }

    /// What a pointer in a fragment leads to.
    fileprivate func value(at fragment: Substring) -> JSON? {
        var value = self
        for part in fragment.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let key = part.pointerKey
            guard let next = value[key] ?? Int(key).flatMap({ value[$0] }) else { return nil }
            value = next
        }
        return value
    }
}

extension Substring {
    /// The key that a part of a pointer stands for in a fragment: RFC 6901, section 6.
    fileprivate var pointerKey: String {
        var bytes: [UInt8] = [], rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(decoded)
                rest.removeFirst(2)
            } else if byte == UInt8(ascii: "~"), let code = rest.popFirst() {
                bytes.append(code == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
