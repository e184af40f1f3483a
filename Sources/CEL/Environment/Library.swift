// SPDX-License-Identifier: Apache-2.0

/// Functions, macros and names that an environment opts into.
public struct Library: Sendable {
    /// What it is called in documents and errors.
    public let name: String
    /// What can be called.
    public let functions: [Function]
    /// What is rewritten while an expression is read.
    public let macros: [Macro]
    /// Names of types, which an expression can compare with `type(x)`.
    public let types: [CELType]
    /// Names that stand for values, in a namespace where they have one.
    public let constants: [String: Value]
    /// Whether it brings the optional syntax `a.?b`, `a[?i]`, `[?e]`.
    public let hasOptionalSyntax: Bool

    /// A library.
    public init(
        _ name: String, functions: [Function] = [], macros: [Macro] = [], types: [CELType] = [],
        constants: [String: Value] = [:], hasOptionalSyntax: Bool = false
    ) {
        (self.name, self.functions, self.macros, self.types) = (name, functions, macros, types)
        (self.constants, self.hasOptionalSyntax) = (constants, hasOptionalSyntax)
    }
}
