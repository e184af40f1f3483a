// SPDX-License-Identifier: Apache-2.0

extension Macro {
    /// `has`, `all`, `exists`, `exists_one`, `existsOne`, `map`, `filter`.
    static let standard: [Macro] = [
        has,
        loop("all", 2, .all), loop("exists", 2, .exists),
        loop("exists_one", 2, .existsOne), loop("existsOne", 2, .existsOne),
        loop("filter", 2, .filtered), loop("map", 2, .list), loop("map", 3, .list),
    ]

    /// The forms with two variables: index and element of a list, key and value of a map.
    static let twoVariables: [Macro] = [
        loop("all", 3, .all, variables: 2), loop("exists", 3, .exists, variables: 2),
        loop("exists_one", 3, .existsOne, variables: 2), loop("existsOne", 3, .existsOne, variables: 2),
        loop("transformList", 3, .list, variables: 2), loop("transformList", 4, .list, variables: 2),
        loop("transformMap", 3, .map, variables: 2), loop("transformMap", 4, .map, variables: 2),
        loop("transformMapEntry", 3, .mergedMap, variables: 2), loop("transformMapEntry", 4, .mergedMap, variables: 2),
    ]

    /// `cel.bind(name, value, body)`.
    static let bind = Macro("bind", isMethod: true, argumentCount: 3) { call throws(CompileError) in
        guard call.isTarget("cel") else { return nil }
        return try call.make(.bind(call.variable(0), value: call.arguments[1], body: call.arguments[2]))
    }

    private static let has = Macro("has", isMethod: false, argumentCount: 1) { call throws(CompileError) in
        guard case .select(let operand, let field) = call.kind(of: call.arguments[0]) else {
            throw call.error("the argument of has() selects a field: has(a.b)", at: call.arguments[0])
        }
        return try call.make(.has(operand, field))
    }

    /// A loop whose arguments are its variables, a filter when there is room for one, and what is asked of each.
    private static func loop(
        _ name: String, _ count: Int, _ yield: Expression.Loop.Yield, variables: Int = 1
    ) -> Macro {
        Macro(name, isMethod: true, argumentCount: count) { call throws(CompileError) in
            let first = try call.variable(0)
            let second = variables == 2 ? try call.variable(1) : nil
            if let second, first == second {
                throw call.error("the two variables of \(name) have the same name '\(first)'", at: call.arguments[1])
            }
            let isTest = [.all, .exists, .existsOne, .filtered].contains(yield)
            let hasFilter = !isTest && count == variables + 2
            return try call.make(
                .loop(
                    Expression.Loop(
                        yield: yield, range: call.target!, variable: first, secondVariable: second,
                        condition: isTest || hasFilter ? call.arguments[variables] : nil,
                        result: isTest ? nil : call.arguments[count - 1])))
        }
    }
}
