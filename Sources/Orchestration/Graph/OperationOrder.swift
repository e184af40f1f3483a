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

    /// The ids in order; among those that could be next, the first of the document is.
    ///
    /// - Throws: `invalid` with a drawing when operations wait for each other in a circle.
    func sorted() throws(Fault) -> [String] {
        var order: [String] = [], done: Set<String> = []
        var rest = dependencies
        while !rest.isEmpty {
            let ready = rest.filter { done.isSuperset(of: $0.waitsFor) }
            guard !ready.isEmpty else { throw circle(among: rest) }
            order += ready.map(\.id)
            done.formUnion(ready.map(\.id))
            rest.removeAll { done.contains($0.id) }
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
