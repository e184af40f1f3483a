// SPDX-License-Identifier: Apache-2.0

private let t = CELType.parameter("A")

extension Overload {
    private static func builtin(_ id: String, _ parameters: [CELType], _ result: CELType) -> Overload {
        .function(id, parameters, result, .builtin)
    }

    /// The types that operators take and give. What they do, the evaluator knows.
    static let operators: [Function] = {
        var functions: [Function] = [
            Function("!_", builtin("logical_not", [.bool], .bool)),
            Function("-_", builtin("negate_int64", [.int], .int), builtin("negate_double", [.double], .double)),
            Function("_==_", builtin("equals", [t, t], .bool)),
            Function("_!=_", builtin("not_equals", [t, t], .bool)),
            Function(
                "@in", builtin("in_list", [t, .list(t)], .bool),
                builtin("in_map", [t, .map(t, .parameter("B"))], .bool)),
            Function(
                "_[_]", builtin("index_list", [.list(t), .int], t),
                builtin("index_map", [.map(t, .parameter("B")), t], .parameter("B"))),
            Function(
                "_+_", builtin("add_int64", [.int, .int], .int), builtin("add_uint64", [.uint, .uint], .uint),
                builtin("add_double", [.double, .double], .double), builtin("add_string", [.string, .string], .string),
                builtin("add_bytes", [.bytes, .bytes], .bytes),
                builtin("add_list", [.list(t), .list(t)], .list(t)),
                builtin("add_duration_duration", [.duration, .duration], .duration),
                builtin("add_duration_timestamp", [.duration, .timestamp], .timestamp),
                builtin("add_timestamp_duration", [.timestamp, .duration], .timestamp)),
            Function(
                "_-_", builtin("subtract_int64", [.int, .int], .int),
                builtin("subtract_uint64", [.uint, .uint], .uint),
                builtin("subtract_double", [.double, .double], .double),
                builtin("subtract_duration_duration", [.duration, .duration], .duration),
                builtin("subtract_timestamp_duration", [.timestamp, .duration], .timestamp),
                builtin("subtract_timestamp_timestamp", [.timestamp, .timestamp], .duration)),
            Function(
                "_%_", builtin("modulo_int64", [.int, .int], .int), builtin("modulo_uint64", [.uint, .uint], .uint)),
        ]
        for (name, id) in [("_*_", "multiply"), ("_/_", "divide")] {
            functions.append(
                Function(
                    name, builtin("\(id)_int64", [.int, .int], .int), builtin("\(id)_uint64", [.uint, .uint], .uint),
                    builtin("\(id)_double", [.double, .double], .double)))
        }
        let ordered: [CELType] = [.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration]
        for (name, id) in comparisons {
            functions.append(
                Function(name, overloads: ordered.map { builtin("\(id)_\($0)", [$0, $0], .bool) }))
        }
        return functions
    }()

    private static let comparisons = [
        ("_<_", "less"), ("_<=_", "less_equals"), ("_>_", "greater"), ("_>=_", "greater_equals"),
    ]

    /// Comparisons of numbers of different types.
    static func crossTypeComparisons(_ name: String) -> [Overload] {
        let id = comparisons.first { $0.0 == name }?.1 ?? name
        let numbers: [CELType] = [.int, .uint, .double]
        return numbers.flatMap { a in
            numbers.filter { $0 != a }.map { b in builtin("\(id)_\(a)_\(b)", [a, b], .bool) }
        }
    }
}
