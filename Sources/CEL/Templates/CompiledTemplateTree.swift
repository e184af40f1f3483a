// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A document whose expressions are ready to run, any number of times, by any thread.
public struct CompiledTemplateTree: Sendable {
    /// A string of the document that holds expressions.
    public struct Leaf: Sendable {
        /// Where it stands.
        public let pointer: JSONPointer
        /// The string, taken apart.
        public let template: Template
        /// Which variables, and which parts of them, its expressions may read.
        public let references: Set<AttributePath>
        /// The type of what it becomes: string where there is text around expressions, dyn when it was not checked.
        public let resultType: CELType
        let content: Content
        /// Whether it leaves out its field when its value is null.
        let isLeftOutWhenNull: Bool
    }

    /// What a leaf becomes.
    enum Content: Sendable {
        /// The value of a program.
        case value(Int)
        case text([Part])
    }

    enum Part: Sendable {
        case text(String)
        case program(Int)
    }

    /// The document with its templates.
    public let document: JSON
    /// Whose templates these are.
    public let dialect: TemplateDialect
    /// The strings with expressions, in the order of the document.
    public let leaves: [Leaf]
    let shape: TemplateTree.Shape
    let programs: [Program]
    let place: @Sendable (JSONPointer) -> String

    /// Which variables, and which parts of them, the expressions may read.
    public var references: Set<AttributePath> { leaves.reduce(into: []) { $0.formUnion($1.references) } }

    /// The type of the document that comes out: what its plain parts are, and what the expressions yield. Its `schema`
    /// is what kro gives the status of a new resource.
    public func resultType(name: String) -> CELType { type(of: shape, name) }

    private func type(of shape: TemplateTree.Shape, _ name: String) -> CELType {
        switch shape {
        case .plain(let json): return CELType(inferredFrom: json, name: name)
        case .leaf(let index): return leaves[index].resultType
        case .object(let members):
            let fields = members.map { ($0.key, type(of: $0.value, "\(name).\($0.key)")) }
            return .object(ObjectType(name: name, fields: Dictionary(fields) { $1 }))
        case .array(let elements):
            return .list(CELType(mergedFrom: elements.map { type(of: $0, name + ".@idx") }))
        }
    }
}
