// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// A value of an object and what stood in its place before: what did not change may stay as wrong as it was.
final class Correlation {
    let new: JSON
    let old: JSON
    /// Nil for what the schema does not know, which is never the same.
    let schema: SchemaNode
    private lazy var oldItems = schema.correlatesItems ? KeyedList(old, keys: schema.listMapKeys) : nil
    /// Whether nothing changed; found when somebody asks.
    private(set) lazy var isUnchanged = Self.isSame(old, new, schema)

    init(new: JSON, old: JSON, schema: SchemaNode) { (self.new, self.old, self.schema) = (new, old, schema) }

    /// The field of both; nil when one has none or the schema does not know it.
    func field(_ name: String, _ value: JSON) -> Correlation? {
        guard let before = old.object?[name], let schema = schema.schema(of: name) else { return nil }
        return Correlation(new: value, old: before, schema: schema)
    }

    /// The element of a list of type map that had the same keys before.
    func element(_ value: JSON) -> Correlation? {
        guard let schema = schema.items, let before = oldItems?[value] else { return nil }
        return Correlation(new: value, old: before, schema: schema)
    }

    /// Whether two values are the same: elements of lists of type map by their keys, all other lists as a whole.
    private static func isSame(_ old: JSON, _ new: JSON, _ schema: SchemaNode) -> Bool {
        switch (old, new) {
        case (.object(let before), .object(let after)):
            return before.count == after.count
                && after.allSatisfy { key, value in
                    guard let other = before[key], let schema = schema.schema(of: key) else { return false }
                    return isSame(other, value, schema)
                }
        case (.array(let before), .array(let after)):
            guard before.count == after.count else { return false }
            guard schema.correlatesItems, let items = schema.items else { return before.elementsEqual(after, by: ==) }
            let known = KeyedList(old, keys: schema.listMapKeys)
            return after.allSatisfy { value in known[value].map { isSame($0, value, items) } ?? false }
        default: return old.isSameValue(as: new)
        }
    }
}

extension SchemaNode {
    /// Whether elements of a list keep their identity from one version of an object to the next.
    var correlatesItems: Bool { type == "array" && listType == "map" && !listMapKeys.isEmpty }
}

/// The elements of a list of type map by their keys.
struct KeyedList {
    private let keys: [String]
    private var elements: [[JSON]: JSON] = [:]

    init(_ list: JSON, keys: [String]) {
        self.keys = keys
        for element in list.array ?? [] {
            guard let key = key(of: element), elements[key] == nil else { continue }
            elements[key] = element
        }
    }

    /// The element that has the keys of another.
    subscript(element: JSON) -> JSON? { key(of: element).flatMap { elements[$0] } }

    private func key(of element: JSON) -> [JSON]? {
        guard case .object(let object) = element else { return nil }
        var key: [JSON] = []
        for name in keys {
            switch object[name] {
            case .bool?, .number?, .string?: key.append(object[name] ?? .null)
            default: return nil
            }
        }
        return key
    }
}

extension JSON {
    /// Whether two scalars are the same to Kubernetes: integers by their value, other numbers as doubles.
    func isSameValue(as other: JSON) -> Bool {
        guard case .number(let a) = self, case .number(let b) = other else { return self == other }
        if let first = a.int64, let second = b.int64 { return first == second }
        return a.double == b.double
    }

    /// The same for lists and objects, part by part.
    func isDeeplySame(as other: JSON) -> Bool {
        switch (self, other) {
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy { $0.isDeeplySame(as: $1) }
        case (.object(let a), .object(let b)):
            a.count == b.count && a.allSatisfy { key, value in b[key].map { value.isDeeplySame(as: $0) } ?? false }
        default: isSameValue(as: other)
        }
    }
}
