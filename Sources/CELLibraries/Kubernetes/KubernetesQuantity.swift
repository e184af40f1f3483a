// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import KubernetesFormats

extension Library {
    /// `quantity(string)`, `isQuantity(string)` and arithmetic and order of `kubernetes.Quantity`.
    ///
    /// Amounts are exact; two are equal when their values are, whatever their suffixes.
    public static let quantity = Library(
        "kubernetes.quantity",
        functions: [
            Function(
                "quantity",
                .function(
                    "string_to_quantity", [.string], QuantityValue.type,
                    .string(for: "quantity") { text, _ throws(EvaluationError) in
                        guard let quantity = Quantity(text) else {
                            throw .invalid(
                                "unable to parse quantity \(String(text.unicodeScalars.prefix(60)).quoted): write a decimal number and "
                                    + "one of n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent")
                        }
                        return .opaque(QuantityValue(quantity))
                    })),
            Function(
                "isQuantity",
                .function(
                    "is_quantity_string", [.string], .bool,
                    .string(for: "isQuantity") { text, _ throws(EvaluationError) in .bool(Quantity(text) != nil) })),
            signs,
            question("isInteger", "quantity_is_integer", .bool) { quantity in .bool(quantity.isInteger) },
            question("asInteger", "quantity_get_int", .int) { quantity in quantity.asInteger.map { .int($0) } },
            question("asApproximateFloat", "quantity_get_float", .double) { quantity in
                .double(quantity.asApproximateDouble)
            },
            arithmetic("add") { $0.adding($1) },
            arithmetic("sub") { $0.subtracting($1) },
            comparison("isLessThan", "quantity_is_less_than", .bool) { .bool($0 < $1) },
            comparison("isGreaterThan", "quantity_is_greater_than", .bool) { .bool($1 < $0) },
            comparison("compareTo", "quantity_compare_to", .int) { $0 < $1 ? -1 : $1 < $0 ? 1 : 0 },
        ],
        types: [QuantityValue.type])

    /// Kubernetes documents `q.sign()` and declares `sign(q)`; both work here.
    private static let signs: Function = {
        let sign = Overload.Implementation.opaque(QuantityValue.self, for: "sign") { value throws(EvaluationError) in
            .int(Int64(value.quantity.sign))
        }
        return Function(
            "sign", .function("quantity_sign", [QuantityValue.type], .int, sign),
            .method("quantity_sign_member", [QuantityValue.type], .int, sign))
    }()

    private static func question(
        _ name: String, _ id: String, _ result: CELType, _ body: @escaping @Sendable (Quantity) -> Value?
    ) -> Function {
        Function(
            name,
            .method(
                id, [QuantityValue.type], result,
                .opaque(QuantityValue.self, for: name) { value throws(EvaluationError) in
                    guard let answer = body(value.quantity) else {
                        throw .invalid("cannot convert value to integer")
                    }
                    return answer
                }))
    }

    private static func comparison(
        _ name: String, _ id: String, _ result: CELType, _ body: @escaping @Sendable (Quantity, Quantity) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [QuantityValue.type, QuantityValue.type], result,
                .binary { a, b, budget throws(EvaluationError) in
                    let a = try a.expectOpaque(QuantityValue.self, by: name).quantity
                    let b = try b.expectOpaque(QuantityValue.self, by: name).quantity
                    try budget.read(bytes: max(a.mostDigits, b.mostDigits))
                    return body(a, b)
                }))
    }

    private static func arithmetic(
        _ name: String, _ body: @escaping @Sendable (Quantity, Quantity) -> Quantity?
    ) -> Function {
        let calculate = Overload.Implementation.binary { a, b, budget throws(EvaluationError) in
            let a = try a.expectOpaque(QuantityValue.self, by: name).quantity
            // Kubernetes takes a plain number in this format, which counts where the left side is zero.
            let b =
                if case .int(let number) = b { Quantity(number, format: .decimalExponent) } else {
                    try b.expectOpaque(QuantityValue.self, by: name).quantity
                }
            try budget.allocate(bytes: max(a.mostDigits, b.mostDigits))
            guard let result = body(a, b) else { throw .overflow("quantity overflow: too many digits") }
            return .opaque(QuantityValue(result))
        }
        return Function(
            name,
            .method("quantity_\(name)", [QuantityValue.type, QuantityValue.type], QuantityValue.type, calculate),
            .method("quantity_\(name)_int", [QuantityValue.type, .int], QuantityValue.type, calculate))
    }
}

extension Quantity {
    /// How many digits an amount may have: there are nine behind the point, and few before it unless it is huge.
    fileprivate var mostDigits: Int { asApproximateDouble.magnitude < 1e18 ? 32 : 2048 }
}
