// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension MathFunctions {
    /// `math.bitAnd`, `math.bitOr`, `math.bitXor`, `math.bitNot`, `math.bitShiftLeft`, `math.bitShiftRight`.
    static let bits = [
        pair("bitAnd", { $0 & $1 }, { $0 & $1 }),
        pair("bitOr", { $0 | $1 }, { $0 | $1 }),
        pair("bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
        Function("math.bitNot", complement("int_int", .int), complement("uint_uint", .uint)),
        shift("bitShiftLeft") { $0 << $1 },
        // An int is shifted without its sign: zeros come in from the left.
        shift("bitShiftRight") { $0 >> $1 },
    ]

    private static func pair(
        _ name: String, _ ints: @escaping @Sendable (Int64, Int64) -> Int64,
        _ uints: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> Function {
        let body = Overload.Implementation.binary { a, b, _ throws(EvaluationError) in
            switch (a, b) {
            case (.int(let a), .int(let b)): .int(ints(a, b))
            case (.uint(let a), .uint(let b)): .uint(uints(a, b))
            default: throw .noSuchOverload("math.\(name)", a, b)
            }
        }
        return Function(
            "math.\(name)", .function("math_\(name)_int_int", [.int, .int], .int, body),
            .function("math_\(name)_uint_uint", [.uint, .uint], .uint, body))
    }

    private static func complement(_ suffix: String, _ type: CELType) -> Overload {
        .function(
            "math_bitNot_\(suffix)", [type], type,
            .unary { value, _ throws(EvaluationError) in
                switch value {
                case .int(let int): .int(~int)
                case .uint(let uint): .uint(~uint)
                default: throw .noSuchOverload("math.bitNot", value)
                }
            })
    }

    /// A shift by any number of bits that is not negative; from 64 on nothing is left.
    private static func shift(
        _ name: String, _ body: @escaping @Sendable (UInt64, Int64) -> UInt64
    ) -> Function {
        let shifted = Overload.Implementation.binary { value, distance, _ throws(EvaluationError) in
            guard case .int(let bits) = distance else { throw .noSuchOverload("math.\(name)", value, distance) }
            guard bits >= 0 else { throw .invalid("math.\(name)() negative offset: \(bits)") }
            switch value {
            case .int(let int): return .int(Int64(bitPattern: body(UInt64(bitPattern: int), bits)))
            case .uint(let uint): return .uint(body(uint, bits))
            default: throw .noSuchOverload("math.\(name)", value, distance)
            }
        }
        return Function(
            "math.\(name)", .function("math_\(name)_int_int", [.int, .int], .int, shifted),
            .function("math_\(name)_uint_int", [.uint, .int], .uint, shifted))
    }
}
