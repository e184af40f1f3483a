// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc
internal import Synchronization

/// Writes the lines of a service to one file, from a thread of its own.
///
/// Who logs waits for nothing but the copying of a line. When the file takes lines more slowly than they come, a bounded
/// queue fills, further lines are dropped and counted, and a line says how many as soon as there is room.
public final class LogWriter: Sendable {
    private let queue: LogQueue
    private let format: LogFormat
    private let lineBytes: Int
    private let clock: WallClock
    private let threshold: Atomic<Int>

    /// Starts to write.
    ///
    /// - Parameters:
    ///   - lineBytes: the most bytes of a line with its end, 512 at least.
    ///   - queueBytes: the most bytes that wait; as many may be on their way into the file.
    public init(
        _ file: consuming FileHandle, format: LogFormat = .json, level: LogLevel = .info, lineBytes: Int = 16 * 1024,
        queueBytes: Int = 1 << 20, clock: WallClock = .system
    ) {
        let lineBytes = max(lineBytes, 512)
        let queue = LogQueue(file, queueBytes: max(queueBytes, lineBytes)) { dropped in
            LogLine(
                time: clock.nanoseconds(), level: .warn, message: "lines of this log were dropped",
                fields: ["dropped": .integer(dropped)]
            ).bytes(format, limit: lineBytes)
        }
        (self.queue, self.format, self.lineBytes, self.clock) = (queue, format, lineBytes, clock)
        threshold = Atomic(level.rawValue)
        startThread { queue.run() }
    }

    /// Starts to write to standard error, which stays open for others.
    public static func standardError(
        format: LogFormat = .json, level: LogLevel = .info, clock: WallClock = .system
    ) throws(Fault) -> LogWriter {
        let copy = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Fault.system(errno, "write to standard error") }
        return LogWriter(
            FileHandle(takingOwnership: copy, path: "standard error"), format: format, level: level, clock: clock)
    }

    deinit { queue.stop() }

    /// The least level that is written; may be changed at any time.
    public var level: LogLevel {
        get { LogLevel(rawValue: threshold.load(ordering: .relaxed)) ?? .info }
        set { threshold.store(newValue.rawValue, ordering: .relaxed) }
    }

    /// How many lines were dropped since the start.
    public var dropped: Int { queue.dropped }

    /// Waits until the lines so far are in the file, but not longer; says whether they are, or were dropped with a count.
    @discardableResult
    public func flush(atMost limit: Duration = .seconds(2)) async -> Bool {
        let target = queue.accepted
        let end = ContinuousClock.now + limit
        while queue.finished < target {
            guard ContinuousClock.now < end else { return false }
            // Also without cancellation: the last lines of a task that was cancelled are worth having.
            await Task.detached { try? await Task.sleep(for: .milliseconds(2)) }.value
        }
        return true
    }

    func write(_ level: LogLevel, _ message: String, _ fields: Fields) {
        let line = LogLine(time: clock.nanoseconds(), level: level, message: message, fields: fields)
        queue.add(line.bytes(format, limit: lineBytes))
    }
}
