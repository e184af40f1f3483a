// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// `a.merge(b)` and `a.deepMerge(b)` of kro: the entries of both maps, those of `b` before those of `a`.
    ///
    /// Keys of `a` come first, in their order, then those that only `b` has. `deepMerge` merges maps within maps; lists
    /// and scalars are replaced.
    public static let kroMaps = Library(
        "cel.lib.ext.maps",
        functions: [
            Function(
                "merge",
                .method(
                    "map_merge", [.map(.parameter("K"), .parameter("V")), .map(.parameter("K"), .parameter("V"))],
                    .map(.parameter("K"), .parameter("V")),
                    .binary { a, b, budget throws(EvaluationError) in
                        guard case .map(let ours) = a, case .map(let theirs) = b else {
                            throw .noSuchOverload("merge", a, b)
                        }
                        try budget.allocate(values: 2 * (ours.count + theirs.count))
                        try budget.spend(8 * (ours.count + theirs.count))
                        return .map(MapValue(ours.entries + theirs.entries))
                    })),
            Function(
                "deepMerge",
                .method(
                    "dyn_deepmerge_dyn", [.dyn, .dyn], .dyn,
                    .binary { a, b, budget throws(EvaluationError) in
                        guard case .map(let ours) = a, case .map(let theirs) = b else {
                            throw .noSuchOverload("deepMerge", a, b)
                        }
                        return .map(try ours.deepMerged(with: theirs, &budget))
                    })),
        ])
}

extension MapValue {
    /// Recursion ends with the smaller depth of both maps, and no expression and no document makes a deep one.
    fileprivate func deepMerged(with other: MapValue, _ budget: inout Budget) throws(EvaluationError) -> MapValue {
        if other.count == 0 { return self }
        if count == 0 { return other }
        try budget.allocate(values: 2 * (count + other.count))
        // Each key is looked up in both maps.
        try budget.spend(8 * (1 + count + other.count))
        var merged = entries
        for (key, theirs) in other.entries {
            if case .map(let theirs) = theirs, case .map(let ours)? = self[key] {
                merged.append((key, .map(try ours.deepMerged(with: theirs, &budget))))
            } else {
                merged.append((key, theirs))
            }
        }
        // Of a key that is given twice the last value counts, at the first one's place.
        return MapValue(merged)
    }
}
