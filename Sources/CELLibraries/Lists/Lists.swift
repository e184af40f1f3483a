// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// Functions of lists: `slice`; from version 1 on `flatten`, from version 2 on `distinct`, `reverse`, `sort`,
    /// `sortBy` and `lists.range`.
    ///
    /// - Parameter version: as cel-go counts.
    public static func lists(version: Int = 3) -> Library {
        var functions = [ListFunctions.slice]
        if version >= 1 { functions.append(ListFunctions.flatten) }
        guard version >= 2 else { return Library("lists", functions: functions) }
        functions += [
            ListFunctions.distinct, ListFunctions.reverse, ListFunctions.range, ListFunctions.sort,
            ListFunctions.sortByAssociatedKeys,
        ]
        return Library("lists", functions: functions, macros: [ListFunctions.sortBy])
    }
}

/// The functions of `Library.lists`.
enum ListFunctions {
    /// A list whose elements are of one type, whatever that is.
    static let anyList = CELType.list(.parameter("T"))

    /// `slice(start, end)`: the elements from one index up to before another.
    static let slice = Function(
        "slice",
        .method(
            "list_slice", [anyList, .int, .int], anyList,
            .variadic { arguments, budget throws(EvaluationError) in
                let list = try arguments[0].expectList(by: "slice")
                let start = try arguments[1].expectInt(by: "slice")
                let end = try arguments[2].expectInt(by: "slice")
                func invalid(_ problem: String) -> EvaluationError {
                    .invalid("cannot slice(\(start), \(end)), \(problem)")
                }
                guard start >= 0, end >= 0 else { throw invalid("negative indexes not supported") }
                guard start <= end else { throw invalid("start index must be less than or equal to end index") }
                guard end <= list.count else { throw invalid("list is length \(list.count)") }
                try budget.allocate(values: Int(end - start))
                return .list(Array(list[Int(start)..<Int(end)]))
            }))

    /// `reverse()`: the elements from the last to the first.
    static let reverse = Function(
        "reverse",
        .method(
            "list_reverse", [anyList], anyList,
            .unary { value, budget throws(EvaluationError) in
                let list = try value.expectList(by: "reverse")
                try budget.allocate(values: list.count)
                return .list(list.reversed())
            }))

    /// `lists.range(n)`: the ints from zero up to before n; none for a negative one.
    static let range = Function(
        "lists.range",
        .function(
            "lists_range", [.int], .list(.int),
            .unary { value, budget throws(EvaluationError) in
                let end = max(0, try value.expectInt(by: "lists.range"))
                try budget.allocate(values: Int(end))
                return .list((0..<end).map { .int($0) })
            }))

    /// `flatten()` and `flatten(depth)`: elements of lists inside of the list become its own.
    static let flatten = Function(
        "flatten",
        .method(
            "list_flatten", [.list(anyList)], anyList,
            .unary { value, budget throws(EvaluationError) in
                try .list(flattened(value.expectList(by: "flatten"), depth: 1, &budget))
            }),
        .method(
            "list_flatten_int", [.list(.dyn), .int], .list(.dyn),
            .binary { value, depth, budget throws(EvaluationError) in
                let depth = try depth.expectInt(by: "flatten")
                guard depth >= 0 else { throw .invalid("level must be non-negative") }
                return try .list(flattened(value.expectList(by: "flatten"), depth: depth, &budget))
            }))

    private static func flattened(
        _ list: ListValue, depth: Int64, _ budget: inout Budget
    ) throws(EvaluationError) -> [Value] {
        try budget.allocate(values: list.count)
        try budget.spend(8)
        var result: [Value] = []
        result.reserveCapacity(list.count)
        for element in list {
            if depth > 0, case .list(let inner) = element {
                result += try flattened(inner, depth: depth - 1, &budget)
            } else {
                result.append(element)
            }
        }
        return result
    }

    /// `distinct()`: of elements that are equal the first.
    static let distinct = Function(
        "distinct",
        .method(
            "list_distinct", [anyList], anyList,
            .unary { value, budget throws(EvaluationError) in
                let list = try value.expectList(by: "distinct")
                var seen = try ValueSet(capacity: list.count, &budget)
                for element in list { _ = try seen.insert(element, &budget) }
                return .list(seen.elements)
            }))
}
