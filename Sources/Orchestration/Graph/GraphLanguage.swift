// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries
internal import Documents

/// What the expressions of one graph are read with: the language, the operations they can name, and where they stand.
final class GraphLanguage: Sendable {
    let types: OperationTypes
    private let document: LocatedDocument
    private let environment: CEL.Environment

    /// The language of a specification, whose operations are all known.
    init(_ specification: OrchestrationSpecification, _ types: OperationTypes, _ operations: [ReadOperation]) {
        (self.types, document) = (types, specification.document)
        var variables = types.variables(of: operations)
        variables["environment"] = CELType(inferredFrom: specification.environment, name: "environment")
        environment = Profile.transformation.environment(variables: variables)
    }

    /// Reads an operation's properties and makes them ready to be filled in.
    func compile(
        _ operation: OrchestrationSpecification.Operation, _ type: OperationType
    ) throws(TemplateError) -> CompiledTemplateTree {
        try compile(TemplateTree(operation, in: document, environment: environment), type)
    }

    /// Makes properties that were read ready to be filled in.
    func compile(_ tree: TemplateTree, _ type: OperationType) throws(TemplateError) -> CompiledTemplateTree {
        try tree.compile(in: environment, expected: types.properties(of: type))
    }
}

extension TemplateTree {
    /// An operation's properties with their expressions read.
    init(
        _ operation: OrchestrationSpecification.Operation, in document: LocatedDocument, environment: CEL.Environment
    ) throws(TemplateError) {
        try self.init(
            operation.properties, at: operation.propertiesPointer, in: document, dialect: .ocmTransform,
            environment: environment)
    }
}

extension Profile {
    /// What expressions of orchestration specifications may use: OCM's language of transformations, and its functions
    /// for references.
    static let transformation = Profile(
        name: "orchestration", summary: ocmTransform.summary,
        libraries: ocmTransform.libraries + [.ocmReferences(of: nil)], options: ocmTransform.options)
}
