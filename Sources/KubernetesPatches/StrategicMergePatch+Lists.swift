// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// The merge of one list.
struct ListMerge {
    let element: MergeSchema?
    let directives: MergeSchema.PatchDirectives?
    let path: FieldPath

    /// Whether elements are merged; otherwise the list is replaced.
    var isMerging: Bool { directives?.strategy == "merge" }

    private func fault(_ problem: String) -> Fault { StrategicMergePatch.fault(path, problem) }

    /// Merges elements of a patch into those there are.
    func run(_ patch: [JSON], into original: [JSON]) throws(Fault) -> [JSON] {
        guard isMerging else { return patch.compactMap { StrategicMergePatch.stored($0) } }
        guard let kind = try kind(of: [original, patch]) else { return original }
        guard kind == .object else {
            return try arranged(distinct(original + patch), by: patch, live: original)
        }
        guard let key = directives?.mergeKey else { throw fault("cannot merge lists without merge key") }
        var original = original, rest: [JSON] = [], isReplacing = false
        var deleted: Set<FieldValue> = []
        for item in patch {
            guard let directive = item[StrategicMergePatch.directive] else {
                rest.append(item)
                continue
            }
            switch directive.string {
            case "delete": deleted.insert(try name(of: item, key))
            case "replace": isReplacing = true
            case "merge": throw fault("merging lists cannot yet be specified in the patch")
            default: throw fault("$patch of an element must be delete or replace")
            }
        }
        if isReplacing { return rest }
        if !deleted.isEmpty {
            original = original.filter { item in
                item[key].flatMap { FieldValue($0) }.map { !deleted.contains($0) } ?? true
            }
        }
        let merged = try merged(rest, into: original, key)
        return try arranged(merged, by: rest, live: original)
    }

    private func merged(_ patch: [JSON], into original: [JSON], _ key: String) throws(Fault) -> [JSON] {
        var merged = original, positions: [FieldValue: Int] = [:]
        for (index, item) in original.enumerated() {
            if let name = item[key].flatMap({ FieldValue($0) }), positions[name] == nil { positions[name] = index }
        }
        for item in patch {
            let name = try name(of: item, key)
            let place = path.appending(.key([PathElement.KeyField(key, name)]))
            if let position = positions[name], let before = merged[position].object, let after = item.object {
                merged[position] = .object(try StrategicMergePatch.merge(after, into: before, element, place))
            } else {
                positions[name] = merged.count
                merged.append(StrategicMergePatch.stored(item) ?? item)
            }
        }
        return merged
    }

    /// Removes scalars.
    func deleting(_ items: [JSON], from original: [JSON]) throws(Fault) -> [JSON] {
        guard let kind = try kind(of: [original, items]) else { return original }
        guard kind != .object else { throw fault("only scalars can be deleted from a list by their values") }
        let deleted = Set(items.compactMap { FieldValue($0) })
        return original.filter { item in FieldValue(item).map { !deleted.contains($0) } ?? true }
    }

    private func distinct(_ items: [JSON]) -> [JSON] {
        var seen: Set<FieldValue> = []
        return items.filter { item in FieldValue(item).map { seen.insert($0).inserted } ?? true }
    }

    /// Elements in the order of a list that names some of them; the others keep their live order around them.
    func arranged(_ items: [JSON], by order: [JSON], live: [JSON]) throws(Fault) -> [JSON] {
        let key = try kind(of: [items, order]) == .object ? directives?.mergeKey : nil
        let ranks = try positions(order, key), places = try positions(live, key)
        var named: [(JSON, FieldValue, Int)] = [], others: [(JSON, FieldValue, Int)] = []
        for item in items {
            let name = try name(of: item, key)
            if let rank = ranks[name] {
                named.append((item, name, rank))
            } else {
                others.append((item, name, places[name] ?? .max))
            }
        }
        // Swift's sort keeps the order of equals.
        named.sort { $0.2 < $1.2 }
        others.sort { $0.2 < $1.2 }
        var result: [JSON] = [], i = 0, j = 0
        result.reserveCapacity(items.count)
        while i < others.count || j < named.count {
            let isOther: Bool
            if i == others.count || j == named.count {
                isOther = j == named.count
            } else if let one = places[others[i].1], let another = places[named[j].1] {
                isOther = one < another
            } else {
                isOther = false
            }
            if isOther {
                result.append(others[i].0)
                i += 1
            } else {
                result.append(named[j].0)
                j += 1
            }
        }
        return result
    }

    /// Checks that a patch names its elements in an order that it sets.
    func check(_ patch: [JSON], follows order: [JSON]) throws(Fault) {
        guard !order.isEmpty, !patch.isEmpty else { return }
        var next = 0
        for item in patch where item[StrategicMergePatch.directive] == nil {
            let name = try name(of: item, directives?.mergeKey)
            while next < order.count, try self.name(of: order[next], directives?.mergeKey) != name { next += 1 }
            guard next < order.count else {
                throw fault("The order in patch list doesn't match \(StrategicMergePatch.order) list")
            }
            next += 1
        }
    }

    private func positions(_ items: [JSON], _ key: String?) throws(Fault) -> [FieldValue: Int] {
        var positions: [FieldValue: Int] = [:]
        for (index, item) in items.enumerated() {
            let name = try name(of: item, key)
            if positions[name] == nil { positions[name] = index }
        }
        return positions
    }

    /// The value by which an element is told from others.
    private func name(of item: JSON, _ key: String?) throws(Fault) -> FieldValue {
        guard let key else {
            guard let value = FieldValue(item) else { throw fault("expected a scalar, got \(item.messageKind)") }
            return value
        }
        guard case .object(let object) = item else { throw fault("expected a map, got \(item.messageKind)") }
        guard let json = object[key] else { throw fault("an element does not contain declared merge key: \(key)") }
        guard let value = FieldValue(json) else { throw fault("the merge key \(key) must be a scalar") }
        return value
    }

    private enum Kind { case object, number, string, boolean, null }

    /// The one kind of the elements of lists; nil when there is none.
    private func kind(of lists: [[JSON]]) throws(Fault) -> Kind? {
        var known: Kind?
        for item in lists.joined() {
            let kind: Kind
            switch item {
            case .array: throw fault("lists of lists are not supported")
            case .object: kind = .object
            case .number: kind = .number
            case .string: kind = .string
            case .bool: kind = .boolean
            case .null: kind = .null
            }
            guard known == nil || known == kind else { throw fault("list element types are not identical") }
            known = kind
        }
        return known
    }
}
