// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

extension StructuralSchema {
    /// An object without the fields that its schema does not know, and the paths to these fields, sorted.
    ///
    /// Of embedded resources, and of the object itself, `apiVersion`, `kind` and `metadata` stay; of `metadata` what
    /// every object has. Pruning what was pruned changes nothing.
    public func pruned(_ object: JSON) -> (object: JSON, unknownFields: [String]) {
        var pruning = Pruning()
        let result = pruning.prune(object, root, isResource: true) ?? object
        return (result, pruning.unknown.sorted { $0.precedesByScalars($1) })
    }
}

extension [String] {
    /// What a client is told of fields that are not known: `unknown field "spec.foo"`.
    public var asUnknownFields: [String] { map { "unknown field \(goQuoted($0))" } }
    /// What a client is told of fields that are given twice: `duplicate field "spec.foo"`.
    public var asDuplicateFields: [String] { map { "duplicate field \(goQuoted($0))" } }
}

/// Takes away what schemas do not know. Values that stay as they are are not copied.
struct Pruning {
    private(set) var unknown: [String] = []
    private var trail = FieldTrail()

    private static let resourceFields: Set<String> = ["apiVersion", "kind", "metadata"]

    /// A value without fields that are not known; nil when it stays as it is.
    ///
    /// - Parameters:
    ///   - schema: nil for what has none, such as the values of `additionalProperties: true`.
    ///   - isResource: whether `apiVersion`, `kind` and `metadata` stay, whatever the schema says.
    ///   - keeps: whether unknown fields stay, since they do in the list that the value is in.
    mutating func prune(
        _ value: JSON, _ schema: SchemaNode?, isResource: Bool = false, keeps: Bool = false
    ) -> JSON? {
        let keeps = keeps || schema?.preservesUnknownFields == true
        switch value {
        case .object(let object):
            let isResource = isResource || schema?.isEmbeddedResource == true
            return prune(object, schema, isResource, keeps).map { .object($0) }
        case .array(let items): return prune(items, schema?.items, keeps).map { .array($0) }
        default: return nil
        }
    }

    private mutating func prune(
        _ object: JSONObject, _ schema: SchemaNode?, _ isResource: Bool, _ keeps: Bool
    ) -> JSONObject? {
        var changed: [(String, JSON)] = [], isChanged = false
        for (offset, (key, value)) in object.enumerated() {
            var result: JSON?, isKept = true
            trail.steps.append(.name(key))
            if isResource, Self.resourceFields.contains(key) {
                if key == "metadata" { result = prune(value, .metadata) }
            } else if let property = schema?.properties[key] {
                result = prune(value, property)
            } else {
                switch schema?.additional {
                case .values(let values)?: result = prune(value, values)
                case .allowed?: result = prune(value, nil)
                case .unsaid?, nil:
                    isKept = keeps
                    if !isKept { unknown.append(trail.dotted) }
                }
            }
            trail.steps.removeLast()
            guard isChanged || !isKept || result != nil else { continue }
            if !isChanged {
                isChanged = true
                changed = object.prefix(offset).map { ($0.key, $0.value) }
            }
            if isKept { changed.append((key, result ?? value)) }
        }
        return isChanged ? JSONObject(changed) : nil
    }

    private mutating func prune(_ items: [JSON], _ schema: SchemaNode?, _ keeps: Bool) -> [JSON]? {
        if keeps, schema == nil { return nil }
        var changed: [JSON]?
        for (index, item) in items.enumerated() {
            trail.steps.append(.index(index))
            if let result = prune(item, schema, keeps: keeps) {
                if changed == nil { changed = items }
                changed?[index] = result
            }
            trail.steps.removeLast()
        }
        return changed
    }
}
