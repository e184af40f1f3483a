// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL
internal import CELLibraries
public import Documents

/// The operations of a specification in an order in which each finds what it reads: a directed acyclic graph.
///
/// Making one finds every mistake that can be found before anything runs: kinds of operations that are not known,
/// references to what is not there, circles, and values of types that their places do not take.
public struct OrchestrationGraph: Sendable {
    /// An operation and what it waits for.
    public struct Node: Sendable {
        /// What is described.
        public let operation: OrchestrationSpecification.Operation
        /// Its kind.
        public let type: OperationType
        /// The operations whose properties or outputs it reads, and those it waits for besides, sorted.
        public let dependencies: [String]
        /// The repository it writes to, when what is written there becomes visible together; else nil.
        public let group: String?
        let language: GraphLanguage

        /// Its properties, ready to be filled in.
        ///
        /// They are made each time, and were when the graph was: programs take several times the memory of their texts,
        /// and one runs for a moment of a transfer that can take hours.
        /// - Throws: nothing, as they were checked; the type of errors is that of making them.
        public func properties() throws(Fault) -> CompiledTemplateTree {
            do throws(TemplateError) { return try language.compile(operation, type) } catch { throw error.fault }
        }
    }

    /// The nodes; each stands behind all that it waits for, and otherwise as in the document.
    public let nodes: [Node]
    /// Data for expressions.
    public let environment: JSON

    /// Checks a specification against the kinds of operations that are known.
    ///
    /// - Parameter together: whether component versions become visible in a repository only when all contents for that
    ///   repository have arrived, and not at all when one of them did not.
    /// - Throws: `invalid` with all problems of one step: first of kinds and expressions, then of references that form
    ///   a circle, drawn, then of types.
    public init(_ specification: OrchestrationSpecification, types: [OperationType], together: Bool = false)
        throws(Fault)
    {
        nodes = try PropertyChecker(specification).check(Self.ordered(specification, types, together))
        environment = specification.environment
    }

    private static func ordered(
        _ specification: OrchestrationSpecification, _ types: [OperationType], _ together: Bool
    ) throws(Fault) -> [ReadOperation] {
        var reader = OperationReader(specification, types)
        var read = try reader.read()
        if together { read = try ArrivalOrder(read, specification.document).applied() }
        let order = try OperationOrder(read.map { ($0.operation.id, $0.dependencies) }, specification).sorted()
        let byID = Dictionary(uniqueKeysWithValues: read.map { ($0.operation.id, $0) })
        return order.compactMap { byID[$0] }
    }
}

/// An operation whose kind is known and whose expressions are read.
struct ReadOperation {
    let operation: OrchestrationSpecification.Operation
    let type: OperationType
    let tree: TemplateTree
    var dependencies: [String]
    var group: String?
}

extension OrchestrationSpecification.Operation {
    /// The operation with the `data` of the one listed before it, when its kind needs some and it names none: contents
    /// go from each transformation to the next.
    fileprivate func handed(_ type: OperationType, from previous: ReadOperation?) -> Self {
        let needsData = type.properties["required"]?.array?.contains("data") ?? false
        guard needsData, properties["data"] == nil, let previous, previous.type.outputs["properties"]?["data"] != nil
        else { return self }
        var operation = self
        operation.properties["data"] = .string("${\(previous.operation.id).outputs.data}")
        return operation
    }
}

/// Finds kinds and references.
private struct OperationReader {
    private let specification: OrchestrationSpecification
    private let types: [OperationType]
    private let environment = Profile.transformation.environment()
    private var problems: SpecificationProblems

    init(_ specification: OrchestrationSpecification, _ types: [OperationType]) {
        (self.specification, self.types) = (specification, types)
        problems = SpecificationProblems(specification.document)
    }

    mutating func read() throws(Fault) -> [ReadOperation] {
        let ids = Set(specification.operations.map(\.id))
        var result: [ReadOperation] = []
        for operation in specification.operations {
            guard let type = types.first(where: { $0.names.contains(operation.type) }) else {
                let near = Spelling.nearest(to: operation.type, among: types.flatMap(\.names))
                problems.add(
                    "there is no operation '\(operation.type)'" + (near.map { "; did you mean '\($0)'?" } ?? ""),
                    at: operation.pointer.appending("type"),
                    fix: "`ocm transfer operations` lists those that are built in; plug-ins are named by their folder")
                continue
            }
            do throws(TemplateError) {
                let operation = operation.handed(type, from: result.last)
                let tree = try TemplateTree(operation, in: specification.document, environment: environment)
                let read = Set(tree.references.map(\.variable)).intersection(ids)
                result.append(
                    ReadOperation(operation: operation, type: type, tree: tree, dependencies: read.sorted()))
            } catch {
                problems.add(error.description)
            }
        }
        try problems.throwIfAny()
        return PlacementOrder(result).applied()
    }
}

extension OperationType {
    /// All that specifications call it.
    fileprivate var names: [String] { [name] + aliases }
}
