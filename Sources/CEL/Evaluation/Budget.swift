// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// How much one evaluation may do and make.
public struct EvaluationLimits: Sendable {
    /// The most steps: visits of an element by a macro, each with one more for every three parts of what is asked of the
    /// element, calls, and the work of a call for each 16 bytes or each element it looks at and each byte it parses.
    public var steps = 2_000_000
    /// The most bytes that strings, bytes, lists and maps made on the way may hold together, also those that nothing
    /// refers to any more.
    public var bytes = 32 * 1024 * 1024
    /// When it has to end, at the latest.
    public var deadline: Deadline?

    /// The limits above.
    public init() {}
    /// Limits for steps and bytes.
    public init(steps: Int, bytes: Int, deadline: Deadline? = nil) {
        (self.steps, self.bytes, self.deadline) = (steps, bytes, deadline)
    }
    /// The limits above.
    public static let standard = EvaluationLimits()
}

/// A moment of the machine's steady clock.
public struct Deadline: Sendable, Hashable {
    private let nanoseconds: UInt64

    private static var now: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// So much later than now; at once when it is negative.
    public static func after(_ span: Duration) -> Deadline {
        let (seconds, attoseconds) = span.components
        guard seconds >= 0, seconds < 1 << 32 else { return Deadline(nanoseconds: seconds < 0 ? 0 : .max) }
        return Deadline(nanoseconds: now &+ UInt64(seconds) * 1_000_000_000 &+ UInt64(attoseconds / 1_000_000_000))
    }

    /// Whether it has passed.
    public var isPast: Bool { Self.now >= nanoseconds }
}

/// What is left of the limits of an evaluation. Every loop and every function that looks at its arguments pays here
/// before it works, so no expression outlives its limits.
public struct Budget: Sendable {
    private var steps: Int
    private var bytes: Int
    /// At how many steps left the clock and the task are looked at next.
    private var checkpoint: Int
    private let deadline: Deadline?
    private let limits: EvaluationLimits

    /// A full budget.
    public init(_ limits: EvaluationLimits = .standard) {
        steps = limits.steps
        bytes = limits.bytes
        deadline = limits.deadline
        checkpoint = max(0, limits.steps - Self.stride)
        self.limits = limits
    }

    private static let stride = 4096

    /// What a failure costs that does not end the evaluation: it has a text, which somebody put together.
    static let failure = 16

    /// Pays for work, before it is done.
    ///
    /// - Throws: when the steps are used up, the deadline has passed, or the task was cancelled.
    @inline(__always)
    public mutating func spend(_ count: Int) throws(EvaluationError) {
        steps &-= count
        if steps < checkpoint { try look() }
    }

    /// Pays for looking at bytes.
    @inline(__always)
    public mutating func read(bytes count: Int) throws(EvaluationError) { try spend(1 &+ count >> 4) }

    /// Pays for reading bytes one by one, as parsers do.
    @inline(__always)
    public mutating func parse(bytes count: Int) throws(EvaluationError) { try spend(1 &+ count) }

    /// Pays for finding a key in a map, whose text is hashed or compared.
    @inline(__always)
    public mutating func read(key: Value) throws(EvaluationError) {
        if case .string(let text) = key, text.utf8.count >= 256 { try read(bytes: text.utf8.count) }
    }

    /// Pays for memory, before it is taken, and for filling it.
    ///
    /// - Throws: when the bytes or steps are used up.
    @inline(__always)
    public mutating func allocate(bytes count: Int) throws(EvaluationError) {
        bytes &-= count
        guard bytes >= 0 else {
            throw EvaluationError(.budget, "the expression makes more than the \(limits.bytes) bytes it may")
        }
        try spend(1 &+ count >> 4)
    }

    /// Pays for room for values in a list or map.
    @inline(__always)
    public mutating func allocate(values count: Int) throws(EvaluationError) {
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
        try allocate(bytes: overflow ? Int.max >> 1 : size)
    }

    /// Pays for what was paid from another budget.
    mutating func take(_ other: Budget) throws(EvaluationError) {
        try allocate(bytes: other.allocated)
        try spend(other.spent)
    }

    /// How many steps were paid for; the last payment may be more than there was.
    public var spent: Int { limits.steps - steps }
    /// How many bytes were paid for.
    public var allocated: Int { limits.bytes - bytes }

    @inline(never)
    private mutating func look() throws(EvaluationError) {
        guard steps >= 0 else {
            throw EvaluationError(.budget, "the expression needs more than the \(limits.steps) steps it may take")
        }
        checkpoint = max(0, steps - Self.stride)
        if let deadline, deadline.isPast {
            throw EvaluationError(.budget, "the expression did not end in time")
        }
        if Task.isCancelled { throw EvaluationError(.cancelled, "the evaluation was cancelled") }
    }
}
