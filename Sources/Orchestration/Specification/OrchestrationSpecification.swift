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
                "the type is '\(type.string ?? type.kindName)', not '\(Self.typeName)'", at: JSONPointer(["type"]),
                fix: "write it so, or leave it out")
        }
        guard let items = document.root["transformations"]?.array else {
            throw Self.withoutOperations(document)
        }
        var operations: [Operation] = [], places: [String: JSONPointer] = [:]
        for (index, item) in items.enumerated() {
            let pointer = JSONPointer(["transformations", String(index)])
            guard let operation = Operation(item, at: pointer, number: index + 1, &problems) else { continue }
            if let first = places[operation.id] {
                problems.add(
                    "the id '\(operation.id)' is given twice, first in \(document.place(of: first))", at: pointer,
                    fix: "give one of the two another id, and name that one where it is meant")
            }
            places[operation.id] = pointer
            operations.append(operation)
        }
        self.operations = operations
        try problems.throwIfAny()
    }

    /// Says what the document is instead of a specification.
    private static func withoutOperations(_ document: LocatedDocument) -> Fault {
        let place = document.place(of: JSONPointer())
        let fix = "list the operations under 'transformations'; `ocm transfer operations` says what there is"
        guard let members = document.root.object else {
            let found =
                document.root == .null ? "is empty" : "is no specification: it is of kind \(document.root.kindName)"
            return Fault(.invalid, "\(place): the document \(found)", fix: fix)
        }
        let near =
            members["transformations"] == nil ? Spelling.nearest(to: "transformations", among: members.keys) : nil
        return Fault(
            .invalid,
            "\(place): 'transformations' is missing or no list" + (near.map { "; there is '\($0)'" } ?? ""), fix: fix)
    }
}

extension OrchestrationSpecification.Operation {
    /// Nil, with the reason among the problems, when the item describes no operation.
    fileprivate init?(
        _ item: JSON, at pointer: JSONPointer, number: Int, _ problems: inout SpecificationProblems
    ) {
        guard var members = item.object else {
            problems.add(
                "an operation is an object, not \(item.kindName)", at: pointer,
                fix: "write it with its 'type', its 'id' and its properties")
            return nil
        }
        guard let type = members["type"]?.string else {
            problems.add(
                "the operation has no 'type'", at: pointer,
                fix: "say what kind of operation it is; `ocm transfer operations` lists them")
            return nil
        }
        let id = members["id"]
        if id?.string == "environment" {
            problems.add(
                "'environment' is no id: expressions read the data of the specification by that name",
                at: pointer.appending("id"), fix: "choose another id")
        } else if let id, id.string.map({ !$0.isOperationID }) ?? true {
            problems.add(
                "'\(id.string ?? id.kindName)' is no id: a letter, then letters and digits",
                at: pointer.appending("id"), fix: "write an id that expressions can name, such as read1")
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
        return utf8.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
    }
}
