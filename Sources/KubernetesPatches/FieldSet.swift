// SPDX-License-Identifier: Apache-2.0

/// Places of an object, as a tree: what managed fields say of one manager.
///
/// A place is in the set or not, whatever is said of what it lies in and of what lies in it. No set holds an empty
/// branch; the object itself is never a place.
public struct FieldSet: Hashable, Sendable {
    /// A step and the places behind it.
    struct Branch: Hashable, Sendable {
        let element: PathElement
        let set: FieldSet
    }

    /// The steps whose ends are places of the set; sorted, each once.
    private(set) var members: [PathElement] = []
    /// The steps behind which there are further places; sorted, each once, none empty.
    private(set) var branches: [Branch] = []

    /// No place.
    public init() {}

    /// Some places.
    public init(_ paths: [FieldPath]) { for path in paths { insert(path) } }

    /// Steps and branches that are sorted, each once; empty branches are left out.
    init(sorted members: [PathElement], _ branches: [Branch]) {
        (self.members, self.branches) = (members, branches.filter { !$0.set.isEmpty })
    }

    /// Steps and branches in any order, each once; empty branches are left out.
    init(unsorted members: [PathElement], _ branches: [Branch]) {
        self.init(
            sorted: Self.isSorted(members) ? members : members.sorted(),
            zip(branches, branches.dropFirst()).allSatisfy { $0.element < $1.element }
                ? branches : branches.sorted { $0.element < $1.element })
    }

    private static func isSorted(_ elements: [PathElement]) -> Bool {
        zip(elements, elements.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Whether there is no place.
    public var isEmpty: Bool { members.isEmpty && branches.isEmpty }

    /// How many places there are.
    public var count: Int { branches.reduce(members.count) { $0 + $1.set.count } }

    /// Adds a place, without those it lies in.
    public mutating func insert(_ path: FieldPath) { insert(path.elements[...]) }

    private mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            let place = Self.position(of: first, in: members)
            if !place.isThere { members.insert(first, at: place.index) }
            return
        }
        let place = Self.position(of: first, in: branches, by: \.element)
        var rest = place.isThere ? branches[place.index].set : FieldSet()
        rest.insert(path.dropFirst())
        let branch = Branch(element: first, set: rest)
        if place.isThere { branches[place.index] = branch } else { branches.insert(branch, at: place.index) }
    }

    /// Whether a place is in the set.
    public func contains(_ path: FieldPath) -> Bool {
        var set = self
        for element in path.elements.dropLast() {
            guard let next = set.below(element) else { return false }
            set = next
        }
        return path.elements.last.map { set.hasMember($0) } ?? false
    }

    /// Whether the end of a step is a place of the set.
    func hasMember(_ element: PathElement) -> Bool { Self.position(of: element, in: members).isThere }

    /// The places behind a step, seen from there; nil when there are none.
    func below(_ element: PathElement) -> FieldSet? {
        let place = Self.position(of: element, in: branches, by: \.element)
        return place.isThere ? branches[place.index].set : nil
    }

    /// All places: those at the ends of steps first, then those behind them.
    public var paths: [FieldPath] {
        var paths: [FieldPath] = []
        collect(FieldPath(), into: &paths)
        return paths
    }

    private func collect(_ prefix: FieldPath, into paths: inout [FieldPath]) {
        for member in members { paths.append(prefix.appending(member)) }
        for branch in branches { branch.set.collect(prefix.appending(branch.element), into: &paths) }
    }

    private static func position(of element: PathElement, in members: [PathElement]) -> (index: Int, isThere: Bool) {
        position(of: element, in: members, by: \.self)
    }

    /// Where an element stands, or would.
    private static func position<Item>(
        of element: PathElement, in items: [Item], by key: (Item) -> PathElement
    ) -> (index: Int, isThere: Bool) {
        var low = 0, high = items.count
        while low < high {
            let middle = (low + high) / 2
            let order = key(items[middle]).compare(with: element)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }
}

extension FieldSet: CustomStringConvertible {
    /// One place a line.
    public var description: String { paths.map(\.description).joined(separator: "\n") }
}
