// SPDX-License-Identifier: Apache-2.0

import CEL

extension Library {
    /// `text.isLabel()`, `text.abbreviated(length)` and `naming.count(list, value)`.
    static let naming = Library("naming", functions: [isLabel, abbreviated, count])

    /// The closure's types are the declaration: `string.isLabel() -> bool`.
    private static let isLabel = Function(
        "isLabel",
        .method("string_is_label") { (text: String, budget) throws(EvaluationError) in
            try budget.read(bytes: text.utf8.count)
            return !text.isEmpty && text.utf8.count <= 63
                && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        })

    private static let abbreviated = Function(
        "abbreviated",
        .method("string_abbreviated_int") { (text: String, length: Int64, budget) throws(EvaluationError) in
            guard length >= 0 else { throw .invalid("abbreviated() takes a length that is not negative") }
            try budget.allocate(bytes: text.utf8.count)
            return String(String.UnicodeScalarView(text.unicodeScalars.prefix(Int(clamping: length))))
        })

    /// Types that Swift does not know at compile time are declared: `naming.count(list(A), A) -> int`.
    private static let count = Function(
        "naming.count",
        .function(
            "naming_count", [.list(.parameter("A")), .parameter("A")], .int,
            .binary { list, wanted, budget throws(EvaluationError) in
                guard case .list(let elements) = list else { throw .noSuchOverload("naming.count", list, wanted) }
                var count: Int64 = 0
                for element in elements {
                    try budget.spend(1)
                    if try element.equals(wanted, &budget) { count += 1 }
                }
                return .int(count)
            }))
}

/// What an expression with these functions yields.
func evaluateWithNaming(_ text: String) throws -> Value {
    try Environment(libraries: [.standard, .naming]).compile(text).evaluate()
}
