// SPDX-License-Identifier: Apache-2.0

// Every operation walks both sorted trees once.
extension FieldSet {
    /// The places of either set.
    public func union(_ other: FieldSet) -> FieldSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return FieldSet(
            sorted: Self.zipped(members, other.members, by: \.self) { one, another in one ?? another },
            Self.zipped(branches, other.branches, by: \.element) { one, another in
                guard let one, let another else { return one ?? another }
                return Branch(element: one.element, set: one.set.union(another.set))
            })
    }

    /// The places of both sets.
    public func intersection(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return FieldSet() }
        return FieldSet(
            sorted: Self.zipped(members, other.members, by: \.self) { one, another in another == nil ? nil : one },
            Self.zipped(branches, other.branches, by: \.element) { one, another in
                guard let one, let another else { return nil }
                return Branch(element: one.element, set: one.set.intersection(another.set))
            })
    }

    /// The places of this set that are not in the other; what lies in such a place stays.
    public func subtracting(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return FieldSet(
            sorted: Self.zipped(members, other.members, by: \.self) { one, another in another == nil ? one : nil },
            Self.zipped(branches, other.branches, by: \.element) { one, another in
                guard let one, let another else { return one }
                return Branch(element: one.element, set: one.set.subtracting(another.set))
            })
    }

    /// The places of this set that are not in the other and do not lie in one of its places.
    public func subtractingTrees(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return FieldSet(
            sorted: Self.zipped(members, other.members, by: \.self) { one, another in another == nil ? one : nil },
            Self.zipped(branches, other.branches, by: \.element) { one, another in
                guard let one, !other.hasMember(one.element) else { return nil }
                return Branch(element: one.element, set: another.map { one.set.subtractingTrees($0.set) } ?? one.set)
            })
    }

    /// The places of this set that are in the other or lie in one of its places.
    public func intersectingTrees(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return FieldSet() }
        return FieldSet(
            sorted: members.filter { other.hasMember($0) },
            branches.compactMap { branch in
                if other.hasMember(branch.element) { return branch }
                return other.below(branch.element).map {
                    Branch(element: branch.element, set: branch.set.intersectingTrees($0))
                }
            })
    }

    /// The places in which no other place of the set lies.
    public var leaves: FieldSet {
        FieldSet(
            sorted: Self.zipped(members, branches.map(\.element), by: \.self) { one, another in
                another == nil ? one : nil
            }, branches.map { Branch(element: $0.element, set: $0.set.leaves) })
    }

    /// Walks two sorted lists and keeps what `pick` makes of each step, which stands in one list or in both.
    private static func zipped<Item>(
        _ a: [Item], _ b: [Item], by key: (Item) -> PathElement, _ pick: (Item?, Item?) -> Item?
    ) -> [Item] {
        var result: [Item] = []
        result.reserveCapacity(max(a.count, b.count))
        var i = 0, j = 0
        while i < a.count || j < b.count {
            let order = i == a.count ? 1 : j == b.count ? -1 : key(a[i]).compare(with: key(b[j]))
            if let item = pick(order <= 0 ? a[i] : nil, order >= 0 ? b[j] : nil) { result.append(item) }
            if order <= 0 { i += 1 }
            if order >= 0 { j += 1 }
        }
        return result
    }
}
