// SPDX-License-Identifier: Apache-2.0

internal import CEL

// `math.greatest` and `math.least` take any number of arguments, which no overload can declare: a macro makes them a
// call of `math.@max` or `math.@min` with one number, two, or a list.
extension MathFunctions {
    /// `math.@min` of a number, two numbers or a list.
    static let least = extreme("math.@min", id: "math_@min", keepsFirst: .less)
    /// `math.@max` of a number, two numbers or a list.
    static let greatest = extreme("math.@max", id: "math_@max", keepsFirst: .greater)

    private static func extreme(_ name: String, id: String, keepsFirst order: Comparison) -> Function {
        let types: [CELType] = [.double, .int, .uint]
        let one = types.map {
            Overload.function("\(id)_\($0)", [$0], $0, .unary { value, _ throws(EvaluationError) in value })
        }
        let two = types.flatMap { first in
            types.map { second in
                Overload.function(
                    "\(id)_\(first)_\(second)", [first, second], first == second ? first : .dyn,
                    .binary { a, b, _ throws(EvaluationError) in try chosen(a, b, order, name) })
            }
        }
        let many = types.map {
            Overload.function(
                "\(id)_list_\($0)", [.list($0)], $0,
                .unary { value, budget throws(EvaluationError) in
                    let list = try value.expectList(by: name)
                    try budget.spend(list.count)
                    guard var best = list.first else { throw .invalid("\(name)(list) argument must not be empty") }
                    for element in list.dropFirst() { best = try chosen(best, element, order, name) }
                    switch best {
                    case .int, .uint, .double: return best
                    default: throw .noSuchOverload(name, best)
                    }
                })
        }
        return Function(name, overloads: one + two + many)
    }

    /// The one of two numbers that is before the other in an order; the first when they are equal.
    private static func chosen(
        _ a: Value, _ b: Value, _ order: Comparison, _ name: String
    ) throws(EvaluationError) -> Value {
        switch a.compare(with: b) {
        case nil: throw .noSuchOverload(name, a, b)
        case .unordered: throw .invalid("NaN values cannot be ordered: \(name)")
        case .equal, order: return a
        default: return b
        }
    }
}

extension MathFunctions {
    /// `math.greatest(…)` and `math.least(…)`.
    static let macros = [
        macro("greatest", for: "math.@max"), macro("least", for: "math.@min"),
    ]

    private static func macro(_ name: String, for function: String) -> Macro {
        Macro(name, isMethod: true, argumentCount: nil) { call throws(CompileError) in
            guard call.isTarget("math") else { return nil }
            let arguments = call.arguments
            guard let first = arguments.first else {
                throw call.error("math.\(name)() requires at least one argument")
            }
            if arguments.count == 1, case .list(let elements) = call.kind(of: first) {
                guard !elements.isEmpty, elements.allSatisfy({ call.mayBeNumber($0.value) }) else {
                    throw call.error("math.\(name)() invalid single argument value", at: first)
                }
                return try call.make(.call(function, arguments))
            }
            for argument in arguments where !call.mayBeNumber(argument) {
                let problem =
                    arguments.count == 1
                    ? "invalid single argument value" : "simple literal arguments must be numeric"
                throw call.error("math.\(name)() \(problem)", at: argument)
            }
            let operands = arguments.count > 2 ? [try call.makeList(arguments)] : arguments
            return try call.make(.call(function, operands))
        }
    }
}

extension MacroCall {
    /// Whether an argument is a number, or an expression of which that is not seen while it is read.
    fileprivate func mayBeNumber(_ id: Expression.ID) -> Bool {
        switch kind(of: id) {
        case .literal(.int), .literal(.uint), .literal(.double): true
        case .literal, .list, .map, .message: false
        default: true
        }
    }
}
