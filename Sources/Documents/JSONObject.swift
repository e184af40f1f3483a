// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The members of a JSON object in the order in which they were written; every key once.
///
/// Keys are the same when their code points are, whatever Unicode calls equivalent.
public struct JSONObject: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One member.
    public typealias Element = (key: String, value: JSON)

    private var members: [Element] = []
    /// Where each key stands; kept only for objects so large that looking at every key is slow.
    private var index: [ExactText: Int]?
    private static let indexedFrom = 24

    /// No members.
    public init() {}

    /// Members whose keys differ.
    public init(_ members: [(String, JSON)]) {
        self.members.reserveCapacity(members.count)
        for (key, value) in members {
            let isNew = insert(key, value)
            precondition(isNew, "the key “\(key)” is given twice")
        }
    }

    /// Members whose keys differ.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

    /// How many members there are.
    public var count: Int { members.count }
    /// Whether there is none.
    public var isEmpty: Bool { members.isEmpty }
    /// The keys in their order.
    public var keys: [String] { members.map(\.key) }

    /// A member's value. Setting replaces in place or appends; setting nil removes.
    public subscript(key: String) -> JSON? {
        get {
            if index != nil { return position(of: key).map { members[$0].value } }
            // Looked at where they are: counting references would take longer than comparing.
            let known = members.span
            for index in known.indices where known[index].key.hasSameScalars(as: key) { return known[index].value }
            return nil
        }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
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

    /// Where a key stands among the members.
    func position(of key: String) -> Int? {
        if let index { return index[ExactText(key)] }
        return members.firstIndex { $0.key.hasSameScalars(as: key) }
    }

    private mutating func append(_ key: String, _ value: JSON) {
        members.append((key, value))
        if index != nil {
            index?[ExactText(key)] = members.count - 1
        } else if members.count == Self.indexedFrom {
            rebuildIndex()
        }
    }

    private mutating func rebuildIndex() {
        index = Dictionary(uniqueKeysWithValues: members.enumerated().map { (ExactText($0.element.key), $0.offset) })
    }

    /// Reads the members in order.
    public struct Iterator: IteratorProtocol {
        fileprivate var rest: IndexingIterator<[Element]>
        /// The next member.
        public mutating func next() -> Element? { rest.next() }
    }

    /// Reads the members in order.
    public func makeIterator() -> Iterator { Iterator(rest: members.makeIterator()) }

    /// How many members there are.
    public var underestimatedCount: Int { members.count }
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
            one.combine(ExactText(key))
            one.combine(value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}
