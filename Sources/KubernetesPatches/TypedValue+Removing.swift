// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension TypedValue {
    /// What stands where all that a value had was removed.
    enum Emptied {
        /// Null: that there was something is still to be seen.
        case null
        /// Nothing; but null where a member that the schema does not name is one of these places.
        case absent(except: FieldSet)

        fileprivate var value: JSON? { if case .null = self { .some(.null) } else { nil } }

        /// What holds behind a step.
        fileprivate func below(_ element: PathElement) -> Emptied {
            if case .absent(let kept) = self { .absent(except: kept.below(element) ?? FieldSet()) } else { .null }
        }

        /// What stands for a member that is not named by the schema.
        fileprivate func member(_ element: PathElement) -> JSON? {
            if case .absent(let kept) = self, !kept.hasMember(element) { nil } else { .some(.null) }
        }
    }

    /// This value without some of its members and elements.
    func removing(_ places: FieldSet, emptied: Emptied = .null) throws(Fault) -> TypedValue {
        guard !places.isEmpty else { return self }
        return TypedValue(try Self.remove(places, from: value, schema, emptied) ?? .null, schema)
    }

    private static func remove(
        _ places: FieldSet, from value: JSON, _ schema: MergeSchema, _ emptied: Emptied
    ) throws(Fault) -> JSON? {
        let nothing = emptied.value
        switch schema.form(of: value) {
        case .scalar: return value
        case .list(let list):
            guard case .array(let items) = value, list.relation != .atomic else { return nothing }
            var kept: [JSON] = []
            kept.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                let element = try list.element(of: item, at: index, FieldPath())
                if places.hasMember(element) { continue }
                if let below = places.below(element) {
                    let rest = try remove(below, from: item, list.element, emptied.below(element))
                    if let rest { kept.append(rest) }
                } else {
                    kept.append(item)
                }
            }
            return kept.isEmpty ? nothing : .array(kept)
        case .map(let map):
            guard case .object(let object) = value, !map.isAtomic else { return nothing }
            var kept: [(String, JSON)] = []
            kept.reserveCapacity(object.count)
            for (name, member) in object {
                let element = PathElement.field(name)
                if places.hasMember(element) { continue }
                if let below = places.below(element), let schema = map.schema(of: name) {
                    let rest = try remove(below, from: member, schema, emptied.below(element))
                    if let rest = rest ?? (map.fields[name] == nil ? emptied.member(element) : nil) {
                        kept.append((name, rest))
                    }
                } else {
                    kept.append((name, member))
                }
            }
            return kept.isEmpty ? nothing : .object(JSONObject(kept))
        case .none: return nothing
        }
    }
}
