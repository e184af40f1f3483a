// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import Kubernetes

/// A path into objects as kubectl and printer columns write it: `{.status.conditions[?(@.type=="Ready")].status}`.
///
/// Fields, indexes, slices, wildcards, unions, filters, recursive descent, quoted texts and `range` … `end` mean what
/// they mean to kubectl. A path is read once and never changes; looking it up is bounded by `Limits`.
public struct JSONPath: Sendable, Hashable, CustomStringConvertible {
    /// How much a foreign path may ask for.
    public struct Limits: Sendable {
        /// The most bytes of a path.
        public var length = 4096
        /// How deep unions, filters and ranges may be nested.
        public var depth = 16
        /// The most values that one look-up may come across.
        public var steps = 200_000

        /// The limits above.
        public init() {}
        /// The limits above.
        public static let standard = Limits()
    }

    /// The text it was made from.
    public let description: String
    let parts: [Part]
    private let steps: Int

    /// Text, the path of an expression in braces, or what is repeated for each value of one.
    indirect enum Part: Sendable {
        case text(String)
        case expression([Step])
        case range([Step], [Part])
    }

    /// One step from values to others.
    indirect enum Step: Sendable {
        case field(String)
        case wildcard
        case recursive
        case slice(Slice)
        case union([[Step]])
        case filter(left: [Step], comparison: Comparison?, right: [Step])
        case literal(JSON)
    }

    struct Slice: Sendable {
        var start: Int?
        var end: Int?
        /// Whether the end was not written, since there is a single index.
        var isIndex = false
        var step: Int?
    }

    enum Comparison: String, Sendable {
        case equal = "==", unequal = "!=", less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
    }

    /// Reads a template: text with expressions in braces.
    ///
    /// - Throws: what is wrong, in the words of kubectl, and when it is beyond the limits.
    public init(_ template: String, limits: Limits = .standard) throws(Fault) {
        guard template.utf8.count <= limits.length else {
            throw Fault(.limitExceeded, "the path “\(template.prefix(40))…” is longer than \(limits.length) bytes")
        }
        var parser = JSONPathParser(template, depth: limits.depth)
        do throws(JSONPathParser.Problem) { parts = try parser.template() } catch {
            throw Fault(.invalid, "the path “\(template.prefix(200))” cannot be read: \(error.text)")
        }
        (description, steps) = (template, limits.steps)
    }

    /// Reads the path of a printer column or a selectable field, which has no braces: `.spec.replicas`.
    public init(expression: String, limits: Limits = .standard) throws(Fault) {
        try self.init("{\(expression)}", limits: limits)
    }

    /// Paths are the same when their texts are.
    public static func == (a: JSONPath, b: JSONPath) -> Bool { a.description.utf8.elementsEqual(b.description.utf8) }
    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// The values that each part of the template leads to.
    ///
    /// - Parameter allowsMissing: whether a field that is not there is no error.
    /// - Throws: for missing fields, indexes beyond a list, values that cannot be compared, and beyond the limits.
    public func values(in object: JSON, allowsMissing: Bool = true) throws(Fault) -> [[JSON]] {
        var walk = JSONPathWalk(allowsMissing: allowsMissing, steps: steps)
        return try walk.values(of: parts, from: object)
    }

    /// The first value that the template leads to; nil when there is none.
    public func first(in object: JSON) throws(Fault) -> JSON? { try values(in: object).first?.first }

    /// The values as kubectl prints them: texts as they are, objects as JSON, a space between those of one expression.
    public func text(in object: JSON, allowsMissing: Bool = true) throws(Fault) -> String {
        try values(in: object, allowsMissing: allowsMissing)
            .map { $0.map(Self.text).joined(separator: " ") }.joined()
    }

    /// A value as kubectl prints it.
    static func text(of value: JSON) -> String {
        switch value {
        case .string(let text): text
        case .null: "<no value>"
        default: GoLiteral.text(of: value)
        }
    }
}
