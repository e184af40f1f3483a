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
        case .int: order(keys.map(\.sortedInt)) { a, b in a < b ? -1 : a > b ? 1 : 0 }
        // A NaN comes first, so that there is an order at all.
        case .double:
            order(keys.map(\.sortedDouble)) { a, b in
                a < b ? -1 : a > b ? 1 : a == b ? 0 : (a.isNaN ? 0 : 1) - (b.isNaN ? 0 : 1)
            }
        case .string: order(keys.map(\.sortedText)) { a, b in a.compareScalars(with: b) }
        default:
            order(keys) { a, b in
                switch a.compare(with: b) {
                case .less: -1
                case .greater: 1
                default: 0
                }
            }
        }
    }

    private static func order<Key>(_ keys: [Key], _ compare: (Key, Key) -> Int) -> [Int] {
        keys.indices.sorted { a, b in
            let order = compare(keys[a], keys[b])
            return order == 0 ? a < b : order < 0
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
