// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Names a thread; equal only to itself.
public struct ThreadID: Equatable, Sendable {
    private let value: pthread_t
    /// The thread that runs this line.
    public static var current: ThreadID { ThreadID(value: pthread_self()) }
}

/// Starts a detached thread, for C libraries that want one; everything else is a task.
public func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let context = unsafe Unmanaged.passRetained(Box(body)).toOpaque()
    let code = unsafe pthread_create(
        &thread, nil,
        { context in
            if let context = unsafe context { unsafe Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
            return nil
        }, context)
    precondition(code == 0, "cannot start a thread: \(code)")
    pthread_detach(thread)
}
