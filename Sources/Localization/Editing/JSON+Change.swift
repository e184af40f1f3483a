// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension JSON {
    /// Whether it is neither an array nor an object.
    var isScalar: Bool {
        switch self {
        case .array, .object: false
        default: true
        }
    }

    /// Writes a value over the one at a path, which is there.
    mutating func replace(at path: ArraySlice<String>, with value: JSON) {
        change(at: path) { $0 = value }
    }

    /// Adds a member to the object, or the null, at a path.
    mutating func insert(_ value: JSON, at path: ArraySlice<String>, key: String) {
        change(at: path) { $0[key] = value }
    }

    /// Adds an element to the array, or the null, at a path.
    mutating func append(_ item: JSON, at path: ArraySlice<String>) {
        change(at: path) { $0 = .array(($0.array ?? []) + [item]) }
    }

    private mutating func change(at path: ArraySlice<String>, _ body: (inout JSON) -> Void) {
        guard let part = path.first else { return body(&self) }
        switch self {
        case .object(var object):
            guard var child = object[part] else { return }
            // Let go of the old values first, or every level is copied.
            self = .null
            object[part] = .null
            child.change(at: path.dropFirst(), body)
            object[part] = child
            self = .object(object)
        case .array(var items):
            guard let index = Int(part), items.indices.contains(index) else { return }
            self = .null
            items[index].change(at: path.dropFirst(), body)
            self = .array(items)
        default: return
        }
    }
}

extension JSONPointer {
    /// The path as people write it.
    var dotted: String { parts.joined(separator: ".") }
}

extension SourceTree {
    /// The node that a path leads to.
    func node(at pointer: JSONPointer) -> Int? {
        var node = root
        for part in pointer.parts {
            if let items = elements(of: node) {
                guard let index = Int(part), items.indices.contains(index) else { return nil }
                node = items[index]
            } else {
                guard let member = members(of: node)?.last(where: { $0.key == part }) else { return nil }
                node = member.value
            }
        }
        return node
    }

    /// The value that a path leads to.
    func value(at pointer: JSONPointer) -> JSON? {
        pointer.parts.reduce(document.root) { value, part in
            value?.array == nil ? value?[part] : Int(part).flatMap { value?[$0] }
        }
    }
}
