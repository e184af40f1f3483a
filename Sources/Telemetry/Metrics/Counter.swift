// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A number that only grows. One atomic instruction an update; any thread may make it.
public final class Counter: Sendable {
    private let count = Atomic<UInt64>(0)

    init() {}

    /// Adds one or more.
    public func increment(by amount: UInt64 = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    /// What was counted so far.
    public var value: UInt64 { count.load(ordering: .relaxed) }
}

/// A number that goes up and down. Any thread may change it.
public final class Gauge: Sendable {
    private let number = AtomicDouble()

    init() {}

    /// Sets it.
    public func set(_ value: Double) { number.store(value) }
    /// Adds an amount, which may be negative.
    public func add(_ amount: Double) { number.add(amount) }
    /// The number now.
    public var value: Double { number.value }
}

/// A double that several threads change.
final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}
