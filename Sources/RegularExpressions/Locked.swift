// SPDX-License-Identifier: Apache-2.0

#if SOVEREIGN_TSAN
    internal import Glibc
#else
    internal import Synchronization
#endif

/// A value that one thread at a time touches, for a moment.
///
/// Under `-D SOVEREIGN_TSAN` it uses a pthread mutex, because ThreadSanitizer cannot see the futex of the standard
/// library's `Mutex` and reports false races.
#if SOVEREIGN_TSAN
    @safe final class Locked<Value: Sendable>: @unchecked Sendable {
        // Proof of Sendable: `value` is private and touched only while the pthread mutex is held.
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        private var value: Value

        init(_ value: Value) {
            self.value = value
            unsafe lock = .allocate(capacity: 1)
            unsafe pthread_mutex_init(lock, nil)
        }
        deinit {
            unsafe pthread_mutex_destroy(lock)
            unsafe lock.deallocate()
        }
        func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
            unsafe pthread_mutex_lock(lock)
            defer { unsafe pthread_mutex_unlock(lock) }
            return body(&value)
        }
    }
#else
    final class Locked<Value: Sendable>: Sendable {
        private let mutex: Mutex<Value>

        init(_ value: Value) { mutex = Mutex(value) }

        func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
            mutex.withLock { value in body(&value) }
        }
    }
#endif
