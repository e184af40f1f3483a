// SPDX-License-Identifier: Apache-2.0

/// An expression as it was written, with its macros expanded.
///
/// Its nodes stand in one array and name each other by index, so that an expression of any shape is copied, shared and
/// given up in constant stack. A loop macro is one node; what cel-spec writes as a fold (“Macros”) is how it is defined,
/// not how it is kept.
public struct Expression: Sendable {
    /// Names a node of one expression.
    public struct ID: Hashable, Sendable {
        let index: Int32
    }

    /// A node of the tree.
    public struct Node: Sendable {
        /// What it is.
        public let kind: Kind
        /// Where it was written, in UTF-8 bytes; an operator's place is that of its sign.
        let offset: Int32
        /// One more than its deepest child.
        let depth: Int32
    }

    /// The kinds of nodes. Operators are calls whose names are cel-spec's: `_+_`, `@in`, `_[_]`.
    public enum Kind: Sendable {
        /// A constant.
        case literal(Value)
        /// A name; with a leading dot when it was written so.
        case identifier(String)
        /// `operand.field`.
        case select(ID, String)
        /// `has(operand.field)`.
        case has(ID, String)
        /// `operand.?field`.
        case optionalSelect(ID, String)
        /// `function(arguments)`, or an operator.
        case call(String, [ID])
        /// `target.function(arguments)`.
        case method(ID, String, [ID])
        /// `a && b && c`, flattened.
        case and([ID])
        /// `a || b || c`, flattened.
        case or([ID])
        /// `condition ? then : otherwise`.
        case conditional(ID, ID, ID)
        /// `[a, ?b]`.
        case list([Element])
        /// `{a: b, ?c: d}`.
        case map([Entry])
        /// `name.of.Type{field: value}`.
        case message(String, [Field])
        /// A macro that visits the elements of a list or the entries of a map; apart, as it is far larger than others.
        indirect case loop(Loop)
        /// `cel.bind(name, value, body)`: the value is found when it is first asked for, at most once.
        case bind(String, value: ID, body: ID)
        /// `cel.block([…], body)`: `@index0` and so on name the slots, each found when first asked for.
        case block([ID], body: ID)
    }

    /// An element of a list literal.
    public struct Element: Sendable {
        /// Its expression.
        public let value: ID
        /// Whether it was written with `?`.
        public let isOptional: Bool
    }

    /// An entry of a map literal.
    public struct Entry: Sendable {
        /// The key's expression.
        public let key: ID
        /// The value's expression.
        public let value: ID
        /// Whether it was written with `?`.
        public let isOptional: Bool
    }

    /// A field of a message literal.
    public struct Field: Sendable {
        /// Its name.
        public let name: String
        /// The value's expression.
        public let value: ID
        /// Whether it was written with `?`.
        public let isOptional: Bool
        let offset: Int32
    }

    /// A loop over a list or a map.
    public struct Loop: Sendable {
        /// What the loop yields.
        public enum Yield: Sendable {
            /// Whether the condition holds for all.
            case all
            /// Whether the condition holds for one at least.
            case exists
            /// Whether the condition holds for exactly one.
            case existsOne
            /// The list of the results where the condition holds.
            case list
            /// The list of the elements where the condition holds.
            case filtered
            /// The map from each key to the result where the condition holds.
            case map
            /// The map of all entries of the results, each of which is a map.
            case mergedMap
        }

        /// What it yields.
        public let yield: Yield
        /// What is visited.
        public let range: ID
        /// The element, or with two variables the index or key.
        public let variable: String
        /// With two variables the element or value.
        public let secondVariable: String?
        /// Which elements count; nil for all of them.
        public let condition: ID?
        /// What is yielded for an element, where that is not the element itself.
        public let result: ID?
    }

    /// The text.
    public let source: SourceText
    let nodes: [Node]
    /// The whole expression.
    public let root: ID

    /// A node of this expression.
    public subscript(id: ID) -> Node { nodes[Int(id.index)] }

    /// Where a node was written.
    public func location(of id: ID) -> SourceLocation { source.location(at: Int(self[id].offset)) }
}
