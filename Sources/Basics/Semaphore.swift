// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Lets a thread of ours sleep until there is work. Never waited for on the cooperative pool.
@safe public final class Semaphore: @unchecked Sendable {
    // Proof of Sendable: sem_t is made for use from several threads; the pointer never changes.
    private let semaphore: UnsafeMutablePointer<sem_t>

    /// A semaphore at zero.
    public init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }
    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }
    /// Lets one waiter go on.
    public func signal() { unsafe sem_post(semaphore) }
    /// Sleeps until signalled.
    public func wait() { while unsafe sem_wait(semaphore) != 0 && errno == EINTR {} }
}
