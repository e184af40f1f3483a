// SPDX-License-Identifier: Apache-2.0

/// A dictionary that forgets: it keeps at least the last `limit / 2` keys that were written or found, and never more
/// than `limit`.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let half: Int
    private var recent: [Key: Value] = [:]
    private var older: [Key: Value] = [:]

    /// A table of at most so many keys.
    init(limit: Int) { half = max(1, limit / 2) }

    /// How many keys there are.
    var count: Int { recent.count + older.count }

    /// The value of a key, which counts as used now.
    mutating func find(_ key: Key) -> Value? {
        if let value = recent[key] { return value }
        guard let value = older[key] else { return nil }
        set(key, to: value)
        return value
    }

    /// Sets a value.
    mutating func set(_ key: Key, to value: Value) {
        older[key] = nil
        recent[key] = value
        guard recent.count >= half else { return }
        older = recent
        recent = [:]
    }

    /// Forgets a key.
    mutating func remove(_ key: Key) {
        older[key] = nil
        recent[key] = nil
    }
}
