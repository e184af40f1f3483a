// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Makes JSON of messages, by the numbers and types of their fields.
struct ProtobufDecoder {
    let limits: ProtobufLimits
    private var values = 0

    init(limits: ProtobufLimits) { self.limits = limits }

    /// Adds the members of a message to an object, in the order of its type.
    mutating func decode(
        _ bytes: ArraySlice<UInt8>, as type: ObjectType, into object: inout JSONObject, depth: Int
    ) throws(Fault) {
        guard depth <= limits.depth else {
            throw Fault(.limitExceeded, "the protobuf body is nested deeper than \(limits.depth) messages")
        }
        var found: [Int: [WireReader.Value]] = [:]
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            guard type.field(numbered: number) != nil else { continue }
            try count()
            found[number, default: []].append(value)
        }
        for field in type.fields {
            guard let values = found[field.number] else { continue }
            if field.isInline {
                guard case .object(let name) = field.type, let inner = TypeTable.builtin.type(named: name) else {
                    continue
                }
                for value in values { try decode(bytes: value, as: inner, into: &object, depth: depth + 1) }
            } else if let value = try json(values, field, depth: depth), field.keeps(value) {
                object[field.name] = value
            }
        }
    }

    private mutating func decode(
        bytes value: WireReader.Value, as type: ObjectType, into object: inout JSONObject, depth: Int
    ) throws(Fault) {
        guard case .bytes(let bytes) = value else { throw WireReader.damaged("\(type.shortName) is no message") }
        try decode(bytes, as: type, into: &object, depth: depth)
    }

    /// The value of a field; nil when it has none.
    private mutating func json(
        _ values: [WireReader.Value], _ field: ObjectField, depth: Int
    ) throws(Fault) -> JSON? {
        switch field.type {
        case .list(let item):
            var items: [JSON] = []
            for value in values {
                if case .bytes(let bytes) = value, item.isVarint {
                    for number in try WireReader.varints(bytes) {
                        try count()
                        items.append(try json(.varint(number), item, depth: depth) ?? .null)
                    }
                } else {
                    items.append(try json(value, item, depth: depth) ?? .null)
                }
            }
            return .array(items)
        case .map(let item): return .object(try map(values, item, depth: depth))
        // What is given twice counts as it was given last.
        default: return try values.last.map { value throws(Fault) in try json(value, field.type, depth: depth) } ?? nil
        }
    }

    private mutating func map(
        _ entries: [WireReader.Value], _ type: FieldType, depth: Int
    ) throws(Fault) -> JSONObject {
        var members: [String: JSON] = [:]
        for entry in entries {
            guard case .bytes(let bytes) = entry else { throw WireReader.damaged("an entry of a map is no message") }
            var key = ""
            var content: WireReader.Value?
            var reader = WireReader(bytes)
            while let (number, value) = try reader.next() {
                if number == 1, case .bytes(let text) = value { key = try Self.text(text) }
                if number == 2 { content = value }
            }
            let empty = WireReader.Value.bytes([])
            let value = content ?? (type.isVarint ? .varint(0) : empty)
            members[key] = try json(value, type, depth: depth) ?? .null
        }
        var object = JSONObject()
        for (key, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            object[key] = value
        }
        return object
    }

    private mutating func json(_ value: WireReader.Value, _ type: FieldType, depth: Int) throws(Fault) -> JSON? {
        switch type {
        case .scalar(let scalar): return try scalarJSON(value, scalar)
        case .enumeration: return try scalarJSON(value, .string)
        case .object(let name):
            guard let inner = TypeTable.builtin.type(named: name) else { return nil }
            var object = JSONObject()
            try decode(bytes: value, as: inner, into: &object, depth: depth + 1)
            guard inner.isUnion else { return .object(object) }
            // Zero says nothing: what may be a boolean is one when there is no schema.
            if let schema = object["schema"] { return schema }
            return inner.fields.compactMap { object[$0.name] }.first ?? (name.hasSuffix("Bool") ? false : nil)
        // Lists of lists do not occur.
        case .list, .map: return nil
        }
    }

    private mutating func count() throws(Fault) {
        values += 1
        guard values <= limits.values else {
            throw Fault(.limitExceeded, "the protobuf body holds more than \(limits.values) values")
        }
    }

    static func text(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WireReader.damaged("a string is no UTF-8")
        }
        return text
    }
}

extension ObjectField {
    /// Whether the JSON form has a value that was found.
    fileprivate func keeps(_ value: JSON) -> Bool {
        if case .null = value { return false }
        guard presence == .nonzero else { return true }
        switch (value, type) {
        // Objects, amounts and choices are structures in Go, which `omitempty` never leaves out.
        case (_, .object), (_, .scalar(.quantity)), (_, .scalar(.intOrString)), (_, .scalar(.duration)): return true
        case (.string(let text), _): return !text.isEmpty
        case (.bool(let flag), _): return flag
        case (.number(let number), _): return number.text != "0"
        case (.array(let items), _): return !items.isEmpty
        case (.object(let object), .map): return !object.isEmpty
        default: return true
        }
    }
}

extension FieldType {
    /// Whether its values are numbers of variable length on the wire.
    fileprivate var isVarint: Bool {
        switch self {
        case .scalar(.bool), .scalar(.int32), .scalar(.int64): true
        default: false
        }
    }
}
