// SPDX-License-Identifier: Apache-2.0

extension Sequence where Self: Sendable, Element: Sendable {
    /// Runs `body` for every element with at most `limit` in flight; the first failure cancels the rest.
    public func forEachConcurrently(
        limit: Int, _ body: @escaping @Sendable (Element) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            var iterator = makeIterator()
            for _ in 0..<Swift.max(1, limit) {
                guard let element = iterator.next() else { break }
                group.addTask { try await body(element) }
            }
            while try await group.next() != nil {
                guard let element = iterator.next() else { continue }
                group.addTask { try await body(element) }
            }
        }
    }

    /// Maps every element with at most `limit` in flight; results come in the order of the elements.
    public func mapConcurrently<Result: Sendable>(
        limit: Int, _ body: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var iterator = enumerated().makeIterator()
            var results: [Int: Result] = [:]
            for _ in 0..<Swift.max(1, limit) {
                guard let (index, element) = iterator.next() else { break }
                group.addTask { (index, try await body(element)) }
            }
            while let (index, result) = try await group.next() {
                results[index] = result
                guard let (index, element) = iterator.next() else { continue }
                group.addTask { (index, try await body(element)) }
            }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
