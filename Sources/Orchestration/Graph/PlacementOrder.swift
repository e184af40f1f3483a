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
        for (index, writer) in operations.enumerated() where writer.type.role == .writesDescriptor {
            let versions = Set(ancestors(of: writer).filter(readsVersion))
            let placements = operations[..<index].filter { placement in
                guard placement.type.role == .placesContent else { return false }
                let read = ancestors(of: placement)
                return !versions.isDisjoint(with: read) && !read.contains(writer.operation.id)
            }
            result[index].dependencies = Set(writer.dependencies + placements.map(\.operation.id)).sorted()
        }
        return result
    }

    private func readsVersion(_ id: String) -> Bool { byID[id]?.type.role == .readsVersion }

    private func ancestors(of operation: ReadOperation) -> Set<String> {
        var found: Set<String> = [], open = operation.dependencies
        while let id = open.popLast() {
            if found.insert(id).inserted { open += byID[id]?.dependencies ?? [] }
        }
        return found
    }
}
