// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Kubernetes

/// An object of a built-in kind as its type has it: known fields only, values in the form that the server stores.
///
/// What is null or unknown is left out; amounts, moments and spans are written as Kubernetes writes them (`1024Mi` is
/// `1Gi`, `0.5` is `500m`).
public struct ObjectReading: Sendable {
    /// The object.
    public let object: JSON
    /// Fields that the type does not have, as `spec.containers[0].imagee`, in the order in which they stand.
    public let unknownFields: [String]

    /// Reads an object.
    ///
    /// - Throws: `Fault` with `invalid` for values of the wrong type, in the words of Kubernetes' decoder, and
    ///   `unsupported` for a kind that is not built in.
    public init(_ json: JSON, as kind: GroupVersionKind) throws(Fault) {
        guard let type = TypeTable.builtin.type(of: kind) else {
            throw Fault(.unsupported, "\(kind) is no built-in kind")
        }
        var reader = ObjectReader()
        object = try reader.object(json, type, path: "", place: "")
        unknownFields = reader.unknownFields
    }
}

struct ObjectReader {
    private(set) var unknownFields: [String] = []

    /// - Parameters:
    ///   - path: where the object stands, with indexes: `spec.containers[0]`.
    ///   - place: the same without indexes, as the decoder's messages have it.
    mutating func object(_ json: JSON, _ type: ObjectType, path: String, place: String) throws(Fault) -> JSON {
        if type.isUnion { return try union(json, type, path: path, place: place) }
        guard case .object(let members) = json else {
            throw mismatch(json, nil, place: place, expected: "v1.\(type.shortName)")
        }
        let fields = TypeTable.builtin.jsonFields(of: type)
        var known = JSONObject()
        for (key, value) in members {
            if type.kind != nil && (key == "apiVersion" || key == "kind") {
                known[key] = value
                continue
            }
            let inner = path.isEmpty ? key : "\(path).\(key)"
            guard let field = fields.first(where: { $0.name == key }) else {
                unknownFields.append(inner)
                continue
            }
            let next = Place(owner: type.shortName, text: place.isEmpty ? key : "\(place).\(key)", path: inner)
            if let value = try self.value(value, field.type, next) { known[key] = value }
        }
        return .object(known)
    }

    /// Where a value stands.
    private struct Place {
        let owner: String
        let text: String
        let path: String
        func item(_ index: Int) -> Place { Place(owner: owner, text: text, path: "\(path)[\(index)]") }
        func member(_ key: String) -> Place { Place(owner: owner, text: text, path: "\(path).\(key)") }
    }

    private mutating func value(_ json: JSON, _ type: FieldType, _ place: Place) throws(Fault) -> JSON? {
        if case .null = json { return nil }
        switch type {
        case .object(let name):
            guard let inner = TypeTable.builtin.type(named: name) else { return nil }
            guard case .object = json, !inner.isUnion else {
                if inner.isUnion { return try union(json, inner, path: place.path, place: place.text) }
                throw mismatch(json, place.owner, place: place.text, expected: type.goName)
            }
            return try object(json, inner, path: place.path, place: place.text)
        case .list(let item):
            guard case .array(let items) = json else {
                throw mismatch(json, place.owner, place: place.text, expected: type.goName)
            }
            var list: [JSON] = []
            list.reserveCapacity(items.count)
            for (index, element) in items.enumerated() {
                list.append(try value(element, item, place.item(index)) ?? item.zero)
            }
            return .array(list)
        case .map(let item):
            guard case .object(let members) = json else {
                throw mismatch(json, place.owner, place: place.text, expected: type.goName)
            }
            var map = JSONObject()
            for (key, element) in members { map[key] = try value(element, item, place.member(key)) ?? item.zero }
            return .object(map)
        case .enumeration:
            guard case .string = json else {
                throw mismatch(json, place.owner, place: place.text, expected: type.goName)
            }
            return json
        case .scalar(let scalar):
            guard let value = try scalar.normalized(json) else {
                throw mismatch(json, place.owner, place: place.text, expected: type.goName)
            }
            return value
        }
    }

    /// The value of a type that is one of its fields: which one, the JSON tells.
    private mutating func union(
        _ json: JSON, _ type: ObjectType, path: String, place: String
    ) throws(Fault) -> JSON {
        for field in type.fields {
            let next = Place(owner: type.shortName, text: place, path: path)
            switch (json, field.type) {
            case (.object, .object), (.array, .list), (.bool, .scalar(.bool)):
                return try value(json, field.type, next) ?? json
            default: continue
            }
        }
        throw mismatch(json, nil, place: place, expected: "v1.\(type.shortName)")
    }

    private func mismatch(_ json: JSON, _ owner: String?, place: String, expected: String) -> Fault {
        let found =
            switch json {
            // A number that does not fit is named.
            case .number(let number): expected.hasPrefix("int") ? "number \(number.text)" : "number"
            case .bool: "bool"
            default: json.kindName
            }
        let target = owner.map { "Go struct field \($0).\(place)" } ?? "Go value"
        return Fault(.invalid, "json: cannot unmarshal \(found) into \(target) of type \(expected)")
    }
}

extension FieldType {
    /// What the messages of Kubernetes' decoder call the type.
    fileprivate var goName: String {
        switch self {
        case .object(let name):
            let parts = name.split(separator: ".")
            return parts.suffix(2).joined(separator: ".")
        case .list(let item): return "[]\(item.goName)"
        case .map(let item): return "map[string]\(item.goName)"
        case .enumeration: return "string"
        case .scalar(let scalar): return scalar.goName
        }
    }

    /// What stands in lists and maps for null.
    fileprivate var zero: JSON {
        switch self {
        case .object: [:]
        case .list: []
        case .map: [:]
        case .enumeration: ""
        case .scalar(let scalar): scalar.zero
        }
    }
}
