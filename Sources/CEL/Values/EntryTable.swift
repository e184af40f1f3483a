// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The entries of a map in their order, with an index once looking at each is slow.
final class EntryTable: Sendable {
    let entries: [(key: Value, value: Value)]
    private let index: [MapKey: Int]?
    private static let indexedFrom = 9

    init(_ builder: consuming Builder) {
        entries = builder.entries
        index = builder.index
    }

    subscript(key: Value) -> Value? {
        if case .string(let name) = key { return self[name] }
        guard let key = MapKey(key) else { return nil }
        if let index { return index[key].map { entries[$0].value } }
        return entries.first { MapKey($0.key) == key }?.value
    }

    subscript(name: String) -> Value? {
        if let index { return index[.string(name)].map { entries[$0].value } }
        for entry in entries {
            if case .string(let key) = entry.key, key.hasSameScalars(as: name) { return entry.value }
        }
        return nil
    }

    /// Entries on their way into a table.
    struct Builder {
        fileprivate(set) var entries: [(key: Value, value: Value)] = []
        fileprivate var index: [MapKey: Int]?

        init(capacity: Int) {
            entries.reserveCapacity(capacity)
            if capacity >= EntryTable.indexedFrom { index = Dictionary(minimumCapacity: capacity) }
        }

        private func position(of key: MapKey) -> Int? {
            if let index { return index[key] }
            return entries.firstIndex { MapKey($0.key) == key }
        }

        /// Appends an entry; says whether its key was new, and else changes nothing. The key is int, uint, bool or
        /// string.
        mutating func insert(_ key: Value, _ value: Value) -> Bool {
            guard let normal = MapKey(key), position(of: normal) == nil else { return false }
            append(normal, key, value)
            return true
        }

        /// Sets the value of a key.
        mutating func set(_ key: Value, _ value: Value) {
            guard let normal = MapKey(key) else { return }
            if let known = position(of: normal) { entries[known].value = value } else { append(normal, key, value) }
        }

        private mutating func append(_ normal: MapKey, _ key: Value, _ value: Value) {
            entries.append((key, value))
            if index != nil {
                index?[normal] = entries.count - 1
            } else if entries.count == EntryTable.indexedFrom {
                index = [:]
                for (position, entry) in entries.enumerated() { index?[MapKey(entry.key)!] = position }
            }
        }
    }
}

/// A key of a map; numbers that are equal are one key.
package enum MapKey: Hashable {
    case bool(Bool)
    case int(Int64)
    /// Above the largest int.
    case uint(UInt64)
    case string(String)
    /// No integer equals it; only where an environment accepts any key.
    case double(Double)
    /// Only where an environment accepts any key.
    case null

    /// Nil for a value that can be no key. A double is the integer that equals it.
    package init?(_ value: Value) {
        switch value {
        case .bool(let bool): self = .bool(bool)
        case .int(let int): self = .int(int)
        case .uint(let uint): self = Int64(exactly: uint).map { .int($0) } ?? .uint(uint)
        case .double(let double):
            if let int = Int64(exactly: double) {
                self = .int(int)
            } else if let uint = UInt64(exactly: double) {
                self = .uint(uint)
            } else {
                self = .double(double)
            }
        case .null: self = .null
        case .string(let text): self = .string(text)
        default: return nil
        }
    }

    package static func == (a: MapKey, b: MapKey) -> Bool {
        switch (a, b) {
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.uint(let a), .uint(let b)): a == b
        case (.string(let a), .string(let b)): a.hasSameScalars(as: b)
        case (.double(let a), .double(let b)): a == b
        case (.null, .null): true
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .bool(let bool): hasher.combine(bool)
        case .int(let int): hasher.combine(int)
        case .uint(let uint): hasher.combine(uint)
        case .string(let text): text.hashScalars(into: &hasher)
        case .double(let double): hasher.combine(double)
        case .null: break
        }
    }
}
