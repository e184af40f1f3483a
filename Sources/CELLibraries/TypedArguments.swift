// SPDX-License-Identifier: Apache-2.0

internal import CEL

// A dynamic argument can be anything, so every implementation says what it needs and names its function where that
// is not what it got.
extension Value {
    func expectString(by function: String) throws(EvaluationError) -> String {
        if case .string(let text) = self { text } else { throw .noSuchOverload(function, self) }
    }

    func expectInt(by function: String) throws(EvaluationError) -> Int64 {
        if case .int(let number) = self { number } else { throw .noSuchOverload(function, self) }
    }

    func expectBool(by function: String) throws(EvaluationError) -> Bool {
        if case .bool(let value) = self { value } else { throw .noSuchOverload(function, self) }
    }

    func expectList(by function: String) throws(EvaluationError) -> ListValue {
        if case .list(let list) = self { list } else { throw .noSuchOverload(function, self) }
    }

    func expectOpaque<T: OpaqueValue>(_ type: T.Type, by function: String) throws(EvaluationError) -> T {
        if case .opaque(let value) = self, let value = value as? T {
            value
        } else {
            throw .noSuchOverload(function, self)
        }
    }
}

extension Overload.Implementation {
    /// For one string, whose bytes are paid for.
    static func string(
        for function: String, _ body: @escaping @Sendable (String, inout Budget) throws(EvaluationError) -> Value
    ) -> Self {
        .unary { value, budget throws(EvaluationError) in
            let text = try value.expectString(by: function)
            try budget.read(bytes: text.utf8.count)
            return try body(text, &budget)
        }
    }

    /// For one value of a library's type.
    static func opaque<T: OpaqueValue>(
        _ type: T.Type, for function: String, _ body: @escaping @Sendable (T) throws(EvaluationError) -> Value
    ) -> Self {
        .unary { value, _ throws(EvaluationError) in try body(value.expectOpaque(type, by: function)) }
    }

    /// For two values of a library's type.
    static func opaques<T: OpaqueValue>(
        _ type: T.Type, for function: String, _ body: @escaping @Sendable (T, T) throws(EvaluationError) -> Value
    ) -> Self {
        .binary { a, b, _ throws(EvaluationError) in
            try body(a.expectOpaque(type, by: function), b.expectOpaque(type, by: function))
        }
    }
}
