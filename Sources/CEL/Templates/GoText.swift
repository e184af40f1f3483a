// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology

/// Prints values as Go's `fmt.Sprint` prints what OCM makes of them: `[a b]`, `map[k:v]`, `<nil>`.
enum GoText {
    /// Appends a value.
    ///
    /// Durations and timestamps are printed as documents have them; OCM refuses them unless they are in a list or map.
    ///
    /// - Throws: for bytes, types, values of libraries and keys that are no strings, which OCM refuses too, for values
    ///   nested too deep, and when the budget ends.
    static func append(
        _ value: Value, to text: inout String, depth: Int = 0, _ budget: inout Budget
    ) throws(EvaluationError) {
        switch value {
        case .null, .optional(nil): try append("<nil>", to: &text, &budget)
        case .bool(let bool): try append(bool ? "true" : "false", to: &text, &budget)
        case .int(let int): try append(String(int), to: &text, &budget)
        case .uint(let uint): try append(String(uint), to: &text, &budget)
        case .double(let double): try append(goShortest(double), to: &text, &budget)
        case .string(let string): try append(string, to: &text, &budget)
        case .duration(let span): try append(span.goText, to: &text, &budget)
        case .timestamp(let moment): try append(moment.description, to: &text, &budget)
        case .optional(let wrapped?): try append(wrapped.value, to: &text, depth: depth, &budget)
        case .list(let list):
            try check(depth)
            try append("[", to: &text, &budget)
            for (index, element) in list.enumerated() {
                if index > 0 { text += " " }
                try append(element, to: &text, depth: depth + 1, &budget)
            }
            text += "]"
        case .map(let map): try append(map, to: &text, depth, &budget)
        case .bytes, .type, .opaque:
            throw .invalid("a value of type \(value.typeName) cannot stand within text; write it as a string")
        }
    }

    private static func append(
        _ map: MapValue, to text: inout String, _ depth: Int, _ budget: inout Budget
    ) throws(EvaluationError) {
        try check(depth)
        try budget.allocate(values: 2 * map.count)
        var members: [(key: String, value: Value)] = []
        for (key, value) in map.entries {
            guard case .string(let name) = key else {
                throw .invalid("a map whose keys are no strings cannot stand within text")
            }
            members.append((name, value))
        }
        members.sort { $0.key.precedesByScalars($1.key) }
        try append("map[", to: &text, &budget)
        for (index, (key, value)) in members.enumerated() {
            if index > 0 { text += " " }
            try append(key, to: &text, &budget)
            text += ":"
            try append(value, to: &text, depth: depth + 1, &budget)
        }
        text += "]"
    }

    private static func append(_ piece: String, to text: inout String, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(bytes: piece.utf8.count + 1)
        text += piece
    }

    private static func check(_ depth: Int) throws(EvaluationError) {
        guard depth < DocumentForm().depth else {
            throw EvaluationError(.budget, "the value is nested deeper than \(DocumentForm().depth) levels")
        }
    }
}
