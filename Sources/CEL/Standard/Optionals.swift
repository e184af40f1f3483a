// SPDX-License-Identifier: Apache-2.0

internal import Chronology

private let value = CELType.parameter("V")

extension Library {
    /// Optional values, the syntax `a.?b`, `a[?i]`, `[?e]`, `{?k: v}`, and what is asked of them.
    public static let optionals = Library(
        "optional",
        functions: [
            Function(
                "optional.of", .function("optional_of", [value], .optional(value), .unary { value, _ in .some(value) })),
            Function(
                "optional.ofNonZeroValue",
                .function(
                    "optional_ofNonZeroValue", [value], .optional(value),
                    .unary { value, _ in value.isZero ? .none : .some(value) })),
            Function("optional.none", .function("optional_none", [], .optional(value), .nullary { _ in .none })),
            Function(
                "value",
                .method(
                    "optional_value", [.optional(value)], value,
                    .unary { optional, _ throws(EvaluationError) in
                        guard case .optional(let wrapped) = optional else { throw .noSuchOverload("value", optional) }
                        guard let wrapped else { throw .invalid("optional.none() dereference") }
                        return wrapped.value
                    })),
            Function(
                "hasValue",
                .method(
                    "optional_hasValue", [.optional(value)], .bool,
                    .unary { optional, _ throws(EvaluationError) in
                        guard case .optional(let wrapped) = optional else {
                            throw .noSuchOverload("hasValue", optional)
                        }
                        return .bool(wrapped != nil)
                    })),
            // The evaluator runs the alternative only when it is needed.
            Function(
                "or", .method("optional_or_optional", [.optional(value), .optional(value)], .optional(value), .builtin)),
            Function("orValue", .method("optional_orValue_value", [.optional(value), value], value, .builtin)),
            Function(
                "optional.unwrap",
                .function("optional_unwrap", [.list(.optional(value))], .list(value), .unary(unwrap))),
            Function(
                "unwrapOpt", .method("optional_unwrapOpt", [.list(.optional(value))], .list(value), .unary(unwrap))),
            Function(
                "first",
                .method(
                    "list_first", [.list(value)], .optional(value),
                    .unary { list, _ throws(EvaluationError) in try end(of: list, "first") { $0.first } })),
            Function(
                "last",
                .method(
                    "list_last", [.list(value)], .optional(value),
                    .unary { list, _ throws(EvaluationError) in try end(of: list, "last") { $0.last } })),
            Function(
                "_[_]",
                .function("optional_list_index_int", [.optional(.list(value)), .int], .optional(value), .builtin),
                .function(
                    "optional_map_index_value", [.optional(.map(.parameter("K"), value)), .parameter("K")],
                    .optional(value), .builtin)),
            Function(
                "_[?_]",
                .function("list_optindex_optional_int", [.list(value), .int], .optional(value), .builtin),
                .function(
                    "optional_list_optindex_optional_int", [.optional(.list(value)), .int], .optional(value), .builtin),
                .function(
                    "map_optindex_optional_value", [.map(.parameter("K"), value), .parameter("K")], .optional(value),
                    .builtin),
                .function(
                    "optional_map_optindex_optional_value", [.optional(.map(.parameter("K"), value)), .parameter("K")],
                    .optional(value), .builtin)),
        ],
        macros: [optionalMap("optMap", isFlat: false), optionalMap("optFlatMap", isFlat: true)],
        types: [.optional(.dyn)], hasOptionalSyntax: true)

    @Sendable
    private static func unwrap(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> Value {
        guard case .list(let list) = value else { throw .noSuchOverload("unwrap", value) }
        try budget.allocate(values: list.count)
        var values: [Value] = []
        for element in list {
            guard case .optional(let wrapped) = element else { throw .noSuchOverload("unwrap", value) }
            if let wrapped { values.append(wrapped.value) }
        }
        return .list(values)
    }

    private static func end(
        of value: Value, _ name: String, _ read: (ListValue) -> Value?
    ) throws(EvaluationError) -> Value {
        guard case .list(let list) = value else { throw .noSuchOverload(name, value) }
        return read(list).map { .some($0) } ?? .none
    }

    /// `optional.optMap(v, e)`: with a value `optional.of(e)`, else none; flat without the `optional.of`.
    private static func optionalMap(_ name: String, isFlat: Bool) -> Macro {
        Macro(name, isMethod: true, argumentCount: 2) { call throws(CompileError) in
            let variable = try call.variable(0)
            // The target is found once, however often the expression reads it.
            let held = "@optional:\(variable)"
            let target = try call.make(.identifier(held))
            let hasValue = try call.make(.method(target, "hasValue", []))
            let inner = try call.make(.method(try call.make(.identifier(held)), "value", []))
            let mapped = try call.make(.bind(variable, value: inner, body: call.arguments[1]))
            let name = try call.make(.identifier("optional"))
            let then = isFlat ? mapped : try call.make(.method(name, "of", [mapped]))
            let none = try call.make(.method(try call.make(.identifier("optional")), "none", []))
            let body = try call.make(.conditional(hasValue, then, none))
            return try call.make(.bind(held, value: call.target!, body: body))
        }
    }
}

extension Value {
    /// Whether it is what an unset field of its type is.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let value): !value
        case .int(let value): value == 0
        case .uint(let value): value == 0
        case .double(let value): value == 0
        case .string(let text): text.isEmpty
        case .bytes(let octets): octets.isEmpty
        case .duration(let span): span == .zero
        case .timestamp(let moment): moment == .zero
        case .list(let list): list.isEmpty
        case .map(let map): map.count == 0
        case .optional(let wrapped): wrapped == nil
        case .type, .opaque: false
        }
    }
}

extension Moment {
    /// The first moment of the year one, which is what Go calls an unset time.
    fileprivate static let zero = Moment(seconds: -62_135_596_800)
}
