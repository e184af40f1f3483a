// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// What a change of an object does to its managed fields, and the managed fields to the object.
///
/// The algorithm is that of structured-merge-diff's updater.
struct FieldOwnership {
    typealias Identity = ManagedFieldsEntry.Identity

    let versions: ObjectVersions
    /// The version in which the change is written.
    let apiVersion: String
    let filter: FieldFilter

    /// Takes from managers what the change gave another value or removed.
    ///
    /// Throws a conflict when something was given another value, unless `force` says that is wanted.
    /// - Parameter changing: whose fields are not looked at; nil looks at all.
    func disown(
        from old: TypedValue, to new: TypedValue, _ managed: inout ManagedFields, changing: Identity?, force: Bool
    ) throws(Fault) -> Comparison {
        let own = try old.comparison(with: new).filtered(by: filter)
        var comparisons: [String: Comparison?] = [apiVersion: own]
        var conflicts: [Identity: FieldSet] = [:], removed: [Identity: FieldSet] = [:]
        for (identity, entry) in managed.byIdentity where identity != changing {
            if comparisons[entry.apiVersion] == nil {
                comparisons[entry.apiVersion] = .some(try comparison(from: old, to: new, in: entry.apiVersion))
            }
            guard case .some(.some(let comparison)) = comparisons[entry.apiVersion] else {
                managed.byIdentity[identity] = nil
                continue
            }
            let lost = entry.fields.intersection(comparison.changed)
            if !lost.isEmpty { conflicts[identity] = lost }
            if !comparison.removed.isEmpty { removed[identity] = comparison.removed }
        }
        if !force, !conflicts.isEmpty { throw ApplyConflicts(conflicts, in: managed).fault }
        for (identity, fields) in conflicts { managed.remove(fields, from: identity) }
        for (identity, fields) in removed { managed.remove(fields, from: identity) }
        managed.dropEmpty()
        return own
    }

    /// The comparison in another version; nil when there is no such version.
    private func comparison(
        from old: TypedValue, to new: TypedValue, in version: String
    ) throws(Fault) -> Comparison? {
        guard let one = try versions.typed(old.value, as: version),
            let another = try versions.typed(new.value, as: version)
        else { return nil }
        return try one.comparison(with: another).filtered(by: filter)
    }

    /// What an updater owns after a change: what it changed; its earlier fields are among the others'.
    func update(from old: TypedValue, to new: TypedValue, _ managed: inout ManagedFields) throws(Fault) -> FieldSet {
        try reconcile(old, &managed)
        let comparison = try disown(from: old, to: new, &managed, changing: nil, force: true)
        return filter.apply(to: comparison.changed)
    }

    /// Lays a configuration over an object and prunes what its manager applied before and applies no more.
    ///
    /// Returns nil when the object stays as it is; managed fields may change all the same.
    func apply(
        _ configuration: TypedValue, to live: TypedValue, _ managed: inout ManagedFields, as identity: Identity,
        force: Bool
    ) throws(Fault) -> TypedValue? {
        try reconcile(live, &managed)
        var new = try live.merging(configuration)
        let last = managed.byIdentity[identity]
        managed.byIdentity[identity] = ManagedFieldsEntry(
            manager: identity.manager, operation: .apply, apiVersion: apiVersion, time: last?.time,
            subresource: identity.subresource, fields: filter.apply(to: try configuration.fieldSet()))
        if let last, !last.fields.isEmpty, let pruned = try prune(new, managed, last) {
            // What lost all it had is gone; where the configuration wants it empty it comes back.
            new = try pruned.merging(configuration)
        }
        _ = try disown(from: live, to: new, &managed, changing: identity, force: force)
        return live.value.isSameValue(as: new.value) ? nil : new
    }

    /// Brings managed fields in line with schemas that changed since they were written.
    private func reconcile(_ live: TypedValue, _ managed: inout ManagedFields) throws(Fault) {
        for (identity, entry) in managed.byIdentity {
            guard let typed = try versions.typed(live.value, as: entry.apiVersion) else {
                managed.byIdentity[identity] = nil
                continue
            }
            managed.byIdentity[identity]?.fields = entry.fields.reconciled(with: typed.schema)
        }
    }
}

extension ManagedFields {
    fileprivate mutating func remove(_ fields: FieldSet, from identity: Identity) {
        guard let entry = byIdentity[identity] else { return }
        byIdentity[identity]?.fields = entry.fields.subtracting(fields)
    }

    fileprivate mutating func dropEmpty() {
        byIdentity = byIdentity.filter { !$0.value.fields.isEmpty }
    }
}
