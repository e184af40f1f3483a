// SPDX-License-Identifier: Apache-2.0

/// Lets one operation run at a time, in the order of asking, also while it waits for something.
public actor SerialGate {
    private var last: Task<Void, Never>?

    /// An open gate.
    public init() {}

    /// Runs `operation` when all before it have ended, well or not.
    public func run<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let before = last
        let task = Task {
            await before?.value
            return try await operation()
        }
        last = Task { _ = await task.result }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
