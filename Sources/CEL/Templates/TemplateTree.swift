// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A document with expressions in its strings, taken apart: what depends on what is known, nothing is checked yet.
///
/// Keys are never templates. Parts of the document without expressions are kept as they are.
public struct TemplateTree: Sendable {
    /// A string of the document that holds expressions.
    public struct Leaf: Sendable {
        /// Where it stands.
        public let pointer: JSONPointer
        /// The string, taken apart.
        public let template: Template
        /// Which variables, and which parts of them, its expressions may read.
        public let references: Set<AttributePath>
    }

    /// The document with its templates.
    public let document: JSON
    /// Whose templates these are.
    public let dialect: TemplateDialect
    /// The strings with expressions, in the order of the document.
    public let leaves: [Leaf]
    let shape: Shape
    /// Each distinct expression once.
    let expressions: [MapKey: Expression]
    /// The libraries that the expressions were read with, since these bring macros.
    let libraries: [String]
    let place: @Sendable (JSONPointer) -> String

    /// How many expressions a document may hold, equal ones counted each time.
    public static let mostExpressions = 100_000

    /// What is left of the document around its leaves.
    indirect enum Shape: Sendable {
        case plain(JSON)
        case leaf(Int)
        case object([(key: String, value: Shape)])
        case array([Shape])
    }

    /// Takes a document apart and reads its expressions.
    ///
    /// - Parameters:
    ///   - document: the document with its templates.
    ///   - dialect: whose templates these are.
    ///   - environment: brings the macros; variables need not be in it yet.
    ///   - source: what errors call the document.
    /// - Throws: all problems: expressions that cannot be read, what the dialect does not allow, values nested
    ///   deeper than documents may be, and more than `mostExpressions`.
    public init(
        _ document: JSON, dialect: TemplateDialect, environment: Environment, source: String = "<template>"
    ) throws(TemplateError) {
        try self.init(document, dialect, environment) { _ in source }
    }

    /// Takes a document apart whose lines are known, so that errors name them.
    public init(
        _ document: LocatedDocument, dialect: TemplateDialect, environment: Environment
    ) throws(TemplateError) {
        try self.init(document.root, dialect, environment) { document.place(of: $0) }
    }

    /// Takes a part of a document apart, whose place in it is known; pointers begin at the part.
    public init(
        _ part: JSON, at base: JSONPointer, in document: LocatedDocument, dialect: TemplateDialect,
        environment: Environment
    ) throws(TemplateError) {
        try self.init(part, dialect, environment) { document.place(of: JSONPointer(base.parts + $0.parts)) }
    }

    private init(
        _ document: JSON, _ dialect: TemplateDialect, _ environment: Environment,
        _ place: @escaping @Sendable (JSONPointer) -> String
    ) throws(TemplateError) {
        var reader = TemplateReader(dialect, environment, TemplateProblems(place))
        shape = reader.read(document)
        try reader.problems.throwIfAny()
        (self.document, self.dialect, self.place) = (document, dialect, place)
        (leaves, expressions) = (reader.leaves, reader.expressions)
        libraries = environment.libraries.map(\.name)
    }

    /// Which variables, and which parts of them, the expressions may read: what a graph of documents that depend on each
    /// other is made of.
    public var references: Set<AttributePath> { leaves.reduce(into: []) { $0.formUnion($1.references) } }

    /// Whether there is no expression in the document.
    public var isPlain: Bool { leaves.isEmpty }
}
