// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// The places in which two values differ.
struct Comparison: Sendable {
    var removed = FieldSet()
    var modified = FieldSet()
    var added = FieldSet()

    /// What was given another value or was not there.
    var changed: FieldSet { modified.union(added) }

    func filtered(by filter: FieldFilter) -> Comparison {
        Comparison(
            removed: filter.apply(to: removed), modified: filter.apply(to: modified), added: filter.apply(to: added))
    }
}

extension TypedValue {
    /// What distinguishes another value of the same schema from this one.
    func comparison(with other: TypedValue) throws(Fault) -> Comparison {
        var level = Level()
        _ = try Self.compare(value, other.value, schema, PathElement.field(""), &level)
        // The object itself is no place; what is found lies below the step.
        return Comparison(
            removed: level.removed.below, modified: level.modified.below, added: level.added.below)
    }

    /// What was found at the ends of the steps from one place.
    private struct Found {
        var members: [PathElement] = []
        var branches: [FieldSet.Branch] = []

        var set: FieldSet { FieldSet(unsorted: members, branches) }
        /// What lies behind the one step there is.
        var below: FieldSet { branches.first?.set ?? FieldSet() }

        mutating func add(_ element: PathElement, _ set: FieldSet) {
            guard !set.isEmpty else { return }
            // Values of two forms are looked at twice.
            if let last = branches.last, last.element == element {
                branches[branches.count - 1] = FieldSet.Branch(element: element, set: last.set.union(set))
            } else {
                branches.append(FieldSet.Branch(element: element, set: set))
            }
        }

        mutating func add(_ element: PathElement) { if members.last != element { members.append(element) } }
    }

    private struct Level {
        var removed = Found()
        var modified = Found()
        var added = Found()
    }

    /// Compares the values at the end of a step; at least one is there.
    private static func compare(
        _ left: JSON?, _ right: JSON?, _ schema: MergeSchema, _ element: PathElement, _ level: inout Level
    ) throws(Fault) {
        let leftForm = schema.form(of: left ?? right), rightForm = schema.form(of: right ?? left)
        if !leftForm.isSameKind(as: rightForm) { _ = try compare(left, right, leftForm, element, &level) }
        let isLeaf = try compare(left, right, rightForm, element, &level)
        guard !isLeaf else { return }
        if left == nil { level.added.add(element) } else if right == nil { level.removed.add(element) }
    }

    /// Compares values under one form; says whether the place was taken as a whole.
    private static func compare(
        _ left: JSON?, _ right: JSON?, _ form: MergeSchema.Form, _ element: PathElement, _ level: inout Level
    ) throws(Fault) -> Bool {
        var inner = Level()
        switch form {
        case .scalar(let scalar):
            let fits = [left, right].contains { $0.map { scalar.accepts($0) } ?? true }
            guard fits else { throw misfit([element], "expected \(scalar.name)") }
            leaf(left, right, element, &level)
            return true
        case .list(let list):
            let one = left?.array ?? [], another = right?.array ?? []
            if list.relation == .atomic || one.isEmpty && another.isEmpty {
                leaf(left, right, element, &level)
                return true
            }
            try compare(one, another, list, &inner)
        case .map(let map):
            let one = left?.object ?? JSONObject(), another = right?.object ?? JSONObject()
            if map.isAtomic || one.isEmpty && another.isEmpty {
                leaf(left, right, element, &level)
                return true
            }
            try compare(one, another, map, &inner)
        case .none: throw misfit([element], "the schema accepts no value")
        }
        level.removed.add(element, inner.removed.set)
        level.modified.add(element, inner.modified.set)
        level.added.add(element, inner.added.set)
        return false
    }

    private static func leaf(_ left: JSON?, _ right: JSON?, _ element: PathElement, _ level: inout Level) {
        guard let left else { return level.added.add(element) }
        guard let right else { return level.removed.add(element) }
        if !left.isSameValue(as: right) { level.modified.add(element) }
    }

    private static func compare(
        _ left: JSONObject, _ right: JSONObject, _ map: MergeSchema.Map, _ level: inout Level
    ) throws(Fault) {
        func schema(_ name: String) throws(Fault) -> MergeSchema {
            guard let schema = map.schema(of: name) else {
                throw misfit([.field(name)], "field not declared in schema")
            }
            return schema
        }
        for (name, value) in left {
            try compare(value, right[name], try schema(name), .field(name), &level)
        }
        for (name, value) in right where left[name] == nil {
            try compare(nil, value, try schema(name), .field(name), &level)
        }
    }

    private static func compare(
        _ left: [JSON], _ right: [JSON], _ list: MergeSchema.List, _ level: inout Level
    ) throws(Fault) {
        let lefts = try groups(left, list), rights = try groups(right, list)
        for element in lefts.order + rights.order.filter({ lefts.items[$0] == nil }) {
            let one = lefts.items[element] ?? [], another = rights.items[element] ?? []
            switch (one.count, another.count) {
            case (...1, ...1): try compare(one.first, another.first, list.element, element, &level)
            // Elements that share a name are compared as one value.
            case (2..., 2...):
                if !JSON.array(one).isSameValue(as: .array(another)) { level.modified.add(element) }
            case (2..., _):
                if let item = another.first { try compare(nil, item, list.element, element, &level) }
                level.removed.add(element)
            default:
                if let item = one.first { try compare(item, nil, list.element, element, &level) }
                level.added.add(element)
            }
        }
    }

    private static func groups(
        _ items: [JSON], _ list: MergeSchema.List
    ) throws(Fault) -> (order: [PathElement], items: [PathElement: [JSON]]) {
        var order: [PathElement] = [], groups: [PathElement: [JSON]] = [:]
        for (index, item) in items.enumerated() {
            let element = try list.element(of: item, at: index, FieldPath())
            if groups[element] == nil { order.append(element) }
            groups[element, default: []].append(item)
        }
        return (order, groups)
    }
}

extension JSON {
    /// Whether two values are the same: numbers by their value, objects in any order.
    func isSameValue(as other: JSON) -> Bool {
        switch (self, other) {
        case (.number, .number):
            guard let one = FieldValue(self), let another = FieldValue(other) else { return self == other }
            return one == another
        case (.array(let one), .array(let another)):
            return one.count == another.count && zip(one, another).allSatisfy { $0.isSameValue(as: $1) }
        case (.object(let one), .object(let another)):
            return one.count == another.count
                && one.allSatisfy { name, value in another[name].map { value.isSameValue(as: $0) } ?? false }
        default: return self == other
        }
    }
}
