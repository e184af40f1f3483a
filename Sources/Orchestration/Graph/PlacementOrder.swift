// SPDX-License-Identifier: Apache-2.0

/// Lets operations that write a descriptor wait for those listed before them that place contents of that component.
///
/// A descriptor is to name the places where its contents are, and a specification need not say so twice. Which
/// component a content is of follows from what was read: two operations belong together when the references of both
/// lead to the same reading of a component version.
struct PlacementOrder {
    private let operations: [ReadOperation]
    private let byID: [String: ReadOperation]

    init(_ operations: [ReadOperation]) {
        self.operations = operations
        byID = Dictionary(operations.map { ($0.operation.id, $0) }) { first, _ in first }
    }

    func applied() -> [ReadOperation] {
        var result = operations
        // The placements listed so far, by the readings of component versions that they lead to.
        var placements: [String: [Int]] = [:]
        for (index, operation) in operations.enumerated() {
            switch operation.type.role {
            case .placesContent:
                for version in versions(of: operation) { placements[version, default: []].append(index) }
            case .writesDescriptor:
                let id = operation.operation.id
                let found = Set(versions(of: operation).flatMap { placements[$0] ?? [] })
                    .map { operations[$0] }.filter { !ancestors(of: $0).contains(id) }
                result[index].dependencies = Set(operation.dependencies + found.map(\.operation.id)).sorted()
            default: break
            }
        }
        return result
    }

    private func versions(of operation: ReadOperation) -> Set<String> { ancestors(of: operation).filter(readsVersion) }

    private func readsVersion(_ id: String) -> Bool { byID[id]?.type.role == .readsVersion }

    private func ancestors(of operation: ReadOperation) -> Set<String> {
        var found: Set<String> = [], open = operation.dependencies
        while let id = open.popLast() {
            if found.insert(id).inserted { open += byID[id]?.dependencies ?? [] }
        }
        return found
    }
}
