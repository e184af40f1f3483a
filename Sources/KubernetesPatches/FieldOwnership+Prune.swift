// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension FieldOwnership {
    /// Removes from a merged object what its manager owned by the entry `last` and nobody owns now; nil when there is
    /// nothing of that kind.
    func prune(
        _ merged: TypedValue, _ managed: ManagedFields, _ last: ManagedFieldsEntry
    ) throws(Fault) -> TypedValue? {
        guard let base = try versions.typed(merged.value, as: last.apiVersion) else { return nil }
        let lastFields = last.fields.withNamedFields(base.schema)
        // Mostly nothing was taken out of a configuration.
        let kept = managed.byIdentity[last.identity]
        if let kept, kept.apiVersion == last.apiVersion,
            lastFields.subtracting(kept.fields.withNamedFields(base.schema)).isEmpty
        {
            return nil
        }
        // Everything that was owned goes, and all behind it; then what somebody owns comes back, and what was not
        // owned and went only because it lay behind something that was.
        var pruned = try base.removing(lastFields)
        pruned = try keepOwned(base, pruned, managed, last.apiVersion)
        let owned = managed.byIdentity.values.reduce(FieldSet()) {
            $1.apiVersion == last.apiVersion ? $0.union($1.fields) : $0
        }
        pruned = try keepDangling(base, pruned, lastFields, owned)
        return try versions.typed(pruned.value, as: apiVersion)
    }

    /// Puts back what a manager owns.
    private func keepOwned(
        _ merged: TypedValue, _ pruned: TypedValue, _ managed: ManagedFields, _ version: String
    ) throws(Fault) -> TypedValue {
        var owned: [String: FieldSet] = [:]
        for entry in managed.byIdentity.values {
            owned[entry.apiVersion] = (owned[entry.apiVersion] ?? FieldSet()).union(entry.fields)
        }
        // The version of the pruned object comes first: a conversion may need what is put back.
        let order = [version] + owned.keys.filter { $0 != version }.sorted { $0.precedesByScalars($1) }
        var result = pruned
        for version in order {
            guard let fields = owned[version], let whole = try versions.typed(merged.value, as: version),
                let rest = try versions.typed(result.value, as: version)
            else { continue }
            let kept = try rest.fieldSet().withNamedFields(whole.schema).union(fields.withNamedFields(whole.schema))
            result = try whole.removing(try whole.fieldSet().withNamedFields(whole.schema).subtracting(kept))
        }
        return try versions.typed(result.value, as: version) ?? result
    }

    /// Puts back what was not owned. What lost all it had goes as well, but for members without a name in the schema
    /// that somebody owns.
    private func keepDangling(
        _ merged: TypedValue, _ pruned: TypedValue, _ last: FieldSet, _ owned: FieldSet
    ) throws(Fault) -> TypedValue {
        let rest = try pruned.fieldSet().withNamedFields(merged.schema)
        let whole = try merged.fieldSet().withNamedFields(merged.schema)
        return try merged.removing(whole.subtracting(rest).intersection(last), emptied: .absent(except: owned))
    }
}
