// SPDX-License-Identifier: Apache-2.0

/// The members of a JSON object in the order in which they were written; every key once.
public struct JSONObject: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One member.
    public typealias Element = (key: String, value: JSON)

    private var names: [String] = []
    private var values: [JSON] = []
    /// Where each key stands; kept only for objects so large that looking at every key is slow.
    private var index: [String: Int]?
    private static let indexedFrom = 24

    /// No members.
    public init() {}

    /// Members whose keys differ.
    public init(_ members: [(String, JSON)]) {
        for (key, value) in members {
            precondition(position(of: key) == nil, "the key “\(key)” is given twice")
            append(key, value)
        }
    }

    /// Members whose keys differ.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

    /// How many members there are.
    public var count: Int { names.count }
    /// Whether there is none.
    public var isEmpty: Bool { names.isEmpty }
    /// The keys in their order.
    public var keys: [String] { names }

    /// A member's value. Setting replaces in place or appends; setting nil removes.
    public subscript(key: String) -> JSON? {
        get { position(of: key).map { values[$0] } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): values[position] = value
            case (let position?, nil):
                names.remove(at: position)
                values.remove(at: position)
                if index != nil { rebuildIndex() }
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Appends a member unless its key is taken; says whether it did.
    mutating func insert(_ key: String, _ value: JSON) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private mutating func append(_ key: String, _ value: JSON) {
        names.append(key)
        values.append(value)
        if index != nil {
            index?[key] = names.count - 1
        } else if names.count == Self.indexedFrom {
            rebuildIndex()
        }
    }

    private mutating func rebuildIndex() {
        index = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($0.element, $0.offset) })
    }

    private func position(of key: String) -> Int? {
        if let index { return index[key] }
        // Swift compares strings by canonical equivalence; JSON keys are equal when their code points are.
        return names.firstIndex { $0.utf8.count == key.utf8.count && $0.utf8.elementsEqual(key.utf8) }
    }

    /// Reads the members in order.
    public func makeIterator() -> some IteratorProtocol<Element> {
        zip(names, values).lazy.map { (key: $0, value: $1) }.makeIterator()
    }
}

extension JSONObject: Hashable {
    /// Objects are equal when they have the same members in any order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool {
        a.count == b.count && a.allSatisfy { b[$0.key] == $0.value }
    }
    /// Does not depend on the order of the members.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in self {
            var one = Hasher()
            one.combine(key)
            one.combine(value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}
