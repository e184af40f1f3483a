// SPDX-License-Identifier: Apache-2.0

public import CEL

extension CELType {
    /// The type that a value shows: objects have the fields that are there, lists the type that all elements share.
    ///
    /// An example proves less than a schema. What it leaves open is dyn: null, the elements of an empty list. An object
    /// whose keys are no names, or which Kubernetes declares as a map (labels, annotations, data), is a map.
    ///
    /// - Parameter name: what errors call the type of an object: the path to it.
    public init(of value: Value, named name: String) { self = Self.inferred([value], name) }

    /// Members of objects that Kubernetes declares as maps, so a key that is missing is no mistake.
    private static let maps: Set<String> = [
        "labels", "annotations", "data", "stringData", "binaryData", "matchLabels", "nodeSelector", "limits",
        "requests", "capacity", "allocatable",
    ]

    /// The type of all values that stand at one place.
    private static func inferred(_ values: [Value], _ name: String) -> CELType {
        let known = values.filter { if case .null = $0 { false } else { true } }
        guard let first = known.first else { return .dyn }
        switch first {
        case .map:
            let maps = known.compactMap { if case .map(let map) = $0 { map } else { nil } }
            return maps.count == known.count ? inferred(maps, name) : .dyn
        case .list:
            let lists = known.compactMap { if case .list(let list) = $0 { list } else { nil } }
            return lists.count == known.count ? .list(inferred(lists.flatMap(\.values), name + "[]")) : .dyn
        case .optional:
            let inner = known.compactMap { if case .optional(let wrapped) = $0 { wrapped?.value } else { nil } }
            return .optional(inferred(inner, name))
        default:
            let types = Set(known.map(\.plainType))
            guard types.count == 1, let type = types.first else { return .dyn }
            return known.count == values.count ? type : .dyn
        }
    }

    private static func inferred(_ maps: [MapValue], _ name: String) -> CELType {
        var members: [String: [Value]] = [:]
        var isObject =
            !maps.allSatisfy { $0.count == 0 } && !Self.maps.contains(String(name.split(separator: ".").last ?? ""))
        for (key, value) in maps.flatMap(\.entries) {
            guard case .string(let key) = key else { return .map(.dyn, .dyn) }
            isObject = isObject && key.isFieldName
            members[key, default: []].append(value)
        }
        guard isObject else { return .map(.string, inferred(members.values.flatMap { $0 }, name + "[]")) }
        var fields: [String: CELType] = [:]
        for (key, values) in members { fields[key] = inferred(values, "\(name).\(key)") }
        return .object(ObjectType(name: name, fields: fields))
    }
}

extension Value {
    /// The type of a value that holds no others.
    fileprivate var plainType: CELType {
        switch self {
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .timestamp: .timestamp
        case .duration: .duration
        case .opaque(let value): Swift.type(of: value).type
        default: .dyn
        }
    }
}

extension String {
    /// Whether it can stand behind a dot.
    var isFieldName: Bool {
        guard let first = utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    /// Whether it can be the name of a variable: names with dots between them.
    var isVariableName: Bool {
        !isEmpty && split(separator: ".", omittingEmptySubsequences: false).allSatisfy { String($0).isFieldName }
    }
}
