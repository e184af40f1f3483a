// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELLibraries
internal import Documents

/// Lets operations that write a descriptor wait until all contents for that repository have arrived.
///
/// Between them stands an operation that does nothing, one for each repository, so that the number of edges grows with
/// the number of operations and not with its square.
struct ArrivalOrder {
    private let operations: [ReadOperation]
    private let document: LocatedDocument

    init(_ operations: [ReadOperation], _ document: LocatedDocument) {
        (self.operations, self.document) = (operations, document)
    }

    func applied() throws(Fault) -> [ReadOperation] {
        var result = operations
        var arrivals: [String: ReadOperation] = [:], order: [String] = []
        for index in result.indices where result[index].type.role == .placesContent {
            // What goes elsewhere is named in the descriptor, which waits for it by that.
            guard result[index].operation.properties["repository"] != nil else { continue }
            let group = Self.group(result[index])
            result[index].group = group
            if arrivals[group] == nil {
                arrivals[group] = try arrival("arrived\(order.count + 1)", group)
                order.append(group)
            }
            arrivals[group]?.dependencies.append(result[index].operation.id)
        }
        for index in result.indices where result[index].type.role == .writesDescriptor {
            let group = Self.group(result[index])
            result[index].group = group
            if let arrival = arrivals[group] { result[index].dependencies.append(arrival.operation.id) }
        }
        return result + order.compactMap { arrivals[$0] }
    }

    private static func group(_ operation: ReadOperation) -> String {
        String(decoding: (operation.operation.properties["repository"] ?? .null).encoded(), as: UTF8.self)
    }

    private func arrival(_ id: String, _ group: String) throws(Fault) -> ReadOperation {
        let operation = OrchestrationSpecification.Operation(
            id: id, type: OperationType.arrival.name, properties: [:], pointer: JSONPointer(),
            propertiesPointer: JSONPointer())
        do throws(TemplateError) {
            let tree = try TemplateTree(
                [:], at: JSONPointer(), in: document, dialect: .ocmTransform,
                environment: Profile.transformation.environment())
            return ReadOperation(
                operation: operation, type: .arrival, tree: tree, dependencies: [], group: group)
        } catch { throw error.fault }
    }
}

extension OperationType {
    /// Waits until all contents for a repository have arrived; specifications cannot name it.
    public static let arrival = OperationType(
        "(arrival)", summary: "Waits until all contents for a repository have arrived.", properties: [], outputs: [])
}
