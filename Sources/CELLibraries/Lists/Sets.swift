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
                try SetFunctions.hasElement(of: a, thatIsIn: b, is: true, &budget)
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

    /// Whether each element of the second list is in the first.
    static func contains(
        _ list: ListValue, _ part: ListValue, _ budget: inout Budget
    ) throws(EvaluationError) -> Bool {
        try !hasElement(of: part, thatIsIn: list, is: false, &budget)
    }

    /// Whether a list has an element that is in another, or one that is not.
    static func hasElement(
        of list: ListValue, thatIsIn other: ListValue, is wanted: Bool, _ budget: inout Budget
    ) throws(EvaluationError) -> Bool {
        if list.isEmpty { return false }
        // Few are found sooner than a set is made.
        if list.count <= few || other.count <= few {
            for element in list where try isElement(element, of: other, &budget) == wanted { return true }
            return false
        }
        let members = try ValueSet(other, &budget)
        for element in list where try members.contains(element, &budget) == wanted { return true }
        return false
    }

    private static let few = 8

    private static func isElement(
        _ value: Value, of list: ListValue, _ budget: inout Budget
    ) throws(EvaluationError) -> Bool {
        for element in list {
            try budget.spend(1)
            if try element.equals(value, &budget) { return true }
        }
        return false
    }
}
