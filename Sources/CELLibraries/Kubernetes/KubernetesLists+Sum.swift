// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Chronology

/// What can be added up, and the zero of each type.
let summable: [(String, CELType, Value)] = [
    ("int", .int, .int(0)), ("uint", .uint, .uint(0)), ("double", .double, .double(0)),
    ("duration", .duration, .duration(.zero)),
]

/// The sum of a list's elements, which are of one type.
///
/// Where the type is known only now, the first element says it: the zero is that of the first form there is.
func elementSum(_ value: Value, from zero: Value, _ budget: inout Budget) throws(EvaluationError) -> Value {
    let list = try value.expectList(by: "sum")
    var total = zero
    for (index, element) in list.enumerated() {
        try budget.spend(1)
        guard let next = index == 0 && isSummable(element) ? element : try add(total, element) else {
            throw .noSuchOverload("sum", value)
        }
        total = next
    }
    return total
}

private func isSummable(_ value: Value) -> Bool {
    switch value {
    case .int, .uint, .double, .duration: true
    default: false
    }
}

/// Nil when the types differ.
private func add(_ a: Value, _ b: Value) throws(EvaluationError) -> Value? {
    switch (a, b) {
    case (.int(let a), .int(let b)):
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw .overflow("integer overflow") }
        return .int(sum)
    case (.uint(let a), .uint(let b)):
        let (sum, overflow) = a.addingReportingOverflow(b)
        guard !overflow else { throw .overflow("unsigned integer overflow") }
        return .uint(sum)
    case (.double(let a), .double(let b)): return .double(a + b)
    case (.duration(let a), .duration(let b)):
        guard let sum = a.adding(b) else { throw .overflow("duration overflow") }
        return .duration(sum)
    default: return nil
    }
}
