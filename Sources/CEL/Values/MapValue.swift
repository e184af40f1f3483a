// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// Values by key: held, or read from a document when asked.
///
/// Keys are int, uint, bool or string. A number finds its key whatever its type: `{1: 'a'}[1u]` and `{1: 'a'}[1.0]`.
public struct MapValue: Sendable {
    enum Storage: Sendable {
        case entries(EntryTable)
        case document(JSONObject, NumberReading)
        case custom(any MapSource)
    }

    let storage: Storage

    /// A map of entries in their order; of a key that is given twice the last value counts.
    public init(_ entries: [(key: Value, value: Value)]) {
        var table = EntryTable.Builder(capacity: entries.count)
        for (key, value) in entries { table.set(key, value) }
        storage = .entries(EntryTable(table))
    }

    init(_ table: EntryTable) { storage = .entries(table) }

    /// A view of an object in a document.
    public init(_ object: JSONObject, numbers: NumberReading = .integersAndDoubles) {
        storage = .document(object, numbers)
    }

    /// A view that the host provides.
    public init(_ source: any MapSource) { storage = .custom(source) }

    /// How many entries there are.
    public var count: Int {
        switch storage {
        case .entries(let table): table.entries.count
        case .document(let object, _): object.count
        case .custom(let source): source.count
        }
    }

    /// The value of a key; nil when it is missing.
    public subscript(key: Value) -> Value? {
        switch storage {
        case .entries(let table): table[key]
        case .document, .custom: if case .string(let name) = key { self[name] } else { nil }
        }
    }

    /// The value of a string key; nil when it is missing.
    public subscript(name: String) -> Value? {
        switch storage {
        case .entries(let table): table[name]
        case .document(let object, let numbers): object[name].map { Value($0, numbers: numbers) }
        case .custom(let source): source[name]
        }
    }

    /// The keys: of a literal in its order, of a document sorted, so that a result does not depend on how it was
    /// written.
    public var keys: [Value] {
        switch storage {
        case .entries(let table): table.entries.map(\.key)
        case .document(let object, _): object.keys.sortedByScalars.map { .string($0) }
        case .custom(let source): source.keys.sortedByScalars.map { .string($0) }
        }
    }

    /// Whether the entries are there, so that looking at them makes nothing.
    var isHeld: Bool { if case .entries = storage { true } else { false } }

    /// The entries in the order of `keys`.
    public var entries: [(key: Value, value: Value)] {
        if case .entries(let table) = storage { return table.entries }
        return keys.compactMap { key in self[key].map { (key, $0) } }
    }
}

/// A map with string keys that the host provides without making its values first.
public protocol MapSource: AnyObject, Sendable {
    /// How many entries there are; always the same.
    var count: Int { get }
    /// The keys, each once.
    var keys: [String] { get }
    /// The value of a key; nil when it is missing.
    subscript(name: String) -> Value? { get }
}

extension [String] {
    /// Sorted by code points, which is the order of the UTF-8 bytes.
    var sortedByScalars: [String] { sorted { $0.precedesByScalars($1) } }
}
