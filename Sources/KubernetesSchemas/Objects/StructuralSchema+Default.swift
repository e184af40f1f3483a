// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension StructuralSchema {
    /// The most values that defaults may add to one object: a small object and a small schema can ask for billions.
    public static let mostDefaults = 250_000

    /// An object with the defaults of its schema where nothing was given, and where null was given and may not be.
    ///
    /// This is done when an object is written, and again when it is read, since a schema may have got more defaults.
    ///
    /// - Throws: `limitExceeded` when more than `mostDefaults` values would be added.
    public func defaulted(_ object: JSON) throws(Fault) -> JSON {
        var defaulting = Defaulting()
        return try defaulting.fill(object, root) ?? object
    }

    /// An object without nulls that its schema does not allow and has no default for.
    public func withoutNulls(_ object: JSON) -> JSON { root.withoutNulls(object) ?? object }

    /// An object as it is validated and stored: unknown fields and needless nulls are gone, defaults are there. With
    /// the paths to the unknown fields.
    ///
    /// - Throws: as `defaulted`.
    public func admitted(_ object: JSON) throws(Fault) -> (object: JSON, unknownFields: [String]) {
        let (pruned, unknown) = pruned(object)
        return (try defaulted(withoutNulls(pruned)), unknown)
    }
}

/// Fills defaults in. Values that stay as they are are not copied.
private struct Defaulting {
    private var added = 0

    /// The default, if a value is null where it may not be.
    private mutating func replacement(of value: JSON, _ schema: SchemaNode) throws(Fault) -> JSON? {
        guard value == .null, !schema.isNullable, let replacement = schema.defaultValue else { return nil }
        try count(schema)
        return replacement
    }

    private mutating func count(_ schema: SchemaNode) throws(Fault) {
        added += schema.defaultSize
        guard added <= StructuralSchema.mostDefaults else {
            throw Fault(
                .limitExceeded, "the defaults of the schema add more than \(StructuralSchema.mostDefaults) values",
                fix: "split the object")
        }
    }

    /// A value with defaults; nil when it stays as it is.
    mutating func fill(_ value: JSON, _ schema: SchemaNode) throws(Fault) -> JSON? {
        guard schema.hasDefaults else { return nil }
        switch value {
        case .object(let object): return try fill(object, schema).map { .object($0) }
        case .array(let items): return try fill(items, schema).map { .array($0) }
        default: return nil
        }
    }

    private mutating func fill(_ object: JSONObject, _ schema: SchemaNode) throws(Fault) -> JSONObject? {
        var changed: JSONObject?
        for (key, value) in object {
            guard let below = schema.schema(of: key), below.hasDefaults else { continue }
            let given = try replacement(of: value, below)
            guard let result = try fill(given ?? value, below) ?? given else { continue }
            if changed == nil { changed = object }
            changed?[key] = result
        }
        for (name, below) in schema.defaultedProperties where object[name] == nil {
            guard let value = below.defaultValue else { continue }
            try count(below)
            if changed == nil { changed = object }
            changed?[name] = try fill(value, below) ?? value
        }
        return changed
    }

    private mutating func fill(_ items: [JSON], _ schema: SchemaNode) throws(Fault) -> [JSON]? {
        guard let below = schema.items, below.hasDefaults else { return nil }
        var changed: [JSON]?
        for (index, value) in items.enumerated() {
            let given = try replacement(of: value, below)
            guard let result = try fill(given ?? value, below) ?? given else { continue }
            if changed == nil { changed = items }
            changed?[index] = result
        }
        return changed
    }
}

extension SchemaNode {
    /// A value without nulls that mean nothing; nil when it stays as it is. Elements of lists are never taken away.
    fileprivate func withoutNulls(_ value: JSON) -> JSON? {
        switch value {
        case .object(let object):
            var kept: [(String, JSON)] = [], isChanged = false
            for (offset, (key, value)) in object.enumerated() {
                guard let schema = schema(of: key) else {
                    if isChanged { kept.append((key, value)) }
                    continue
                }
                let isGone = value == .null && !schema.isNullable && schema.defaultValue == nil
                let result = isGone ? nil : schema.withoutNulls(value)
                guard isChanged || isGone || result != nil else { continue }
                if !isChanged {
                    isChanged = true
                    kept = object.prefix(offset).map { ($0.key, $0.value) }
                }
                if !isGone { kept.append((key, result ?? value)) }
            }
            return isChanged ? .object(JSONObject(kept)) : nil
        case .array(let elements):
            guard let schema = items else { return nil }
            var changed: [JSON]?
            for (index, element) in elements.enumerated() {
                guard let result = schema.withoutNulls(element) else { continue }
                if changed == nil { changed = elements }
                changed?[index] = result
            }
            return changed.map { .array($0) }
        default: return nil
        }
    }
}
