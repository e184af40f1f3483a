// SPDX-License-Identifier: Apache-2.0

public import Documents

extension StructuralSchema {
    /// An object with the defaults of its schema where nothing was given, and where null was given and may not be.
    ///
    /// This is done when an object is written, and again when it is read, since a schema may have got more defaults.
    public func defaulted(_ object: JSON) -> JSON { root.defaulted(object) ?? object }

    /// An object without nulls that its schema does not allow and has no default for.
    public func withoutNulls(_ object: JSON) -> JSON { root.withoutNulls(object) ?? object }

    /// An object as it is validated and stored: unknown fields and needless nulls are gone, defaults are there. With
    /// the paths to the unknown fields.
    public func admitted(_ object: JSON) -> (object: JSON, unknownFields: [String]) {
        let (pruned, unknown) = pruned(object)
        return (defaulted(withoutNulls(pruned)), unknown)
    }
}

extension SchemaNode {
    /// Whether null stands where it may not.
    private func refusesNull(_ value: JSON) -> Bool { !isNullable && value == .null }

    /// A value with defaults; nil when it stays as it is.
    fileprivate func defaulted(_ value: JSON) -> JSON? {
        guard hasDefaults else { return nil }
        switch value {
        case .object(let object): return defaulted(object).map { .object($0) }
        case .array(let items): return defaulted(items).map { .array($0) }
        default: return nil
        }
    }

    private func defaulted(_ object: JSONObject) -> JSONObject? {
        var changed: JSONObject?
        for (key, value) in object {
            guard let schema = schema(of: key), schema.hasDefaults else { continue }
            let given = schema.refusesNull(value) ? schema.defaultValue : nil
            guard let result = schema.defaulted(given ?? value) ?? given else { continue }
            if changed == nil { changed = object }
            changed?[key] = result
        }
        for name in propertyNames {
            guard let schema = properties[name], let value = schema.defaultValue, object[name] == nil else { continue }
            if changed == nil { changed = object }
            changed?[name] = schema.defaulted(value) ?? value
        }
        return changed
    }

    private func defaulted(_ items: [JSON]) -> [JSON]? {
        guard let schema = self.items, schema.hasDefaults else { return nil }
        var changed: [JSON]?
        for (index, value) in items.enumerated() {
            let given = schema.refusesNull(value) ? schema.defaultValue : nil
            guard let result = schema.defaulted(given ?? value) ?? given else { continue }
            if changed == nil { changed = items }
            changed?[index] = result
        }
        return changed
    }

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
                let isGone = schema.refusesNull(value) && schema.defaultValue == nil
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
