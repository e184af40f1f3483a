// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension TypedValue {
    /// The places a value has: its scalars, the elements of its lists, the members its schema does not name, and what
    /// is empty or atomic.
    func fieldSet() throws(Fault) -> FieldSet { try Self.places(value, schema).set }

    /// What a value has, and whether its own place is one of them.
    private static func places(_ value: JSON, _ schema: MergeSchema) throws(Fault) -> (set: FieldSet, isPlace: Bool) {
        switch schema.form(of: value) {
        case .scalar: return (FieldSet(), true)
        case .list(let list):
            if list.relation == .atomic { return (FieldSet(), true) }
            guard case .array(let items) = value else { return (FieldSet(), false) }
            return (try places(items, list), false)
        case .map(let map):
            if map.isAtomic { return (FieldSet(), true) }
            guard case .object(let object) = value else { return (FieldSet(), false) }
            return (try places(object, map), false)
        case .none: throw misfit(FieldPath(), "the schema accepts no value")
        }
    }

    private static func places(_ items: [JSON], _ list: MergeSchema.List) throws(Fault) -> FieldSet {
        var elements: [PathElement] = [], counts: [PathElement: Int] = [:]
        for (index, item) in items.enumerated() {
            let element = try list.element(of: item, at: index, FieldPath())
            elements.append(element)
            counts[element, default: 0] += 1
        }
        var branches: [FieldSet.Branch] = []
        for (element, item) in zip(elements, items) where counts[element] == 1 {
            let below = try places(item, list.element).set
            if !below.isEmpty { branches.append(FieldSet.Branch(element: element, set: below)) }
        }
        // Elements that share a name are owned together, as one place.
        let isDistinct = counts.count == elements.count
        return FieldSet(unsorted: isDistinct ? elements : Array(counts.keys), branches)
    }

    private static func places(_ object: JSONObject, _ map: MergeSchema.Map) throws(Fault) -> FieldSet {
        var members: [PathElement] = [], branches: [FieldSet.Branch] = []
        for (name, value) in object {
            guard let schema = map.schema(of: name) else {
                throw misfit([.field(name)], "field not declared in schema")
            }
            let below = try places(value, schema)
            if below.isPlace || value.isNullOrEmptyObject || map.fields[name] == nil { members.append(.field(name)) }
            if !below.set.isEmpty { branches.append(FieldSet.Branch(element: .field(name), set: below.set)) }
        }
        return FieldSet(unsorted: members, branches)
    }
}

extension JSON {
    /// Whether it is `null` or an object without members.
    var isNullOrEmptyObject: Bool {
        switch self {
        case .null: true
        case .object(let object): object.isEmpty
        default: false
        }
    }
}
