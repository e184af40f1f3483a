// SPDX-License-Identifier: Apache-2.0

#if SOVEREIGN_TSAN
    internal import Glibc
#else
    internal import Synchronization
#endif

/// Small state shared between threads and touched synchronously: counters, gates, one-shot slots.
///
/// Never held across an `await`. Under `-D SOVEREIGN_TSAN` it uses a pthread mutex, because ThreadSanitizer
/// cannot see the futex of the standard library's `Mutex` and reports false races.
#if SOVEREIGN_TSAN
    @safe public final class Guarded<Value: Sendable>: @unchecked Sendable {
        // Proof of Sendable: `value` is private and touched only while the pthread mutex is held.
        private let lock: UnsafeMutablePointer<pthread_mutex_t>
        private var value: Value

        /// Guards a value.
        public init(_ value: Value) {
            self.value = value
            unsafe lock = .allocate(capacity: 1)
            unsafe pthread_mutex_init(lock, nil)
        }
        deinit {
            unsafe pthread_mutex_destroy(lock)
            unsafe lock.deallocate()
        }
        /// Runs `body` alone with the value.
        public func withLock<Result, E: Error>(_ body: (inout Value) throws(E) -> Result) throws(E) -> Result {
            unsafe pthread_mutex_lock(lock)
            defer { unsafe pthread_mutex_unlock(lock) }
            return try body(&value)
        }
    }
#else
    public final class Guarded<Value: Sendable>: Sendable {
        private let mutex: Mutex<Value>

        /// Guards a value.
        public init(_ value: Value) { mutex = Mutex(value) }

        /// Runs `body` alone with the value.
        public func withLock<Result: Sendable, E: Error>(
            _ body: (inout Value) throws(E) -> Result
        ) throws(E) -> Result {
            try mutex.withLock { value throws(E) in try body(&value) }
        }
    }
#endif
