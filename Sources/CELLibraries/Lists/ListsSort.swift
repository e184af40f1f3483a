// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension ListFunctions {
    /// The types whose values have an order.
    private static let ordered: [(name: String, type: CELType)] = [
        ("int", .int), ("uint", .uint), ("double", .double), ("bool", .bool), ("google.protobuf.Duration", .duration),
        ("google.protobuf.Timestamp", .timestamp), ("string", .string), ("bytes", .bytes),
    ]

    /// `sort()`: the elements in their order.
    static let sort = Function(
        "sort",
        overloads: ordered.map { name, type in
            .method(
                "list_\(name)_sort", [.list(type)], .list(type),
                .unary { value, budget throws(EvaluationError) in
                    let list = try value.expectList(by: "sort")
                    return try sorted(list, by: list, &budget)
                })
        })

    /// What `sortBy` becomes: the elements in the order of the keys beside them.
    static let sortByAssociatedKeys = Function(
        "@sortByAssociatedKeys",
        overloads: ordered.map { name, type in
            .method(
                "list_\(name)_sortByAssociatedKeys", [anyList, .list(type)], anyList,
                .binary { value, keys, budget throws(EvaluationError) in
                    let list = try value.expectList(by: "@sortByAssociatedKeys")
                    return try sorted(list, by: keys.expectList(by: "@sortByAssociatedKeys"), &budget)
                })
        })

    /// `list.sortBy(element, key)`: `cel.bind(input, list, input.@sortByAssociatedKeys(input.map(element, key)))`.
    static let sortBy = Macro("sortBy", isMethod: true, argumentCount: 2) { call throws(CompileError) in
        guard let target = call.target else { return nil }
        switch call.kind(of: target) {
        case .literal, .map, .message:
            throw call.error("sortBy can only be applied to a list", at: target)
        default: break
        }
        // No name that an expression can write.
        let input = "@__sortBy_input__"
        let keys = try call.makeMap(
            over: call.make(.identifier(input)), variable: call.variable(0), result: call.arguments[1])
        let sorted = try call.make(.method(call.make(.identifier(input)), "@sortByAssociatedKeys", [keys]))
        return try call.make(.bind(input, value: target, body: sorted))
    }

    private static func sorted(
        _ list: ListValue, by keys: ListValue, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        guard list.count == keys.count else {
            throw .invalid(
                "@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got "
                    + "\(list.count) and \(keys.count) elements respectively")
        }
        guard list.count > 1 else {
            if let key = keys.first, key.compare(with: key) == nil {
                throw .invalid("list elements must be comparable")
            }
            return .list(list)
        }
        try budget.allocate(values: 2 * list.count)
        let order = try SortKeys(keys, &budget).order
        let elements = list.values
        return .list(order.map { elements[$0] })
    }
}
