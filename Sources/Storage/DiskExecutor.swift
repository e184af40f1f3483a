// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc
internal import Synchronization

/// Threads for tasks that wait for disks: writes that a full cache holds up, flushes, digests of large files.
///
/// The threads of the cooperative pool are as many as there are cores, and none may wait there (SE-0304). Tasks come here
/// by `withTaskExecutorPreference` (SE-0417), and at most so many of them wait at once.
@safe public final class DiskExecutor: TaskExecutor, @unchecked Sendable {
    // Proof of Sendable: `jobs` and `isEnding` are touched only while `mutex` is held; the pointers never change.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [UnownedJob] = []
    private var head = 0
    /// How many threads wait for something to do.
    private let idle = Atomic(0)

    /// Starts the threads, which run as long as the process: tasks of an executor that is gone would never end.
    public init(threads: Int) {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
        for _ in 0..<threads {
            startThread { [self] in while true { unsafe next().runSynchronously(on: asUnownedTaskExecutor()) } }
        }
    }

    /// The one for all disks of this process.
    public static let shared = DiskExecutor(threads: 8)

    /// Whether a thread had nothing to do a moment ago: work may be cut in two then.
    public var hasIdleThread: Bool { idle.load(ordering: .relaxed) > 0 }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        unsafe pthread_mutex_lock(mutex)
        jobs.append(job)
        unsafe pthread_mutex_unlock(mutex)
        unsafe pthread_cond_signal(condition)
    }

    private func next() -> UnownedJob {
        unsafe pthread_mutex_lock(mutex)
        if head == jobs.count {
            idle.add(1, ordering: .relaxed)
            while head == jobs.count { unsafe pthread_cond_wait(condition, mutex) }
            idle.subtract(1, ordering: .relaxed)
        }
        let job = jobs[head]
        head += 1
        // What was taken is dropped when it is half of the list, so that each job is moved once on the average.
        if head > 64, head * 2 > jobs.count {
            jobs.removeFirst(head)
            head = 0
        }
        unsafe pthread_mutex_unlock(mutex)
        return job
    }
}
