// SPDX-License-Identifier: Apache-2.0

/// The type of an expression, as far as it is known before it runs.
public indirect enum CELType: Hashable, Sendable {
    /// Anything; checked when it runs.
    case dyn
    /// Values without parts.
    case null, bool, int, uint, double, string, bytes, timestamp, duration
    /// A list by the type of its elements.
    case list(CELType)
    /// A map by the types of its keys and values.
    case map(CELType, CELType)
    /// An optional by the type of its value.
    case optional(CELType)
    /// The type of a type.
    case type(CELType)
    /// A type of a library, by its name, with its parameters.
    case opaque(String, [CELType] = [])
    /// Named fields, as a schema describes them.
    case object(ObjectType)
    /// A primitive that may be null: the wrappers of protobuf.
    case nullable(CELType)
    /// A type parameter of a declaration: the same name stands for the same type.
    case parameter(String)
    /// A type that the checker is about to find; not for declarations.
    case unknown(Int)

    /// The name that `type(x)` yields for values of this type.
    public var name: String {
        switch self {
        case .dyn, .unknown: "dyn"
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .list: "list"
        case .map: "map"
        case .optional: "optional_type"
        case .type: "type"
        case .opaque(let name, _): name
        case .object(let type): type.name
        case .nullable(let type): type.name
        case .parameter(let name): name
        }
    }
}

extension CELType: CustomStringConvertible {
    /// The type with its parameters: `map(string, list(int))`.
    public var description: String {
        switch self {
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let value): "optional_type(\(value))"
        case .type(let type): "type(\(type))"
        case .nullable(let type): "wrapper(\(type))"
        case .opaque(let name, let parameters) where !parameters.isEmpty:
            "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
        default: name
        }
    }
}

/// An object whose fields are known: what a resource's schema says.
public final class ObjectType: Sendable, Hashable {
    /// What errors and `type(x)` call it.
    public let name: String
    /// The fields and their types.
    public let fields: [String: CELType]
    /// Whether fields beyond these may be there; their type is dyn.
    public let allowsOtherFields: Bool
    /// The fields that a document has to have; templates of OCM leave out others that turn out to be null.
    public let required: Set<String>
    /// The names of fields by what Kubernetes escapes them to, where that differs.
    private let escapes: [String: String]

    /// An object type; two types are the same when their names are.
    public init(
        name: String, fields: [String: CELType], allowsOtherFields: Bool = false, required: Set<String> = []
    ) {
        (self.name, self.fields, self.allowsOtherFields) = (name, fields, allowsOtherFields)
        self.required = required
        var escapes: [String: String] = [:]
        for field in fields.keys { if let escaped = FieldName.escaped(field) { escapes[escaped] = field } }
        self.escapes = escapes
    }

    /// The type of a field, by its name or as Kubernetes escapes it: `foo__dash__bar`, `__namespace__`.
    public subscript(field: String) -> CELType? { fields[field] ?? escapes[field].flatMap { fields[$0] } }

    /// The field that an expression spells escaped.
    func escapedField(_ name: String) -> String? { escapes.isEmpty ? nil : escapes[name] }

    /// Whether the names are the same.
    public static func == (a: ObjectType, b: ObjectType) -> Bool { a === b || a.name == b.name }
    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension CELType {
    /// Whether a value can be an argument of this type; what is inside of lists and maps is not looked at.
    @inline(__always)
    func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (.dyn, _), (.parameter, _), (.unknown, _): true
        case (.string, .string), (.int, .int), (.bool, .bool), (.list, .list), (.map, .map): true
        case (.uint, .uint), (.double, .double), (.bytes, .bytes), (.null, .null): true
        case (.timestamp, .timestamp), (.duration, .duration), (.optional, .optional), (.type, .type): true
        case (.opaque(let name, _), .opaque(let value)): Swift.type(of: value).type.name == name
        case (.object, .map): true
        case (.nullable(let type), _): if case .null = value { true } else { type.admits(value) }
        default: false
        }
    }
}
