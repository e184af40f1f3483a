// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A JSON value under change: only what pointers lead through is taken apart.
///
/// A class for each value that was reached, so that thousands of operations on an object of many members take time for
/// what they touch and not for all there is. Used by one patch at a time.
final class PatchDocument {
    private enum Content {
        case value(JSON)
        case array([PatchDocument])
        case object(Members)
    }

    /// Members in their order; what was removed leaves a gap.
    private struct Members {
        var slots: [(key: String, value: PatchDocument)?] = []
        var positions: [Key: Int] = [:]

        subscript(key: String) -> PatchDocument? { positions[Key(key)].flatMap { slots[$0]?.value } }

        mutating func set(_ key: String, _ value: PatchDocument) {
            if let position = positions[Key(key)] {
                slots[position] = (key, value)
            } else {
                positions[Key(key)] = slots.count
                slots.append((key, value))
            }
        }

        mutating func remove(_ key: String) -> PatchDocument? {
            guard let position = positions.removeValue(forKey: Key(key)) else { return nil }
            defer { slots[position] = nil }
            return slots[position]?.value
        }
    }

    /// A key that is another's only with the same code points.
    private struct Key: Hashable {
        let text: String
        init(_ text: String) { self.text = text }
        static func == (a: Key, b: Key) -> Bool { a.text.hasSameScalars(as: b.text) }
        func hash(into hasher: inout Hasher) { text.hashScalars(into: &hasher) }
    }

    private var content: Content

    init(_ json: JSON) { content = .value(json) }

    /// The value as it is now.
    var json: JSON {
        switch content {
        case .value(let json): json
        case .array(let items): .array(items.map(\.json))
        case .object(let members): .object(JSONObject(members.slots.compactMap { $0.map { ($0.key, $0.value.json) } }))
        }
    }

    /// Takes the value apart so that its parts can be reached.
    private func open() {
        guard case .value(let json) = content else { return }
        switch json {
        case .array(let items): content = .array(items.map { PatchDocument($0) })
        case .object(let object):
            var members = Members()
            members.slots.reserveCapacity(object.count)
            members.positions.reserveCapacity(object.count)
            for (key, value) in object { members.set(key, PatchDocument(value)) }
            content = .object(members)
        default: break
        }
    }

    /// Why a part cannot be reached.
    enum Miss: Error { case noContainer, noMember, noPosition }

    var isArray: Bool {
        switch content {
        case .value(.array), .array: true
        default: false
        }
    }

    /// A member or an element.
    func part(_ name: String, _ dialect: JSONPatch.Dialect) throws(Miss) -> PatchDocument {
        open()
        switch content {
        case .array(let items): return items[try Self.position(name, in: items.count, isNew: false, dialect)]
        case .object(let members):
            guard let value = members[name] else { throw .noMember }
            return value
        case .value: throw .noContainer
        }
    }

    /// Puts a member in, or an element before another.
    func add(_ value: PatchDocument, as name: String, _ dialect: JSONPatch.Dialect) throws(Miss) {
        open()
        // Nobody else holds the content while it changes, or all of it would be copied.
        let before = content
        content = .value(.null)
        switch consume before {
        case .array(var items):
            let position: Int
            do throws(Miss) {
                position = name == "-" ? items.count : try Self.position(name, in: items.count, isNew: true, dialect)
            } catch {
                content = .array(items)
                throw error
            }
            items.insert(value, at: position)
            content = .array(items)
        case .object(var members):
            members.set(name, value)
            content = .object(members)
        case .value(let json):
            content = .value(json)
            throw .noContainer
        }
    }

    /// Gives a member or an element another value.
    func replace(_ name: String, with value: PatchDocument, _ dialect: JSONPatch.Dialect) throws(Miss) {
        if isArray {
            try part(name, dialect).content = value.content
        } else {
            if dialect == .rfc6902 { _ = try part(name, dialect) }
            try add(value, as: name, dialect)
        }
    }

    /// Takes a member or an element out.
    func remove(_ name: String, _ dialect: JSONPatch.Dialect) throws(Miss) -> PatchDocument {
        open()
        let before = content
        content = .value(.null)
        switch consume before {
        case .array(var items):
            defer { content = .array(items) }
            return items.remove(at: try Self.position(name, in: items.count, isNew: false, dialect))
        case .object(var members):
            defer { content = .object(members) }
            guard let value = members.remove(name) else { throw .noMember }
            return value
        case .value(let json):
            content = .value(json)
            throw .noContainer
        }
    }

    /// The position that a name means: the digits of RFC 6901, or counted from the end where the dialect has that.
    private static func position(
        _ name: String, in count: Int, isNew: Bool, _ dialect: JSONPatch.Dialect
    ) throws(Miss) -> Int {
        let last = isNew ? count : count - 1
        let digits = name.utf8
        guard let number = Int(name) else { throw .noPosition }
        if number < 0 || digits.first == UInt8(ascii: "-") {
            let position = number + last + 1
            guard dialect == .kubernetes, number < 0, position >= 0 else { throw .noPosition }
            return position
        }
        let isPlain = digits.first != UInt8(ascii: "+") && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
        guard isPlain, number <= last else { throw .noPosition }
        return number
    }

    /// How deep the value is: 0 for a scalar. Counts what it looks at.
    func depth(_ visits: inout Int) -> Int {
        visits += 1
        switch content {
        case .value(let json): return Self.depth(of: json, &visits)
        case .array(let items): return 1 + items.reduce(0) { max($0, $1.depth(&visits)) }
        case .object(let members): return 1 + members.slots.reduce(0) { max($0, $1?.value.depth(&visits) ?? 0) }
        }
    }

    static func depth(of json: JSON, _ visits: inout Int) -> Int {
        visits += 1
        switch json {
        case .array(let items): return 1 + items.reduce(0) { max($0, depth(of: $1, &visits)) }
        case .object(let object): return 1 + object.reduce(0) { max($0, depth(of: $1.value, &visits)) }
        default: return 0
        }
    }

    /// Whether the value is another, numbers compared by value; looks no further than the other goes.
    func isSameValue(as other: JSON) -> Bool {
        switch (content, other) {
        case (.value(let json), _): return json.isSameValue(as: other)
        case (.array(let items), .array(let others)):
            return items.count == others.count && zip(items, others).allSatisfy { $0.isSameValue(as: $1) }
        case (.object(let members), .object(let others)):
            return members.positions.count == others.count
                && others.allSatisfy { members[$0.key]?.isSameValue(as: $0.value) ?? false }
        default: return false
        }
    }
}
