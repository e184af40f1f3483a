// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Expressions by pattern, so that a pattern which comes again costs nothing. For any number of threads.
///
/// The least recently used is forgotten first. Refusals are remembered too. Memory is bounded: by the number of
/// entries and by the bytes of all programs and patterns; a pattern with a large program is not kept at all.
public final class RegularExpressionCache: Sendable {
    private struct Entry: Sendable {
        var result: Result<RegularExpression, PatternError>
        var lastUse: UInt64
        var size: Int
    }

    /// A pattern by its bytes; texts of other bytes can be equal to Swift.
    private struct Key: Hashable, Sendable {
        var pattern: String
        static func == (left: Key, right: Key) -> Bool {
            left.pattern == right.pattern && left.pattern.utf8.elementsEqual(right.pattern.utf8)
        }
    }

    private struct Contents: Sendable {
        var entries: [Key: Entry] = [:]
        var clock: UInt64 = 0
        var size = 0
    }

    private let capacity: Int
    private let byteCapacity: Int
    private let limits: RegularExpression.Limits
    private let contents = Guarded(Contents())

    /// An empty cache for a number of patterns.
    public init(capacity: Int = 512, byteCapacity: Int = 16 << 20, limits: RegularExpression.Limits = .standard) {
        (self.capacity, self.byteCapacity, self.limits) = (max(1, capacity), byteCapacity, limits)
    }

    /// How many patterns are remembered.
    public var count: Int { contents.withLock { $0.entries.count } }

    /// The expression of a pattern, made now or before.
    public func expression(_ pattern: String) throws(PatternError) -> RegularExpression {
        let key = Key(pattern: pattern)
        let known = contents.withLock { contents -> Result<RegularExpression, PatternError>? in
            contents.clock += 1
            // In place: a copy of the entry would be counted and written back.
            guard let index = contents.entries.index(forKey: key) else { return nil }
            contents.entries.values[index].lastUse = contents.clock
            return contents.entries.values[index].result
        }
        if let known { return try known.get() }
        let result = Result { () throws(PatternError) in try RegularExpression(pattern, limits: limits) }
        keep(result, for: key)
        return try result.get()
    }

    private func keep(_ result: Result<RegularExpression, PatternError>, for key: Key) {
        let size = 512 + 2 * key.pattern.utf8.count + ((try? result.get().engine.size) ?? 0)
        guard size <= byteCapacity / 4 else { return }
        contents.withLock { contents in
            contents.clock += 1
            contents.size += size - (contents.entries[key]?.size ?? 0)
            contents.entries[key] = Entry(result: result, lastUse: contents.clock, size: size)
            guard contents.entries.count > capacity || contents.size > byteCapacity else { return }
            // An eighth at once, so that the search for the oldest is paid by many new patterns.
            for (key, entry) in contents.entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) {
                guard
                    contents.entries.count > capacity - capacity / 8
                        || contents.size > byteCapacity - byteCapacity / 8
                else { break }
                // The one that was asked for stays, whatever the capacity.
                guard entry.lastUse != contents.clock else { break }
                contents.entries[key] = nil
                contents.size -= entry.size
            }
        }
    }
}
