// SPDX-License-Identifier: Apache-2.0

extension FieldSet {
    /// The set with the members of objects that the schema names and behind which there are places.
    ///
    /// Such members are not owned: an object of a schema is there as long as anything in it is.
    func withNamedFields(_ schema: MergeSchema?) -> FieldSet {
        let shape = schema?.shape
        var named: [PathElement] = []
        var below: [Branch] = []
        below.reserveCapacity(branches.count)
        for branch in branches {
            var next: MergeSchema?
            switch branch.element {
            case .field(let name):
                if shape?.map?.fields[name] != nil { named.append(branch.element) }
                next = shape?.map?.schema(of: name)
            case .key: next = shape?.list?.element
            case .value, .index: next = nil
            }
            below.append(Branch(element: branch.element, set: branch.set.withNamedFields(next)))
        }
        return FieldSet(sorted: members, below).union(FieldSet(sorted: named, []))
    }

    /// The set as the schema now has it: places in what has become atomic are those of the whole.
    ///
    /// What was atomic and is granular now stays as it is.
    func reconciled(with schema: MergeSchema) -> FieldSet {
        if case .changed(let set) = Self.reconcile(self, isWhole: false, schema, isRoot: true) { return set }
        return self
    }

    private enum Reconciled {
        case same
        case whole
        case changed(FieldSet)
    }

    /// - Parameter isWhole: whether the place is owned and nothing in it is.
    private static func reconcile(
        _ set: FieldSet?, isWhole: Bool, _ schema: MergeSchema, isRoot: Bool = false
    ) -> Reconciled {
        let shape = schema.shape
        if let map = shape.map {
            if map.isDeduced { return .same }
            if map.isAtomic, !isWhole, !isRoot { return set?.isEmpty ?? true ? .same : .whole }
            guard let set else { return .same }
            return set.reconciled { element in
                if case .field(let name) = element { return map.schema(of: name) }
                return map.rest
            }
        }
        if shape.scalar != nil { return .same }
        guard let list = shape.list else { return .same }
        if list.relation == .atomic, !isWhole, !isRoot { return .whole }
        guard let set else { return .same }
        return set.reconciled { _ in list.element }
    }

    private func reconciled(_ schema: (PathElement) -> MergeSchema?) -> Reconciled {
        var members = members, below: [Branch] = [], wholes: [PathElement] = [], isChanged = false
        below.reserveCapacity(branches.count)
        for branch in branches {
            guard let next = schema(branch.element) else {
                below.append(branch)
                continue
            }
            switch Self.reconcile(branch.set, isWhole: false, next) {
            case .same: below.append(branch)
            case .changed(let set):
                below.append(Branch(element: branch.element, set: set))
                isChanged = true
            case .whole: wholes.append(branch.element)
            }
        }
        guard isChanged || !wholes.isEmpty else { return .same }
        if !wholes.isEmpty { members = FieldSet(sorted: members, []).union(FieldSet(sorted: wholes, [])).members }
        return .changed(FieldSet(sorted: members, below))
    }
}
