// SPDX-License-Identifier: Apache-2.0

/// When subjects were last changed by others, in the order of the changes and not by any clock.
///
/// Only so many are remembered: before they are too many all of them are forgotten, and everything that was begun until
/// then counts as outdated. So what is outdated is never taken for current.
struct ChangeMarks: Sendable {
    private let limit: Int
    private var marks: [String: UInt64] = [:]
    private var floor: UInt64 = 0
    /// The number of the last change: what begins now has seen it.
    private(set) var now: UInt64 = 0

    /// Remembers at most so many subjects.
    init(limit: Int = 10_000) { self.limit = limit }

    /// Notes that a subject has changed.
    mutating func note(_ subject: String) {
        now += 1
        if marks.count >= limit, marks[subject] == nil { (marks, floor) = ([:], now) }
        marks[subject] = now
    }

    /// Whether what was begun at that moment has seen all changes of a subject; nil never changes.
    func isCurrent(_ began: UInt64, _ subject: String?) -> Bool {
        subject.map { began >= marks[$0] ?? floor } ?? true
    }
}
