// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension TypedValue {
    /// This value without some of its members and elements. What loses all it has becomes null.
    func removing(_ places: FieldSet) throws(Fault) -> TypedValue {
        guard !places.isEmpty else { return self }
        return TypedValue(try Self.remove(places, from: value, schema), schema)
    }

    private static func remove(
        _ places: FieldSet, from value: JSON, _ schema: MergeSchema
    ) throws(Fault) -> JSON {
        switch schema.form(of: value) {
        case .scalar: return value
        case .list(let list):
            guard case .array(let items) = value, list.relation != .atomic else { return .null }
            var kept: [JSON] = []
            kept.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                let element = try list.element(of: item, at: index, FieldPath())
                if places.hasMember(element) { continue }
                if let below = places.below(element) {
                    kept.append(try remove(below, from: item, list.element))
                } else {
                    kept.append(item)
                }
            }
            return kept.isEmpty ? .null : .array(kept)
        case .map(let map):
            guard case .object(let object) = value, !map.isAtomic else { return .null }
            var kept: [(String, JSON)] = []
            kept.reserveCapacity(object.count)
            for (name, member) in object {
                let element = PathElement.field(name)
                if places.hasMember(element) { continue }
                if let below = places.below(element), let schema = map.schema(of: name) {
                    kept.append((name, try remove(below, from: member, schema)))
                } else {
                    kept.append((name, member))
                }
            }
            return kept.isEmpty ? .null : .object(JSONObject(kept))
        case .none: return .null
        }
    }
}
