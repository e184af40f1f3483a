// SPDX-License-Identifier: Apache-2.0

/// A call that is rewritten while the expression is read; cel-spec, “Macros”.
public struct Macro: Sendable {
    /// The function's name; of a namespaced function the last part.
    public let name: String
    /// Whether it stands behind a dot; `cel.bind(…)` does, with `cel` as its target.
    public let isMethod: Bool
    /// How many arguments it takes; nil for any number.
    public let argumentCount: Int?
    /// Makes the expression that stands for the call; nil leaves the call as it is.
    let expand: @Sendable (inout MacroCall) throws(CompileError) -> Expression.ID?

    /// A macro.
    public init(
        _ name: String, isMethod: Bool, argumentCount: Int?,
        expand: @escaping @Sendable (inout MacroCall) throws(CompileError) -> Expression.ID?
    ) {
        (self.name, self.isMethod, self.argumentCount, self.expand) = (name, isMethod, argumentCount, expand)
    }
}

/// A call that a macro rewrites, and the means to build what stands for it.
public struct MacroCall {
    var builder: ExpressionBuilder
    /// What stands before the dot.
    public let target: Expression.ID?
    /// What stands in the parentheses.
    public let arguments: [Expression.ID]
    let offset: Int

    /// A node that was read or made before.
    public func kind(of id: Expression.ID) -> Expression.Kind { builder[id].kind }

    /// Makes a node at the place of the call.
    public mutating func make(_ kind: Expression.Kind) throws(CompileError) -> Expression.ID {
        try builder.add(kind, at: offset)
    }

    /// Makes a node at the place of another.
    public mutating func make(_ kind: Expression.Kind, at id: Expression.ID) throws(CompileError) -> Expression.ID {
        try builder.add(kind, at: Int(builder[id].offset))
    }

    /// Whether the target is this plain name: `cel` of `cel.bind(…)`.
    public func isTarget(_ name: String) -> Bool {
        if let target, case .identifier(name) = kind(of: target) { true } else { false }
    }

    /// The plain name that an argument is.
    ///
    /// - Throws: when it is another expression.
    public func variable(_ index: Int) throws(CompileError) -> String {
        if case .identifier(let name) = kind(of: arguments[index]), !name.hasPrefix(".") { return name }
        throw error("the argument is not a plain name, which a variable of a macro must be", at: arguments[index])
    }

    /// A problem at the place of a node.
    public func error(_ message: String, at id: Expression.ID) -> CompileError {
        CompileError(message, at: Int(builder[id].offset), in: builder.source)
    }

    /// A problem at the place of the call.
    public func error(_ message: String) -> CompileError { CompileError(message, at: offset, in: builder.source) }
}

/// The macros of an environment by name.
struct MacroTable: Sendable {
    private var byName: [String: [Macro]] = [:]

    mutating func add(_ macro: Macro) { byName[macro.name, default: []].append(macro) }

    func candidates(_ name: String, isMethod: Bool, count: Int) -> [Macro] {
        guard let named = byName[name] else { return [] }
        return named.filter { $0.isMethod == isMethod && ($0.argumentCount ?? count) == count }
    }
}
