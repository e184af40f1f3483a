// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import RegularExpressions

/// How much of a foreign schema is accepted.
public struct SchemaSizeLimits: Sendable {
    /// The most schemas within a schema.
    public var nodes = 50_000
    /// How deep they may be nested.
    public var depth = 96
    /// How large the programs of all patterns may be together, in instructions.
    public var patterns = 1_000_000
    /// The most validation rules.
    public var rules = 5_000
    /// The most keys of a list of type map.
    public var mapKeys = 32

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = SchemaSizeLimits()
}

/// A limit that a schema goes beyond; the detail of the error.
struct SchemaLimitReached: Error { let detail: String }

/// What is known while a schema is read.
struct SchemaReading {
    enum Step {
        case word(String), key(String), index(Int)
    }

    let limits: SchemaSizeLimits
    private(set) var problems: [FieldError] = []
    private var path: FieldPath
    private var (nodeCount, depth, patternSize, ruleCount) = (0, 0, 0, 0)

    init(path: FieldPath, limits: SchemaSizeLimits) { (self.path, self.limits) = (path, limits) }

    mutating func enter() throws(SchemaLimitReached) {
        (nodeCount, depth) = (nodeCount + 1, depth + 1)
        guard nodeCount <= limits.nodes else {
            throw SchemaLimitReached(detail: "the schema holds more than \(limits.nodes) schemas")
        }
        guard depth <= limits.depth else {
            throw SchemaLimitReached(detail: "the schema is nested deeper than \(limits.depth) levels")
        }
    }

    mutating func leave() { depth -= 1 }

    mutating func node(_ json: JSON?, at steps: [Step]) throws(SchemaLimitReached) -> SchemaNode? {
        let parent = path
        defer { path = parent }
        for step in steps {
            switch step {
            case .word(let word): path = path.child(word)
            case .key(let key): path = path.key(key)
            case .index(let index): path = path.index(index)
            }
        }
        switch json {
        case nil, .null?: return nil
        case .object(let object)?: return try SchemaNode(object, &self)
        // What is no schema at all is said where all other rules are.
        case .array?: return nil
        case let other?:
            mismatch(other, "object")
            return nil
        }
    }

    mutating func nodes(_ source: JSONObject, _ name: String) throws(SchemaLimitReached) -> [SchemaNode] {
        var nodes: [SchemaNode] = []
        for (index, schema) in values(source, name).enumerated() {
            if let node = try node(schema, at: [.word(name), .index(index)]) { nodes.append(node) }
        }
        return nodes
    }

    private mutating func mismatch(_ value: JSON, _ wanted: String) {
        problems.append(FieldError(.typeInvalid, path.text, value: value, "must be of type \(wanted)"))
    }

    /// A member, unless it is missing or null.
    private func member(_ source: JSONObject, _ name: String) -> JSON? {
        let value = source[name]
        return value == .null ? nil : value
    }

    private mutating func refuse(_ name: String, _ value: JSON, _ wanted: String) {
        problems.append(FieldError(.typeInvalid, path.child(name).text, value: value, "must be of type \(wanted)"))
    }

    mutating func text(_ source: JSONObject, _ name: String) -> String? {
        guard let value = member(source, name) else { return nil }
        if let text = value.string { return text }
        refuse(name, value, "string")
        return nil
    }

    mutating func flag(_ source: JSONObject, _ name: String) -> Bool {
        guard let value = member(source, name) else { return false }
        if let flag = value.bool { return flag }
        refuse(name, value, "boolean")
        return false
    }

    mutating func int(_ source: JSONObject, _ name: String) -> Int? {
        guard let value = member(source, name) else { return nil }
        if let int = value.int { return Int(int) }
        refuse(name, value, "integer")
        return nil
    }

    private mutating func double(_ source: JSONObject, _ name: String) -> Double? {
        guard let value = member(source, name) else { return nil }
        if let double = value.double, double.isFinite { return double }
        refuse(name, value, "number")
        return nil
    }

    mutating func values(_ source: JSONObject, _ name: String) -> [JSON] {
        guard let value = member(source, name) else { return [] }
        if let values = value.array { return values }
        refuse(name, value, "array")
        return []
    }

    mutating func object(_ source: JSONObject, _ name: String) -> JSONObject {
        guard let value = member(source, name) else { return [:] }
        if let object = value.object { return object }
        refuse(name, value, "object")
        return [:]
    }

    mutating func texts(_ source: JSONObject, _ name: String) -> [String] {
        let values = values(source, name)
        let texts = values.compactMap(\.string)
        if texts.count < values.count { refuse(name, .array(values), "array of strings") }
        return texts
    }

    mutating func mapKeys(_ source: JSONObject) -> [String] {
        let keys = texts(source, "x-kubernetes-list-map-keys")
        guard keys.count > limits.mapKeys else { return keys }
        let place = path.child("x-kubernetes-list-map-keys")
        problems.append(.forbidden(place, "there are more than \(limits.mapKeys) keys"))
        return []
    }

    mutating func numberBounds(_ source: JSONObject) -> SchemaNode.NumberBounds? {
        var bounds = SchemaNode.NumberBounds()
        bounds.minimum = double(source, "minimum")
        bounds.maximum = double(source, "maximum")
        bounds.isExclusiveMinimum = flag(source, "exclusiveMinimum")
        bounds.isExclusiveMaximum = flag(source, "exclusiveMaximum")
        bounds.multipleOf = double(source, "multipleOf")
        return bounds.minimum == nil && bounds.maximum == nil && bounds.multipleOf == nil ? nil : bounds
    }

    mutating func textBounds(
        _ source: JSONObject
    ) throws(SchemaLimitReached) -> (bounds: SchemaNode.TextBounds?, problem: String?) {
        var bounds = SchemaNode.TextBounds()
        bounds.minimum = int(source, "minLength")
        bounds.maximum = int(source, "maxLength")
        guard let pattern = text(source, "pattern"), !pattern.isEmpty else {
            return (bounds.minimum == nil && bounds.maximum == nil ? nil : bounds, nil)
        }
        do {
            let expression = try RegularExpression(pattern)
            patternSize += expression.instructionCount
            bounds.pattern = expression
        } catch { return (bounds, error.description) }
        guard patternSize <= limits.patterns else {
            throw SchemaLimitReached(
                detail: "the patterns of the schema need more than \(limits.patterns) instructions")
        }
        return (bounds, nil)
    }

    mutating func rules(_ source: JSONObject) -> [ValidationRule] {
        var rules: [ValidationRule] = []
        for value in values(source, "x-kubernetes-validations") {
            guard case .object(let object) = value else {
                refuse("x-kubernetes-validations", value, "object")
                continue
            }
            ruleCount += 1
            rules.append(ValidationRule(object, &self))
        }
        if ruleCount > limits.rules {
            problems.append(
                .forbidden(path.child("x-kubernetes-validations"), "there are more than \(limits.rules) rules"))
        }
        return ruleCount > limits.rules ? [] : rules
    }
}
