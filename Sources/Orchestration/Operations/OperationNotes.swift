// SPDX-License-Identifier: Apache-2.0

/// What operations of a run noted, found by operation without a look at the notes of all others.
struct OperationNotes<Note: Sendable>: Sendable {
    private var inOrder: [Note] = []
    private var places: [String: [Int]] = [:]

    /// Notes something for an operation, or for what came before all of them, whose name is empty.
    mutating func add(_ note: Note, of operation: String) {
        places[operation, default: []].append(inOrder.count)
        inOrder.append(note)
    }

    /// The notes of some operations, in their order; of all in the order in which they came when none are named.
    func notes(of operations: [String]?) -> [Note] {
        guard let operations else { return inOrder }
        return operations.flatMap { places[$0] ?? [] }.map { inOrder[$0] }
    }
}
