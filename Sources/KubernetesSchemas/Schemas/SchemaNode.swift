// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import RegularExpressions

/// One schema of a tree: what a value at one place of an object may be. Immutable; patterns are compiled.
public final class SchemaNode: Sendable {
    /// What a schema says about fields that it does not name.
    public enum Additional: Sendable {
        /// Nothing.
        case unsaid
        /// `additionalProperties: true` or `false`.
        case allowed(Bool)
        /// They are the values of a map.
        case values(SchemaNode)
    }

    /// Bounds of a number.
    struct NumberBounds: Sendable {
        var minimum: Double?
        var maximum: Double?
        var isExclusiveMinimum = false
        var isExclusiveMaximum = false
        var multipleOf: Double?
    }

    /// Bounds of a text.
    struct TextBounds: Sendable {
        var minimum: Int?
        var maximum: Int?
        var pattern: RegularExpression?
    }

    /// Bounds of a count.
    struct CountBounds: Sendable {
        var minimum: Int?
        var maximum: Int?
    }

    /// The schema as it was written.
    public let source: JSONObject
    /// `object`, `array`, `string`, `integer`, `number`, `boolean`; empty when nothing is said.
    public let type: String
    /// The format as it was written; empty when there is none.
    public let format: String
    /// The format, when values are checked against it.
    let checkedFormat: ValueFormat?
    /// Whether null is a value.
    public let isNullable: Bool
    /// What is there when nothing is given.
    public let defaultValue: JSON?
    /// `x-kubernetes-int-or-string`.
    public let isIntOrString: Bool
    /// `x-kubernetes-preserve-unknown-fields`.
    public let preservesUnknownFields: Bool
    /// `x-kubernetes-embedded-resource`.
    public let isEmbeddedResource: Bool
    /// `x-kubernetes-list-type`: `atomic`, `set` or `map`.
    public let listType: String?
    /// `x-kubernetes-list-map-keys`.
    public let listMapKeys: [String]
    /// `x-kubernetes-map-type`: `atomic` or `granular`.
    public let mapType: String?
    /// The schemas of the fields that have one.
    public let properties: [String: SchemaNode]
    /// Their names in the order in which they were written.
    public let propertyNames: [String]
    /// The fields that must be there.
    public let required: [String]
    /// What is said of all other fields.
    public let additional: Additional
    /// The schema of a list's elements.
    public let items: SchemaNode?
    let allOf: [SchemaNode]
    let anyOf: [SchemaNode]
    let oneOf: [SchemaNode]
    let not: SchemaNode?
    let choices: [JSON]
    let number: NumberBounds?
    let text: TextBounds?
    let itemCount: CountBounds
    let propertyCount: CountBounds
    let rules: [ValidationRule]
    /// What the pattern is refused for.
    let patternProblem: String?

    /// Whether this or a schema below has a default.
    let hasDefaults: Bool
    /// How many values the default holds.
    let defaultSize: Int
    /// The properties that have a default, in their order.
    let defaultedProperties: [(name: String, schema: SchemaNode)]
    /// Whether this or a schema below is of list type set or map.
    let hasListTypes: Bool
    /// Whether this or a schema below is an embedded resource.
    let hasEmbeddedResources: Bool
    /// Whether this or a schema below has rules.
    let hasRules: Bool

    /// Reads a schema; what is of the wrong type is added to the problems of the reading.
    init(_ source: JSONObject, _ reading: inout SchemaReading) throws(SchemaLimitReached) {
        try reading.enter()
        self.source = source
        type = reading.text(source, "type") ?? ""
        format = reading.text(source, "format") ?? ""
        isNullable = reading.flag(source, "nullable")
        isIntOrString = reading.flag(source, "x-kubernetes-int-or-string")
        checkedFormat = ValueFormat(format, type: isIntOrString ? "" : type)
        preservesUnknownFields = reading.flag(source, "x-kubernetes-preserve-unknown-fields")
        isEmbeddedResource = reading.flag(source, "x-kubernetes-embedded-resource")
        listType = reading.text(source, "x-kubernetes-list-type")
        listMapKeys = reading.mapKeys(source)
        mapType = reading.text(source, "x-kubernetes-map-type")
        required = reading.texts(source, "required")
        let given = source["default"] ?? .null
        defaultValue = given == .null ? JSON?.none : given
        choices = reading.values(source, "enum")
        itemCount = CountBounds(minimum: reading.int(source, "minItems"), maximum: reading.int(source, "maxItems"))
        propertyCount = CountBounds(
            minimum: reading.int(source, "minProperties"), maximum: reading.int(source, "maxProperties"))
        number = reading.numberBounds(source)
        (text, patternProblem) = try reading.textBounds(source)
        rules = reading.rules(source)

        var properties: [String: SchemaNode] = [:], names: [String] = []
        for (name, schema) in reading.object(source, "properties") {
            guard let node = try reading.node(schema, at: [.word("properties"), .key(name)]) else { continue }
            properties[name] = node
            names.append(name)
        }
        (self.properties, propertyNames) = (properties, names)
        switch source["additionalProperties"] {
        case nil, .null?: additional = .unsaid
        case .bool(let value)?: additional = .allowed(value)
        case let schema?:
            additional = try reading.node(schema, at: [.word("additionalProperties")]).map { .values($0) } ?? .unsaid
        }
        items = try reading.node(source["items"], at: [.word("items")])
        not = try reading.node(source["not"], at: [.word("not")])
        allOf = try reading.nodes(source, "allOf")
        anyOf = try reading.nodes(source, "anyOf")
        oneOf = try reading.nodes(source, "oneOf")
        var below = Array(properties.values)
        if let items { below.append(items) }
        if case .values(let node) = additional { below.append(node) }
        defaultSize = defaultValue?.valueCount ?? 0
        defaultedProperties = names.compactMap { name in
            properties[name].flatMap { $0.defaultValue == nil ? nil : (name, $0) }
        }
        hasDefaults = defaultValue != nil || below.contains { $0.hasDefaults }
        hasListTypes = listType == "set" || listType == "map" || below.contains { $0.hasListTypes }
        hasEmbeddedResources = isEmbeddedResource || below.contains { $0.hasEmbeddedResources }
        hasRules = !rules.isEmpty || below.contains { $0.hasRules }
        reading.leave()
    }

    /// The schema of a field, named or not.
    func schema(of field: String) -> SchemaNode? {
        if let known = properties[field] { return known }
        if case .values(let node) = additional { return node }
        return nil
    }
}

extension JSON {
    /// How many values there are in it, itself among them.
    fileprivate var valueCount: Int {
        switch self {
        case .array(let items): items.reduce(1) { $0 + $1.valueCount }
        case .object(let object): object.reduce(1) { $0 + $1.value.valueCount }
        default: 1
        }
    }
}
