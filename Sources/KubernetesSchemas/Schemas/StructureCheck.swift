// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Whether a schema is structural: each value's type is said in one place, and conditions say nothing of types.
struct StructureCheck {
    private enum Level {
        case root, item, field

        var missingType: String {
            switch self {
            case .root: "must not be empty at the root"
            case .item: "must not be empty for specified array items"
            case .field: "must not be empty for specified object fields"
            }
        }
    }

    private(set) var errors: [FieldError] = []

    /// What is wrong with the structure of a schema, in the order of the texts.
    static func errors(of root: SchemaNode, at path: FieldPath) -> [FieldError] {
        var check = StructureCheck()
        check.check(root, .root, path)
        check.checkComplete(root, path)
        return check.errors.sorted { $0.description < $1.description }
    }

    private mutating func check(_ node: SchemaNode, _ level: Level, _ path: FieldPath) {
        if node.type == "array", node.items == nil {
            errors.append(.required(path.child("items"), "must be specified"))
        }
        if let items = node.items { check(items, .item, path.child("items")) }
        for name in node.propertyNames {
            if let property = node.properties[name] { check(property, .field, path.child("properties").key(name)) }
        }
        if case .unsaid = node.additional {
        } else {
            let place = path.child("additionalProperties")
            if level == .root { errors.append(.forbidden(place, "must not be used at the root")) }
            if node.isEmbeddedResource {
                errors.append(.forbidden(place, "must not be used if x-kubernetes-embedded-resource is set"))
            }
            if case .values(let values) = node.additional { check(values, .field, place) }
        }
        checkExtensions(node, path)
        checkConditions(
            node, path, skipsAnyOf: node.isIntOrStringByAnyOf,
            skipsFirstAllOf: node.isIntOrStringByAllOf)
        checkType(node, level, path)
        checkMetadata(node, level, path)
        if node.isEmbeddedResource, !node.preservesUnknownFields, node.properties.isEmpty {
            errors.append(
                .required(
                    path.child("properties"),
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
    }

    private mutating func checkType(_ node: SchemaNode, _ level: Level, _ path: FieldPath) {
        let place = path.child("type")
        if node.isEmbeddedResource, node.type != "object" {
            let detail = "must be object if x-kubernetes-embedded-resource is true"
            errors.append(
                node.type.isEmpty ? .required(place, detail) : .invalid(place, .string(node.type), detail))
        } else if node.type.isEmpty, !node.isIntOrString, !node.preservesUnknownFields {
            errors.append(.required(place, level.missingType))
        }
        if level == .root, !node.type.isEmpty, node.type != "object" {
            errors.append(.invalid(place, .string(node.type), "must be object at the root"))
        }
    }

    private mutating func checkMetadata(_ node: SchemaNode, _ level: Level, _ path: FieldPath) {
        let isResource = level == .root || node.isEmbeddedResource
        for name in ["kind", "apiVersion"] where isResource {
            guard let property = node.properties[name], property.type != "string" else { continue }
            let place = path.child("properties").key(name).child("type")
            errors.append(.invalid(place, .string(property.type), "must be string"))
        }
        guard let metadata = node.properties["metadata"] else { return }
        let place = path.child("properties").key("metadata")
        if isResource, metadata.type != "object" {
            errors.append(.invalid(place.child("type"), .string(metadata.type), "must be object"))
        }
        if level == .root, !metadata.restrictsNamesOnly {
            errors.append(
                .forbidden(
                    place,
                    "must not specify anything other than name and generateName, but metadata is implicitly specified"))
        }
    }

    private mutating func checkExtensions(_ node: SchemaNode, _ path: FieldPath) {
        guard node.isIntOrString else { return }
        for (name, isSet) in [
            ("x-kubernetes-preserve-unknown-fields", node.preservesUnknownFields),
            ("x-kubernetes-embedded-resource", node.isEmbeddedResource),
        ] where isSet {
            errors.append(
                .invalid(path.child(name), true, "must be false if x-kubernetes-int-or-string is true"))
        }
    }

    private mutating func checkConditions(
        _ node: SchemaNode, _ path: FieldPath, skipsAnyOf: Bool, skipsFirstAllOf: Bool
    ) {
        if !skipsAnyOf {
            for (index, part) in node.anyOf.enumerated() { checkPart(part, path.child("anyOf").index(index)) }
        }
        for (index, part) in node.allOf.enumerated() {
            checkPart(part, path.child("allOf").index(index), skipsAnyOf: skipsFirstAllOf && index == 0)
        }
        for (index, part) in node.oneOf.enumerated() { checkPart(part, path.child("oneOf").index(index)) }
        if let not = node.not { checkPart(not, path.child("not")) }
        if let problem = node.patternProblem, let pattern = node.source["pattern"] {
            errors.append(
                .invalid(
                    path.child("pattern"), pattern, "must be a valid regular expression, but isn't: \(problem)"))
        }
    }

    /// A schema within `anyOf` and the like, which may only add conditions.
    private mutating func checkPart(_ node: SchemaNode, _ path: FieldPath, skipsAnyOf: Bool = false) {
        checkConditions(node, path, skipsAnyOf: skipsAnyOf, skipsFirstAllOf: false)
        if let items = node.items { checkPart(items, path.child("items")) }
        for name in node.propertyNames {
            if let property = node.properties[name] { checkPart(property, path.child("properties").key(name)) }
        }
        if case .unsaid = node.additional {
        } else {
            errors.append(.forbidden(path.child("additionalProperties"), "must be undefined to be structural"))
        }
        for (name, isSet, detail) in node.typing where isSet {
            errors.append(.forbidden(path.child(name), "must be \(detail) to be structural"))
        }
        if node.properties["metadata"] != nil {
            errors.append(
                .forbidden(
                    path.child("properties").key("metadata"), "must not be specified in a nested context"))
        }
    }

    /// Every field that a condition at the root names has a schema outside of conditions; Kubernetes looks no deeper.
    private mutating func checkComplete(_ node: SchemaNode, _ path: FieldPath) {
        for (name, parts) in [("anyOf", node.anyOf), ("allOf", node.allOf), ("oneOf", node.oneOf)] {
            for (index, part) in parts.enumerated() { checkNamed(part, node, path.child(name).index(index), path) }
        }
        if let not = node.not { checkNamed(not, node, path.child("not"), path) }
    }

    private mutating func checkNamed(
        _ part: SchemaNode, _ node: SchemaNode, _ partPath: FieldPath, _ path: FieldPath
    ) {
        if let items = part.items {
            if let known = node.items {
                checkNamed(items, known, partPath.child("items"), path.child("items"))
            } else {
                errors.append(
                    .required(path.child("items"), "because it is defined in \(partPath.child("items").text)"))
            }
        }
        for name in part.propertyNames {
            guard let property = part.properties[name] else { continue }
            let (place, origin) = (path.child("properties").key(name), partPath.child("properties").key(name))
            if let known = node.properties[name] {
                checkNamed(property, known, origin, place)
            } else {
                errors.append(.required(place, "because it is defined in \(origin.text)"))
            }
        }
        for (name, parts) in [("anyOf", part.anyOf), ("allOf", part.allOf), ("oneOf", part.oneOf)] {
            for (index, inner) in parts.enumerated() {
                checkNamed(inner, node, partPath.child(name).index(index), path)
            }
        }
        if let not = part.not { checkNamed(not, node, partPath.child("not"), path) }
    }
}

extension SchemaNode {
    /// Whether the two types of `x-kubernetes-int-or-string` are spelled out, as tools do it.
    var isIntOrStringByAnyOf: Bool { anyOf.spellsIntOrString }
    /// The same within the first part of `allOf`.
    var isIntOrStringByAllOf: Bool { allOf.first?.anyOf.spellsIntOrString == true }

    /// Whether nothing is said of metadata but of names.
    fileprivate var restrictsNamesOnly: Bool {
        let silent: Set = ["type", "properties", "default"]
        return source.allSatisfy { silent.contains($0.key) || $0.value.isSilent }
            && Set(propertyNames).isSubset(of: ["name", "generateName"])
    }

    /// What a condition must not say: where, whether it does, and what it has to be.
    fileprivate var typing: [(String, Bool, String)] {
        [
            ("type", !type.isEmpty, "empty"), ("default", defaultValue != nil, "undefined"),
            ("title", source["title"]?.isSilent == false, "empty"),
            ("description", source["description"]?.isSilent == false, "empty"),
            ("nullable", isNullable, "false"),
            ("x-kubernetes-preserve-unknown-fields", preservesUnknownFields, "false"),
            ("x-kubernetes-embedded-resource", isEmbeddedResource, "false"),
            ("x-kubernetes-int-or-string", isIntOrString, "false"),
            ("x-kubernetes-list-map-keys", !listMapKeys.isEmpty, "empty"),
            ("x-kubernetes-list-type", listType != nil, "undefined"),
            ("x-kubernetes-map-type", mapType != nil, "undefined"),
            ("x-kubernetes-validations", !rules.isEmpty, "empty"),
        ]
    }
}

extension [SchemaNode] {
    fileprivate var spellsIntOrString: Bool {
        count == 2 && self[0].source == ["type": "integer"] && self[1].source == ["type": "string"]
    }
}

extension JSON {
    /// Whether a keyword with this value says nothing.
    var isSilent: Bool {
        switch self {
        case .null, .bool(false): true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
