// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Operations on components and their resources, as a document describes them.
///
/// Two forms are read. In `transformation.ocm.component/v1alpha1` an operation's properties stand beside its `type` and
/// `id`; in the graph form of the OCM command line they stand under `spec`, and `environment` holds data for
/// expressions. Values may be expressions, `${…}`, that read the properties and outputs of other operations.
public struct OrchestrationSpecification: Sendable {
    /// One operation.
    public struct Operation: Sendable {
        /// Names it among the others; one that has no id in the document is `operation3` when it is the third.
        public let id: String
        /// What kind of operation it is.
        public let type: String
        /// Its properties, with expressions.
        public internal(set) var properties: JSON
        /// Where the operation stands in the document.
        public let pointer: JSONPointer
        /// Where its properties stand in the document.
        public let propertiesPointer: JSONPointer
    }

    /// Data for expressions, by name.
    public let environment: JSON
    /// The operations in the order of the document.
    public let operations: [Operation]
    /// The document.
    public let document: LocatedDocument

    /// Takes operations that were made from another form.
    init(document: LocatedDocument, environment: JSON, operations: [Operation]) {
        (self.document, self.environment, self.operations) = (document, environment, operations)
    }

    static let typeName = "transformation.ocm.component/v1alpha1"

    /// Reads a specification.
    ///
    /// - Throws: `invalid` with all that is wrong with its form, each with its line: another `type`, an operation that
    ///   is no object or has no type, an id that no expression could name or that is given twice.
    public init(_ document: LocatedDocument) throws(Fault) {
        var problems = SpecificationProblems(document)
        self.document = document
        environment = document.root["environment"] ?? [:]
        if environment.object == nil { problems.add("'environment' is no object", at: JSONPointer(["environment"])) }
        if let type = document.root["type"], type.string != Self.typeName {
            problems.add(
                "the type is '\(type.string ?? type.kindName)', not '\(Self.typeName)'", at: JSONPointer(["type"]))
        }
        guard let items = document.root["transformations"]?.array else {
            throw Fault(
                .invalid, "\(document.place(of: JSONPointer())): 'transformations' is missing or no list",
                fix: "list the operations under 'transformations'")
        }
        var operations: [Operation] = [], places: [String: JSONPointer] = [:]
        for (index, item) in items.enumerated() {
            let pointer = JSONPointer(["transformations", String(index)])
            guard let operation = Operation(item, at: pointer, number: index + 1, &problems) else { continue }
            if let first = places[operation.id] {
                problems.add(
                    "the id '\(operation.id)' is given twice, first in \(document.place(of: first))", at: pointer)
            }
            places[operation.id] = pointer
            operations.append(operation)
        }
        self.operations = operations
        try problems.throwIfAny()
    }
}

extension OrchestrationSpecification.Operation {
    /// Nil, with the reason among the problems, when the item describes no operation.
    fileprivate init?(
        _ item: JSON, at pointer: JSONPointer, number: Int, _ problems: inout SpecificationProblems
    ) {
        guard var members = item.object else {
            problems.add("an operation is an object, not \(item.kindName)", at: pointer)
            return nil
        }
        guard let type = members["type"]?.string else {
            problems.add("the operation has no 'type'", at: pointer)
            return nil
        }
        let id = members["id"]
        if let id, id.string.map({ !$0.isOperationID }) ?? true {
            problems.add(
                "'\(id.string ?? id.kindName)' is no id: a letter, then letters and digits",
                at: pointer.appending("id"))
        }
        (self.type, self.pointer) = (type, pointer)
        self.id = id?.string ?? "operation\(number)"
        members["type"] = nil
        members["id"] = nil
        members["output"] = nil
        if let specification = members["spec"], members.count == 1, specification.object != nil {
            (properties, propertiesPointer) = (specification, pointer.appending("spec"))
        } else {
            (properties, propertiesPointer) = (.object(members), pointer)
        }
    }
}

extension String {
    /// Whether expressions can name an operation so.
    fileprivate var isOperationID: Bool {
        guard let first = utf8.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 } && self != "environment"
    }
}

/// Collects what is wrong with a specification, each with its line.
struct SpecificationProblems {
    private let document: LocatedDocument
    private var problems: [String] = []

    init(_ document: LocatedDocument) { self.document = document }

    mutating func add(_ message: String, at pointer: JSONPointer) {
        problems.append("\(document.place(of: pointer)): \(message)")
    }

    mutating func add(_ problem: String) { problems.append(problem) }

    func throwIfAny(fix: String? = nil) throws(Fault) {
        guard !problems.isEmpty else { return }
        throw Fault(.invalid, problems.joined(separator: "\n"), fix: fix)
    }
}
