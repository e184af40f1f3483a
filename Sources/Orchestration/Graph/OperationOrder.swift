// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Puts operations behind what they wait for.
struct OperationOrder {
    private let dependencies: [(id: String, waitsFor: [String])]
    private let specification: OrchestrationSpecification

    init(_ dependencies: [(id: String, waitsFor: [String])], _ specification: OrchestrationSpecification) {
        (self.dependencies, self.specification) = (dependencies, specification)
    }

    /// The ids in order: first all that wait for nothing, then all that wait for these alone, and so on, each time in
    /// the order of the document.
    ///
    /// - Throws: `invalid` with a drawing when operations wait for each other in a circle.
    func sorted() throws(Fault) -> [String] {
        let places = Dictionary(dependencies.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let waitsFor = dependencies.map { Set($0.waitsFor) }
        var waits = waitsFor.map(\.count)
        var readers = [[Int]](repeating: [], count: dependencies.count)
        for (index, ids) in waitsFor.enumerated() {
            for id in ids { places[id].map { readers[$0].append(index) } }
        }
        var order: [String] = [], ready = dependencies.indices.filter { waits[$0] == 0 }
        while !ready.isEmpty {
            order += ready.map { dependencies[$0].id }
            var next: [Int] = []
            for reader in ready.flatMap({ readers[$0] }) {
                waits[reader] -= 1
                if waits[reader] == 0 { next.append(reader) }
            }
            ready = next.sorted()
        }
        guard order.count == dependencies.count else {
            throw circle(among: dependencies.indices.filter { waits[$0] > 0 }.map { dependencies[$0] })
        }
        return order
    }

    /// Draws one circle; there is one, since each of the operations waits for another of them.
    private func circle(among rest: [(id: String, waitsFor: [String])]) -> Fault {
        let left = Set(rest.map(\.id))
        let next = Dictionary(
            uniqueKeysWithValues: rest.map { ($0.id, $0.waitsFor.first { left.contains($0) } ?? $0.id) })
        var path = [rest[0].id]
        while let following = next[path[path.count - 1]] {
            if let start = path.firstIndex(of: following) {
                path = Array(path[start...]) + [following]
                break
            }
            path.append(following)
        }
        let lines = zip(path, path.dropFirst()).map { reader, read in
            "  \(place(of: reader)): \(reader) reads \(read)"
        }
        return Fault(
            .invalid,
            "operations wait for each other: \(path.joined(separator: " → "))\n" + lines.joined(separator: "\n"),
            fix: "take one of these references out")
    }

    private func place(of id: String) -> String {
        guard let operation = specification.operations.first(where: { $0.id == id }) else { return id }
        return specification.document.place(of: operation.pointer)
    }
}
