// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A variable and the fields that are read from it: `schema.spec.replicas`.
public struct AttributePath: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// One step into a value.
    public enum Step: Hashable, Sendable {
        /// A field, or a string key.
        case field(String)
        /// An index, or an integer key.
        case index(Int64)
        /// An index or key that is known only when the expression runs.
        case any
    }

    /// The variable's name, with its namespace.
    public let variable: String
    /// What is read from it. The paths that an evaluation needs to know have fields only, up to the first index.
    public let steps: [Step]

    /// A path.
    public init(_ variable: String, _ steps: [Step] = []) { (self.variable, self.steps) = (variable, steps) }

    /// The path as an expression spells it; `[*]` for a step that is not known.
    public var description: String {
        steps.reduce(into: variable) { text, step in
            switch step {
            case .field(let name): text += name.isPlainName ? ".\(name)" : "[\(Value.string(name).literalText)]"
            case .index(let index): text += "[\(index)]"
            case .any: text += "[*]"
            }
        }
    }

    /// By their spelling.
    public static func < (a: AttributePath, b: AttributePath) -> Bool {
        a.description.precedesByScalars(b.description)
    }

    /// Whether one of two paths is a part of the other, so that not knowing one is not knowing the other.
    func overlaps(_ other: AttributePath) -> Bool {
        variable == other.variable
            && zip(steps, other.steps).allSatisfy { a, b in a == b || a == .any || b == .any }
    }
}

extension String {
    /// Whether it can be written without quotes.
    var isPlainName: Bool {
        guard let first = utf8.first, first.isNameStart, utf8.allSatisfy(\.isNamePart) else { return false }
        return [.identifier, .reserved].contains(Words.kind(of: self))
    }
}
