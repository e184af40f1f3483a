// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The members of a JSON object in the order in which they were written; every key once.
///
/// Keys are the same when their code points are, whatever Unicode calls equivalent.
public struct JSONObject: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One member.
    public typealias Element = (key: String, value: JSON)

    /// One word, so that a copy of an object is one count more.
    private enum Storage: Sendable {
        /// So few that looking at every key is fast.
        case few([Element])
        case many(IndexedMembers)
    }

    private var storage = Storage.few([])
    private static let indexedFrom = 24

    /// No members.
    public init() {}

    /// Members whose keys differ.
    public init(_ members: [(String, JSON)]) {
        for (key, value) in members {
            let isNew = insert(key, value)
            precondition(isNew, "the key “\(key)” is given twice")
        }
    }

    /// Members whose keys differ.
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }

    private var members: [Element] {
        switch storage {
        case .few(let members): members
        case .many(let indexed): indexed.members
        }
    }

    /// How many members there are.
    public var count: Int {
        switch storage {
        case .few(let members): members.count
        case .many(let indexed): indexed.members.count
        }
    }
    /// Whether there is none.
    public var isEmpty: Bool { count == 0 }
    /// The keys in their order.
    public var keys: [String] { members.map(\.key) }

    /// A member's value. Setting replaces in place or appends; setting nil removes.
    public subscript(key: String) -> JSON? {
        get {
            switch storage {
            case .few(let members):
                // Looked at where they are: counting references would take longer than comparing.
                let members = members.span
                for index in members.indices where members[index].key.hasSameScalars(as: key) {
                    return members[index].value
                }
                return nil
            case .many(let indexed): return indexed.positions[ExactText(key)].map { indexed.members[$0].value }
            }
        }
        set {
            let position = position(of: key)
            change { members, positions in
                switch (position, newValue) {
                case (let position?, let value?): members[position].value = value
                case (let position?, nil):
                    members.remove(at: position)
                    positions = nil
                case (nil, let value?):
                    members.append((key, value))
                    positions?[ExactText(key)] = members.count - 1
                case (nil, nil): break
                }
            }
        }
    }

    /// Appends a member unless its key is taken; says whether it did.
    mutating func insert(_ key: String, _ value: JSON) -> Bool {
        guard position(of: key) == nil else { return false }
        change { members, positions in
            members.append((key, value))
            positions?[ExactText(key)] = members.count - 1
        }
        return true
    }

    /// Where a key stands among the members.
    func position(of key: String) -> Int? {
        switch storage {
        case .few(let members): members.firstIndex { $0.key.hasSameScalars(as: key) }
        case .many(let indexed): indexed.positions[ExactText(key)]
        }
    }

    /// Changes the members and their positions; a change that sets the positions to nil has them made anew.
    private mutating func change(_ body: (inout [Element], inout [ExactText: Int]?) -> Void) {
        var members: [Element], positions: [ExactText: Int]?
        switch storage {
        case .few(let few): members = few
        case .many(var indexed):
            // Let go of the storage, or the next change copies every member.
            storage = .few([])
            if isKnownUniquelyReferenced(&indexed) {
                (members, positions) = indexed.take()
            } else {
                (members, positions) = (indexed.members, indexed.positions)
            }
        }
        storage = .few([])
        body(&members, &positions)
        if members.count >= Self.indexedFrom {
            let known =
                positions ?? Dictionary(uniqueKeysWithValues: members.enumerated().map { (ExactText($1.key), $0) })
            storage = .many(IndexedMembers(members, known))
        } else {
            storage = .few(members)
        }
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
    public var underestimatedCount: Int { count }
}

/// So many members that a key is found by its hash. Never changes while it is shared.
private final class IndexedMembers: @unchecked Sendable {
    // Only `take` changes these, and its caller holds the only reference.
    private(set) var members: [JSONObject.Element]
    private(set) var positions: [ExactText: Int]

    init(_ members: [JSONObject.Element], _ positions: [ExactText: Int]) {
        (self.members, self.positions) = (members, positions)
    }

    /// Gives up what it holds; the caller holds the only reference.
    func take() -> ([JSONObject.Element], [ExactText: Int]?) {
        defer { (members, positions) = ([], [:]) }
        return (members, positions)
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
            one.combine(ExactText(key))
            one.combine(value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}
