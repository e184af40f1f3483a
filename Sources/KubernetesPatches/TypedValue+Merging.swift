// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension TypedValue {
    /// This value with another laid over it: nothing is removed, scalars are the other's, lists keep this order where
    /// the other changes nothing and take the other's where it does. Both have been checked, so that faults name no
    /// place.
    func merging(_ other: TypedValue) throws(Fault) -> TypedValue {
        TypedValue(try Self.merge(value, other.value, schema) ?? .null, schema)
    }

    /// Merges two values of which at least one is there. Nil is an object or list in which nothing is left.
    private static func merge(
        _ left: JSON?, _ right: JSON?, _ schema: MergeSchema
    ) throws(Fault) -> JSON? {
        switch schema.form(of: right ?? left) {
        case .scalar(let scalar):
            guard [left, right].contains(where: { $0.map { scalar.accepts($0) } ?? true }) else {
                throw misfit(FieldPath(), "expected \(scalar.name)")
            }
            return right ?? left
        case .list(let list):
            let one = left?.array ?? [], another = right?.array ?? []
            if list.relation == .atomic || one.isEmpty && another.isEmpty { return right ?? left }
            let items = try merge(one, another, list)
            return items.isEmpty ? nil : .array(items)
        case .map(let map):
            let one = left?.object ?? JSONObject(), another = right?.object ?? JSONObject()
            if map.isAtomic || one.isEmpty && another.isEmpty { return right ?? left }
            let object = try merge(one, another, map)
            return object.isEmpty ? nil : .object(object)
        case .none: throw misfit(FieldPath(), "the schema accepts no value")
        }
    }

    private static func merge(
        _ left: JSONObject, _ right: JSONObject, _ map: MergeSchema.Map
    ) throws(Fault) -> JSONObject {
        var merged: [(String, JSON)] = []
        merged.reserveCapacity(max(left.count, right.count))
        func add(_ name: String, _ one: JSON?, _ another: JSON?) throws(Fault) {
            guard let schema = map.schema(of: name) else {
                throw misfit([.field(name)], "field not declared in schema")
            }
            if let value = try merge(one, another, schema) { merged.append((name, value)) }
        }
        for (name, value) in left { try add(name, value, right[name]) }
        for (name, value) in right where left[name] == nil { try add(name, nil, value) }
        return JSONObject(merged)
    }

    /// Merges two lists whose elements have names.
    ///
    /// Elements of both stand in the right order; those of the left alone stay where they are between them.
    private static func merge(
        _ left: [JSON], _ right: [JSON], _ list: MergeSchema.List
    ) throws(Fault) -> [JSON] {
        let rights = try right.elements(list), lefts = try left.elements(list)
        var rightItems: [PathElement: JSON] = [:], leftItems: [PathElement: JSON] = [:]
        for (element, item) in zip(rights, right) {
            guard rightItems.updateValue(item, forKey: element) == nil else {
                throw misfit(FieldPath(), "duplicate entries for key \(element)")
            }
        }
        // Elements of the left that share a name are not merged with; the right one takes their place.
        for (element, item) in zip(lefts, left) { leftItems[element] = leftItems[element] == nil ? item : .null }

        var shared = rights.filter { leftItems[$0] != nil }[...]
        var nextShared = shared.popFirst()
        var done: Set<PathElement> = [], merged: [JSON] = []
        merged.reserveCapacity(max(left.count, right.count))
        func add(_ element: PathElement, _ one: JSON?, _ another: JSON?) throws(Fault) {
            if let value = try merge(one, another, list.element) { merged.append(value) }
        }
        var i = 0, j = 0
        while i < lefts.count || j < rights.count {
            if i < lefts.count, j < rights.count {
                if lefts[i] == rights[j] {
                    done.insert(rights[j])
                    try add(rights[j], leftItems[rights[j]], right[j])
                    (i, j, nextShared) = (i + 1, j + 1, shared.popFirst())
                    continue
                }
                if rightItems[lefts[i]] != nil, let next = nextShared, next != lefts[i] {
                    // An element of both whose turn has not come.
                    i += 1
                    continue
                }
            }
            if i < lefts.count {
                if rightItems[lefts[i]] == nil {
                    try add(lefts[i], left[i], nil)
                    i += 1
                    continue
                }
                if done.contains(lefts[i]) { i += 1 }
            }
            if j < rights.count {
                done.insert(rights[j])
                try add(rights[j], leftItems[rights[j]], right[j])
                if let next = nextShared, next == rights[j] { nextShared = shared.popFirst() }
                j += 1
            }
        }
        return merged
    }
}

extension [JSON] {
    /// The names of the elements.
    fileprivate func elements(_ list: MergeSchema.List) throws(Fault) -> [PathElement] {
        var elements: [PathElement] = []
        elements.reserveCapacity(count)
        for (index, item) in enumerated() { elements.append(try list.element(of: item, at: index, FieldPath())) }
        return elements
    }
}
