// SPDX-License-Identifier: Apache-2.0

/// A dictionary that forgets: what was written or found last stays, as much of it as half the limit holds at least, and
/// all there is never weighs more than the limit.
public struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let half: Int
    private let weigh: @Sendable (Value) -> Int
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]
    private var recentWeight = 0, olderWeight = 0

    /// A table whose values weigh at most so much together; unless they are weighed, each weighs one.
    public init(limit: Int, weigh: @escaping @Sendable (Value) -> Int = { _ in 1 }) {
        (half, self.weigh) = (max(1, limit / 2), weigh)
    }

    /// How much all values weigh.
    public var weight: Int { recentWeight + olderWeight }

    /// The value of a key, which counts as used now.
    public mutating func find(_ key: Key) -> Value? {
        if let value = recent[key] { return value }
        guard let value = older[key] else { return nil }
        set(key, to: value)
        return value
    }

    /// Sets a value; one that weighs more than half the limit is not kept.
    public mutating func set(_ key: Key, to value: Value) {
        remove(key)
        let weight = weigh(value)
        guard weight <= half else { return }
        if recentWeight + weight > half {
            (older, olderWeight) = (recent, recentWeight)
            (recent, recentWeight) = ([:], 0)
        }
        recent[key] = value
        recentWeight += weight
    }

    /// Forgets everything.
    public mutating func removeAll() {
        (recent, older) = ([:], [:])
        (recentWeight, olderWeight) = (0, 0)
    }

    /// Forgets a key.
    public mutating func remove(_ key: Key) {
        if let value = recent.removeValue(forKey: key) { recentWeight -= weigh(value) }
        if let value = older.removeValue(forKey: key) { olderWeight -= weigh(value) }
    }
}
