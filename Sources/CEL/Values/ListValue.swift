// SPDX-License-Identifier: Apache-2.0

public import Documents

/// Values in a row: held, or read from a document when asked.
public struct ListValue: Sendable, RandomAccessCollection {
    enum Storage: Sendable {
        case values([Value])
        case document([JSON], NumberReading)
        case custom(any ListSource)
    }

    let storage: Storage

    /// A list of values.
    public init(_ values: [Value]) { storage = .values(values) }

    /// A view of an array in a document.
    public init(_ array: [JSON], numbers: NumberReading = .integersAndDoubles) { storage = .document(array, numbers) }

    /// A view that the host provides.
    public init(_ source: any ListSource) { storage = .custom(source) }

    /// The first index, zero.
    public var startIndex: Int { 0 }
    /// How many elements there are.
    public var endIndex: Int {
        switch storage {
        case .values(let values): values.count
        case .document(let array, _): array.count
        case .custom(let source): source.count
        }
    }

    /// An element; the index is in range.
    public subscript(index: Int) -> Value {
        switch storage {
        case .values(let values): values[index]
        case .document(let array, let numbers): Value(array[index], numbers: numbers)
        case .custom(let source): source[index]
        }
    }

    /// The elements as they are held, or read all at once.
    public var values: [Value] {
        if case .values(let values) = storage { return values }
        return Array(self)
    }
}

/// A list that the host provides without making its elements first.
public protocol ListSource: AnyObject, Sendable {
    /// How many elements there are; always the same.
    var count: Int { get }
    /// The element at an index from zero below `count`.
    subscript(index: Int) -> Value { get }
}
