// SPDX-License-Identifier: Apache-2.0

/// An expression whose types and names are known.
public struct CheckedExpression: Sendable {
    /// What a node's name means.
    enum Resolution: Sendable {
        /// Nothing is resolved here.
        case none
        /// A variable, by its full name; of a selection the whole dotted name.
        case variable(String)
        /// The name of a type, or of another constant.
        case constant(String)
        /// A variable of a macro.
        case local
        /// Forms of a function that fit.
        case overloads([Overload])
        /// Forms of a function in a namespace, written like a method: `math.abs(x)`.
        case namespaced(String, [Overload])
    }

    /// The expression.
    public let expression: Expression
    /// The type of its result.
    public let resultType: CELType
    let types: [CELType]
    let resolutions: [Resolution]

    /// The type of a node.
    public func type(of id: Expression.ID) -> CELType { types[Int(id.index)] }
    func resolution(of id: Expression.ID) -> Resolution { resolutions[Int(id.index)] }
}
