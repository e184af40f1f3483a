// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Runs something that ends when its task is cancelled; throws `.unavailable` when it takes too long.
func withTimeLimit<Result: Sendable>(
    _ limit: Duration, _ complaint: String, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw Fault(.unavailable, "\(complaint) within \(limit)", fix: "run it again")
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw CancellationError() }
        return result
    }
}
