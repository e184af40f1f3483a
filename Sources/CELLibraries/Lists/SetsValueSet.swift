// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Chronology

/// Values of which no two are equal, as the language compares them.
///
/// Equality is no equivalence here: numbers of different types are compared as doubles, so two ints that differ can both
/// equal one double. A value is therefore only hashed into a bucket, within which it is compared with each.
struct ValueSet {
    /// The elements in the order in which they came.
    private(set) var elements: [Value] = []
    /// The last element of each bucket.
    private var last: [Bucket: Int]
    /// The element before each in its bucket; -1 for the first.
    private var before: [Int] = []

    /// An empty set; pays for its room.
    init(capacity: Int, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(values: 3 * capacity)
        last = Dictionary(minimumCapacity: capacity)
        elements.reserveCapacity(capacity)
        before.reserveCapacity(capacity)
    }

    /// The different elements of a list.
    init(_ list: ListValue, _ budget: inout Budget) throws(EvaluationError) {
        try self.init(capacity: list.count, &budget)
        for element in list { _ = try insert(element, &budget) }
    }

    /// Adds a value; says whether none is equal to it.
    mutating func insert(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        try budget.spend(6)
        let bucket = try Bucket(value, &budget)
        let head = last[bucket] ?? -1
        guard try find(value, from: head, &budget) == nil else { return false }
        last[bucket] = elements.count
        elements.append(value)
        before.append(head)
        return true
    }

    /// Whether an element is equal to a value.
    func contains(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        let bucket = try Bucket(value, &budget)
        return try find(value, from: last[bucket] ?? -1, &budget) != nil
    }

    private func find(_ value: Value, from head: Int, _ budget: inout Budget) throws(EvaluationError) -> Int? {
        var index = head
        while index >= 0 {
            try budget.spend(1)
            if try elements[index].equals(value, &budget) { return index }
            index = before[index]
        }
        return nil
    }
}

/// Where a value is looked for: equal values have equal buckets.
private enum Bucket: Hashable {
    case null
    case bool(Bool)
    /// A number of any type as a double, which is how those of different types are compared.
    case number(Double)
    case notANumber
    case string(MapKey)
    case bytes([UInt8])
    case duration(TimeSpan)
    case timestamp(Moment)
    case list(count: Int)
    case map(count: Int)
    case other(String)

    init(_ value: Value, _ budget: inout Budget) throws(EvaluationError) {
        switch value {
        case .null: self = .null
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .number(Double(int))
        case .uint(let uint): self = .number(Double(uint))
        case .double(let double): self = double.isNaN ? .notANumber : .number(double)
        case .string(let text):
            try budget.read(bytes: text.utf8.count)
            self = .string(.string(text))
        case .bytes(let octets):
            try budget.read(bytes: octets.count)
            self = .bytes(octets)
        case .duration(let span): self = .duration(span)
        case .timestamp(let moment): self = .timestamp(moment)
        case .list(let list): self = .list(count: list.count)
        case .map(let map): self = .map(count: map.count)
        case .optional, .type, .opaque: self = .other(value.typeName)
        }
    }
}
