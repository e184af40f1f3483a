// SPDX-License-Identifier: Apache-2.0

public import CEL

extension Library {
    /// Functions of numbers: the macros `math.greatest` and `math.least`; from version 1 on rounding, signs, bits and
    /// tests for NaN and infinity, from version 2 on `math.sqrt`.
    ///
    /// - Parameter version: as cel-go counts.
    public static func math(version: Int = 2) -> Library {
        var functions = [MathFunctions.least, MathFunctions.greatest]
        if version >= 1 { functions += MathFunctions.rounding + MathFunctions.signs + MathFunctions.bits }
        if version >= 2 { functions.append(MathFunctions.squareRoot) }
        return Library("math", functions: functions, macros: MathFunctions.macros)
    }
}

/// The functions of `Library.math`.
enum MathFunctions {
    /// `math.ceil`, `math.floor`, `math.round`, `math.trunc`, `math.isNaN`, `math.isInf`, `math.isFinite`.
    static let rounding = [
        ofDouble("ceil", .double) { .double($0.rounded(.up)) },
        ofDouble("floor", .double) { .double($0.rounded(.down)) },
        // Halves go away from zero.
        ofDouble("round", .double) { .double($0.rounded(.toNearestOrAwayFromZero)) },
        ofDouble("trunc", .double) { .double($0.rounded(.towardZero)) },
        ofDouble("isNaN", .bool) { .bool($0.isNaN) },
        ofDouble("isInf", .bool) { .bool($0.isInfinite) },
        ofDouble("isFinite", .bool) { .bool($0.isFinite) },
    ]

    private static func ofDouble(
        _ name: String, _ result: CELType, _ body: @escaping @Sendable (Double) -> Value
    ) -> Function {
        Function(
            "math.\(name)",
            .function(
                "math_\(name)_double", [.double], result,
                .unary { value, _ throws(EvaluationError) in
                    guard case .double(let double) = value else { throw .noSuchOverload("math.\(name)", value) }
                    return body(double)
                }))
    }

    /// `math.abs` and `math.sign`.
    static let signs = [
        numeric("abs") { value throws(EvaluationError) in
            switch value {
            case .double(let double): return .double(double.magnitude)
            case .int(.min): throw .overflow("integer overflow")
            case .int(let int): return .int(abs(int))
            case .uint: return value
            default: throw .noSuchOverload("math.abs", value)
            }
        },
        numeric("sign") { value throws(EvaluationError) in
            switch value {
            // A NaN has no sign.
            case .double(let double): .double(double.isNaN ? double : double > 0 ? 1 : double < 0 ? -1 : 0)
            case .int(let int): .int(int.signum())
            case .uint(let uint): .uint(min(uint, 1))
            default: throw .noSuchOverload("math.sign", value)
            }
        },
    ]

    /// `math.sqrt`: NaN below zero.
    static let squareRoot = numeric("sqrt", result: .double) { value throws(EvaluationError) in
        switch value {
        case .double(let double): .double(double.squareRoot())
        case .int(let int): .double(Double(int).squareRoot())
        case .uint(let uint): .double(Double(uint).squareRoot())
        default: throw .noSuchOverload("math.sqrt", value)
        }
    }

    /// A function of each type of number, which yields the same type where no other is given.
    private static func numeric(
        _ name: String, result: CELType? = nil,
        _ body: @escaping @Sendable (Value) throws(EvaluationError) -> Value
    ) -> Function {
        let overloads = [CELType.double, .int, .uint].map { type in
            Overload.function(
                "math_\(name)_\(type)", [type], result ?? type,
                .unary { value, _ throws(EvaluationError) in try body(value) })
        }
        return Function("math.\(name)", overloads: overloads)
    }
}
