// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension Macro {
    /// Reads the fields of `runtime.newCondition({type: …})`, whose keys are written as plain names, in a fixed order.
    ///
    /// Upstream's own macro turns the names into strings and keeps the map; a call with four arguments does the same
    /// without making a map only to take it apart.
    static let newCondition = Macro("newCondition", isMethod: true, argumentCount: nil) { call throws(CompileError) in
        guard call.isTarget("runtime") else { return nil }
        guard call.arguments.count == 1, case .map(let entries) = call.kind(of: call.arguments[0]) else {
            throw call.error("runtime.newCondition: argument must be a map literal")
        }
        var values: [String: Expression.ID] = [:]
        for entry in entries {
            guard !entry.isOptional, case .identifier(let name) = call.kind(of: entry.key) else {
                throw call.error(
                    "runtime.newCondition: keys must be bare identifiers (\(conditionFields.joined(separator: ", "))); "
                        + "quoted or computed keys are not allowed", at: entry.key)
            }
            guard conditionFields.contains(name) else {
                throw call.error(
                    "runtime.newCondition: unknown key \(name.quoted) (allowed: type, status, reason, message)",
                    at: entry.key)
            }
            guard values.updateValue(entry.value, forKey: name) == nil else {
                throw call.error("runtime.newCondition: duplicate key \(name.quoted)", at: entry.key)
            }
        }
        var arguments: [Expression.ID] = []
        for field in conditionFields {
            if let value = values[field] {
                arguments.append(value)
            } else if field == "type" || field == "status" {
                throw call.error("runtime.newCondition: '\(field)' is required", at: call.arguments[0])
            } else {
                arguments.append(try call.make(.literal("")))
            }
        }
        return try call.make(.call("runtime.newCondition", arguments))
    }
}
