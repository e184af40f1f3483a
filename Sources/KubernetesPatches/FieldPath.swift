// SPDX-License-Identifier: Apache-2.0

/// The way from an object to a place in it.
public struct FieldPath: Hashable, Sendable, Comparable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// The steps; none is the object itself.
    public var elements: [PathElement]

    /// A path of steps.
    public init(_ elements: [PathElement] = []) { self.elements = elements }
    /// A path of steps.
    public init(arrayLiteral elements: PathElement...) { self.elements = elements }
    /// A path through members of objects, such as `metadata`, `name`.
    public init(fields: String...) { elements = fields.map { .field($0) } }

    /// The path to what a step leads to.
    public func appending(_ element: PathElement) -> FieldPath { FieldPath(elements + [element]) }

    /// The text in messages: `.spec.containers[name="x"].image`.
    public var description: String { elements.map(\.description).joined() }

    /// Compares step by step; what ends first comes first.
    public static func < (a: FieldPath, b: FieldPath) -> Bool {
        a.elements.lexicographicallyPrecedes(b.elements)
    }
}
