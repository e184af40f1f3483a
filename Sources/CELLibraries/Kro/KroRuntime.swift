// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL

extension Library {
    /// `runtime.newCondition({type: …, status: …, reason: …, message: …})` and `runtime.condition(object, type)` of kro.
    ///
    /// A condition is a map of four strings whose type is `kro.run.Condition`, so a field that no condition has is
    /// refused before the expression runs. A condition that an object does not have yet is one of four empty strings.
    public static let kroRuntime = Library(
        "kro.runtime",
        functions: [
            Function(
                newCondition,
                .function(
                    "runtime_newCondition_map", [.string, .string, .string, .string], conditionType,
                    .variadic { arguments, budget throws(EvaluationError) in
                        try budget.allocate(values: 2 * conditionFields.count)
                        return try condition(arguments)
                    }
                ).specialized { arguments, _ throws(EvaluationError) in
                    if case .string(let status)? = arguments[1] { try checkStatus(status) }
                    return nil
                }),
            Function(
                "runtime.condition",
                .function(
                    "runtime_condition_dyn_string", [.dyn, .string], conditionType,
                    .binary { object, type, budget throws(EvaluationError) in
                        let type = try type.expectString(by: "runtime.condition")
                        return try findCondition(type, in: object, &budget)
                    })),
        ],
        macros: [.newCondition],
        types: [conditionType])
}

private let newCondition = "runtime.newCondition"
/// What a condition consists of, in the order in which it is shown.
let conditionFields = ["type", "status", "reason", "message"]

private let conditionType = CELType.object(
    ObjectType(
        name: "kro.run.Condition", fields: Dictionary(uniqueKeysWithValues: conditionFields.map { ($0, .string) })))

private func condition(_ values: [Value]) throws(EvaluationError) -> Value {
    for (name, value) in zip(conditionFields, values) {
        guard case .string(let text) = value else {
            throw .invalid("\(newCondition): \(name) must be a string, got \(value.typeName)")
        }
        if name == "type" && text.isEmpty { throw .invalid("\(newCondition): type must not be empty") }
        if name == "status" { try checkStatus(text) }
    }
    return conditionValue(values)
}

private func conditionValue(_ values: [Value]) -> Value {
    .map(MapValue(zip(conditionFields, values).map { (.string($0), $1) }))
}

private func checkStatus(_ status: String) throws(EvaluationError) {
    guard ["True", "False", "Unknown"].contains(status) else {
        throw .invalid("\(newCondition): status must be one of True, False, Unknown (got \(status.quoted))")
    }
}

/// Looks a condition up in `object.status.conditions`; a part of this path that is missing is no error.
private func findCondition(
    _ type: String, in object: Value, _ budget: inout Budget
) throws(EvaluationError) -> Value {
    let missing = conditionValue(conditionFields.map { _ in "" })
    guard case .map(let object) = object else {
        throw .invalid("runtime.condition: obj must be an object, got \(object.typeName)")
    }
    guard let status = object["status"] else { return missing }
    guard case .map(let status) = status else { throw .invalid("runtime.condition: obj.status must be an object") }
    guard let conditions = status["conditions"] else { return missing }
    guard case .list(let conditions) = conditions else {
        throw .invalid("runtime.condition: obj.status.conditions must be a list")
    }
    for element in conditions {
        try budget.spend(1)
        guard case .map(let found) = element else {
            throw .invalid("runtime.condition: unexpected condition element type \(element.typeName)")
        }
        guard case .string(let name)? = found["type"], name.hasSameScalars(as: type) else { continue }
        try budget.allocate(values: 2 * conditionFields.count)
        return conditionValue(
            conditionFields.map { field in if case .string? = found[field] { found[field]! } else { "" } })
    }
    return missing
}
