// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

/// Keys of one type, and in which order their indices are to stand. Equal keys stay as they are.
struct SortKeys {
    let order: [Int]

    /// Orders keys; pays for the comparisons before they are made.
    ///
    /// - Throws: when they are not all of one type that has an order.
    init(_ keys: ListValue, _ budget: inout Budget) throws(EvaluationError) {
        try budget.spend(keys.count)
        let keys = keys.values
        guard let first = keys.first else {
            order = []
            return
        }
        guard first.compare(with: first) != nil else { throw .invalid("list elements must be comparable") }
        let type = first.typeName
        var size = 0
        for key in keys {
            guard key.typeName == type else { throw .invalid("list elements must have the same type") }
            size += key.orderedSize
        }
        // Merging looks at each key once on each level.
        let levels = Int.bitWidth - keys.count.leadingZeroBitCount
        try budget.spend(levels * keys.count)
        let (work, overflow) = levels.multipliedReportingOverflow(by: size)
        try budget.read(bytes: overflow ? Int.max : work)
        order = Self.order(keys, like: first)
    }

    private static func order(_ keys: [Value], like first: Value) -> [Int] {
        switch first {
        case .int: order(keys.map(\.sortedInt)) { (a: Int64, b: Int64) in a < b }
        // A NaN comes first, so that there is an order at all.
        case .double: order(keys.map(\.sortedDouble)) { (a: Double, b: Double) in a < b || a.isNaN && !b.isNaN }
        case .string: order(keys.map(\.sortedText)) { (a: String, b: String) in a.precedesByScalars(b) }
        default: order(keys) { (a: Value, b: Value) in a.compare(with: b) == .less }
        }
    }

    private static func order<Key>(_ keys: [Key], _ precedes: (Key, Key) -> Bool) -> [Int] {
        keys.indices.sorted { a, b in
            if precedes(keys[a], keys[b]) { return true }
            return a < b && !precedes(keys[b], keys[a])
        }
    }
}

extension Value {
    fileprivate var sortedInt: Int64 { if case .int(let int) = self { int } else { 0 } }
    fileprivate var sortedDouble: Double { if case .double(let double) = self { double } else { 0 } }
    fileprivate var sortedText: String { if case .string(let text) = self { text } else { "" } }

    /// How many bytes comparing it may look at beyond a word.
    fileprivate var orderedSize: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .bytes(let octets): octets.count
        default: 0
        }
    }
}
