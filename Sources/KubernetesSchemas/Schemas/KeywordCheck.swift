// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Whether the keywords of a schema are those that Kubernetes supports, and go together.
struct KeywordCheck {
    /// What is known of the place of a schema.
    struct Place {
        /// Why there must be no default; nil when there may be one.
        var forbiddenDefault: String?
        /// Whether this is metadata, or a part of it.
        var isMetadata = false
        /// The list or map above whose elements cannot be told apart in two versions of an object.
        var uncorrelatable: FieldPath?
    }

    private(set) var errors: [FieldError] = []
    /// The first list or map above each schema with rules that `oldSelf` cannot look into.
    private(set) var uncorrelatable: [FieldPath: FieldPath] = [:]

    mutating func check(_ node: SchemaNode, _ path: FieldPath, _ place: Place = Place(), isRoot: Bool = false) {
        checkSupport(node, path, place)
        checkBelow(node, path, place, isRoot)
        if node.source["x-kubernetes-preserve-unknown-fields"] == false {
            errors.append(
                .invalid(path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined"))
        }
        checkMapType(node, path)
        checkListType(node, path)
        checkListMap(node, path)
        checkItems(node, path)
        for (index, rule) in node.rules.enumerated() {
            checkRule(rule, node, path.child("x-kubernetes-validations").index(index))
        }
        if !node.rules.isEmpty { uncorrelatable[path] = place.uncorrelatable }
    }

    private mutating func checkSupport(_ node: SchemaNode, _ path: FieldPath, _ place: Place) {
        if !node.type.isEmpty, !Self.types.contains(node.type) {
            errors.append(.notSupported(path.child("type"), .string(node.type), Self.types))
        }
        if node.defaultValue != nil, let reason = place.forbiddenDefault {
            errors.append(.forbidden(path.child("default"), "must not be set \(reason)"))
        }
        for word in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
            guard let value = node.source[word], value != .null, word != "id" || !value.isSilent else { continue }
            if ["patternProperties", "definitions"].contains(word), value.isSilent { continue }
            errors.append(.forbidden(path.child(word), "\(word) is not supported"))
        }
        if node.type == "null" {
            errors.append(
                .forbidden(path.child("type"), "type cannot be set to null, use nullable as an alternative"))
        }
        if case .array(let items)? = node.source["items"], !items.isEmpty {
            errors.append(.forbidden(path.child("items"), "items must be a schema object and not an array"))
        }
        if place.isMetadata, node.isEmbeddedResource {
            errors.append(
                .forbidden(path.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta"))
        }
        if node.source["uniqueItems"] == true {
            errors.append(
                .forbidden(
                    path.child("uniqueItems"),
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
    }

    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    private mutating func checkBelow(_ node: SchemaNode, _ path: FieldPath, _ place: Place, _ isRoot: Bool) {
        switch node.additional {
        case .unsaid, .allowed(true): break
        case .allowed(false), .values:
            if !node.properties.isEmpty {
                errors.append(
                    .forbidden(
                        path.child("additionalProperties"),
                        "additionalProperties and properties are mutual exclusive"))
            }
        }
        if case .values(let values) = node.additional {
            var below = place
            if place.isMetadata {
                below.forbiddenDefault = "inside additionalProperties applying to object metadata"
            }
            check(values, path.child("additionalProperties"), below)
        }
        for name in node.propertyNames {
            guard let property = node.properties[name] else { continue }
            var below = place
            if (isRoot || node.isEmbeddedResource) && ["metadata", "kind", "apiVersion"].contains(name) {
                below.isMetadata = true
                if isRoot { below.forbiddenDefault = "in top-level \(name)" }
            }
            check(property, path.child("properties").key(name), below)
        }
        for (word, parts) in [("allOf", node.allOf), ("oneOf", node.oneOf), ("anyOf", node.anyOf)] {
            for (index, part) in parts.enumerated() { check(part, path.child(word).index(index), place) }
        }
        if let not = node.not { check(not, path.child("not"), place) }
        if let items = node.items {
            var below = place
            if node.listType != "map", below.uncorrelatable == nil { below.uncorrelatable = path }
            check(items, path.child("items"), below)
        }
    }

    private mutating func checkMapType(_ node: SchemaNode, _ path: FieldPath) {
        guard let mapType = node.mapType else { return }
        checkType(node, "object", path, "must be object if x-kubernetes-map-type is specified")
        if mapType != "atomic", mapType != "granular" {
            errors.append(
                .notSupported(path.child("x-kubernetes-map-type"), .string(mapType), ["atomic", "granular"]))
        }
    }

    private mutating func checkType(_ node: SchemaNode, _ wanted: String, _ path: FieldPath, _ detail: String) {
        guard node.type != wanted else { return }
        let place = path.child("type")
        errors.append(node.type.isEmpty ? .required(place, detail) : .invalid(place, .string(node.type), detail))
    }

    private mutating func checkListType(_ node: SchemaNode, _ path: FieldPath) {
        guard let listType = node.listType else { return }
        checkType(node, "array", path, "must be array if x-kubernetes-list-type is specified")
        if node.type == "array", listType == "set", let items = node.items {
            let detail = "must be atomic as item of a list with x-kubernetes-list-type=set"
            if items.type == "array", let inner = items.listType, inner != "atomic" {
                errors.append(
                    .invalid(path.child("items").child("x-kubernetes-list-type"), .string(inner), detail))
            }
            if items.type == "object", items.mapType != "atomic" {
                let value = items.listType.map { JSON.string($0) } ?? .null
                errors.append(.invalid(path.child("items").child("x-kubernetes-map-type"), value, detail))
            }
        }
        if !["atomic", "set", "map"].contains(listType) {
            errors.append(
                .notSupported(
                    path.child("x-kubernetes-list-type"), .string(listType), ["atomic", "set", "map"]))
        }
    }

    private mutating func checkListMap(_ node: SchemaNode, _ path: FieldPath) {
        let keysPath = path.child("x-kubernetes-list-map-keys")
        if !node.listMapKeys.isEmpty, node.listType != "map" {
            let place = path.child("x-kubernetes-list-type")
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty"
            errors.append(node.listType.map { .invalid(place, .string($0), detail) } ?? .required(place, detail))
        }
        guard node.listType == "map" else { return }
        if node.listMapKeys.isEmpty {
            errors.append(.required(keysPath, "must not be empty if x-kubernetes-list-type is map"))
        }
        guard let items = node.items else {
            errors.append(
                .required(path.child("items"), "must have a schema if x-kubernetes-list-type is map"))
            return
        }
        guard items.type == "object" else {
            errors.append(
                .invalid(
                    path.child("items").child("type"), .string(items.type),
                    "must be object if parent array's x-kubernetes-list-type is map"))
            return
        }
        let keys = JSON.array(node.listMapKeys.map { .string($0) })
        var seen: Set<String> = []
        for key in node.listMapKeys {
            if let property = items.properties[key] {
                if property.type == "array" || property.type == "object" {
                    errors.append(
                        .invalid(
                            path.child("items").child("properties").key(key).child("type"), .string(items.type),
                            "must be a scalar type if parent array's x-kubernetes-list-type is map"))
                }
            } else {
                errors.append(.invalid(keysPath, keys, "entries must all be names of item properties"))
            }
            if !seen.insert(key).inserted {
                errors.append(.invalid(keysPath, keys, "must not contain duplicate entries"))
            }
        }
    }

    /// Elements of sets and maps are there, and so are their keys.
    private mutating func checkItems(_ node: SchemaNode, _ path: FieldPath) {
        guard let listType = node.listType, listType == "set" || listType == "map", let items = node.items else {
            return
        }
        if items.isNullable {
            errors.append(
                .forbidden(
                    path.child("items").child("nullable"),
                    "cannot be nullable when x-kubernetes-list-type is \(listType)"))
        }
        for key in node.listMapKeys where listType == "map" {
            guard let property = items.properties[key] else { continue }
            let place = path.child("items").child("properties").key(key)
            if !items.required.contains(key), property.defaultValue == nil {
                errors.append(
                    .required(
                        place.child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
                            + "required property"))
            }
            if property.isNullable {
                errors.append(
                    .forbidden(
                        place.child("nullable"),
                        "this property is in x-kubernetes-list-map-keys, so it cannot be nullable"))
            }
        }
    }

    private mutating func checkRule(_ rule: ValidationRule, _ node: SchemaNode, _ path: FieldPath) {
        let (text, message) = (rule.rule.trimmed, rule.message.trimmed)
        if text.isEmpty {
            errors.append(.required(path.child("rule"), "rule is not specified"))
        } else if !rule.message.isEmpty, message.isEmpty {
            errors.append(
                .invalid(path.child("message"), .string(rule.message), "must be non-empty if specified"))
        } else if message.hasLineBreak {
            errors.append(
                .invalid(path.child("message"), .string(rule.message), "must not contain line breaks"))
        } else if text.hasLineBreak, message.isEmpty {
            errors.append(
                .required(path.child("message"), "message must be specified if rule contains line breaks"))
        }
        if !rule.messageExpression.isEmpty, rule.messageExpression.trimmed.isEmpty {
            errors.append(
                .required(
                    path.child("messageExpression"), "messageExpression must be non-empty if specified"))
        }
        if let reason = rule.reason, !Self.reasons.contains(reason) {
            errors.append(.notSupported(path.child("reason"), .string(reason), Self.reasons))
        }
        guard !rule.fieldPath.isEmpty else { return }
        let (place, value) = (path.child("fieldPath"), JSON.string(rule.fieldPath))
        if rule.fieldPath.trimmed.isEmpty {
            errors.append(.invalid(place, value, "must be non-empty if specified"))
        }
        if rule.fieldPath.hasLineBreak { errors.append(.invalid(place, value, "must not contain line breaks")) }
        if case .failure = RulePath.resolve(rule.fieldPath, in: node) {
            errors.append(.invalid(place, value, "must be a valid path"))
        }
    }

    private static let reasons = [
        "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
    ]
}
