// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// Lists as sets: `sets.contains(a, b)`, `sets.equivalent(a, b)`, `sets.intersects(a, b)`.
    ///
    /// Equality is the language's, so `sets.equivalent([1], [1.0, 1u])` holds.
    public static let sets = Library(
        "sets",
        functions: [
            // Whether each element of the second is in the first.
            SetFunctions.relation("contains") { a, b, budget throws(EvaluationError) in
                try SetFunctions.contains(a, b, &budget)
            },
            // Whether each is in the other.
            SetFunctions.relation("equivalent") { a, b, budget throws(EvaluationError) in
                guard try SetFunctions.contains(a, b, &budget) else { return false }
                return try SetFunctions.contains(b, a, &budget)
            },
            // Whether an element is in both.
            SetFunctions.relation("intersects") { a, b, budget throws(EvaluationError) in
                if a.isEmpty || b.isEmpty { return false }
                let members = try ValueSet(b, &budget)
                for element in a where try members.contains(element, &budget) { return true }
                return false
            },
        ])
}

private enum SetFunctions {
    static func relation(
        _ name: String,
        _ holds: @escaping @Sendable (ListValue, ListValue, inout Budget) throws(EvaluationError) -> Bool
    ) -> Function {
        let list = CELType.list(.parameter("T"))
        return Function(
            "sets.\(name)",
            .function(
                "list_sets_\(name)_list", [list, list], .bool,
                .binary { a, b, budget throws(EvaluationError) in
                    let name = "sets.\(name)"
                    return try .bool(holds(a.expectList(by: name), b.expectList(by: name), &budget))
                }))
    }

    static func contains(
        _ list: ListValue, _ part: ListValue, _ budget: inout Budget
    ) throws(EvaluationError) -> Bool {
        if part.isEmpty { return true }
        if list.isEmpty { return false }
        let members = try ValueSet(list, &budget)
        for element in part {
            guard try members.contains(element, &budget) else { return false }
        }
        return true
    }
}
