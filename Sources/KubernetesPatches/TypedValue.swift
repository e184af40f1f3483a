// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A value with what is known of its merging. Walks throw `.invalid` where the value does not fit the schema; the
/// message names the place as conflicts do.
struct TypedValue: Sendable {
    let value: JSON
    let schema: MergeSchema

    init(_ value: JSON, _ schema: MergeSchema) { (self.value, self.schema) = (value, schema) }

    /// Whether elements of lists may share a name.
    enum Duplicates { case allowed, refused }

    /// Checks that the value fits the schema.
    func check(duplicates: Duplicates) throws(Fault) {
        var path = FieldPath()
        try Self.check(value, schema, duplicates, &path)
    }

    private static func check(
        _ value: JSON, _ schema: MergeSchema, _ duplicates: Duplicates, _ path: inout FieldPath
    ) throws(Fault) {
        switch schema.form(of: value) {
        case .scalar(let scalar):
            guard scalar.accepts(value) else {
                throw misfit(path, "expected \(scalar.name), got \(value.messageKind)")
            }
        case .list(let list):
            if case .null = value { return }
            guard case .array(let items) = value else { throw misfit(path, "expected list, got \(value.messageKind)") }
            var seen: Set<PathElement> = []
            for (index, item) in items.enumerated() {
                let element: PathElement
                if list.relation == .atomic {
                    element = .index(index)
                } else {
                    element = try list.element(of: item, at: index, path)
                    if !seen.insert(element).inserted, duplicates == .refused {
                        throw misfit(path, "duplicate entries for key \(element)")
                    }
                }
                path.elements.append(element)
                try check(item, list.element, duplicates, &path)
                path.elements.removeLast()
            }
        case .map(let map):
            if case .null = value { return }
            guard case .object(let object) = value else { throw misfit(path, "expected map, got \(value.messageKind)") }
            for (name, member) in object {
                path.elements.append(.field(name))
                guard let schema = map.schema(of: name) else { throw misfit(path, "field not declared in schema") }
                try check(member, schema, duplicates, &path)
                path.elements.removeLast()
            }
        case .none: throw misfit(path, "the schema accepts no value")
        }
    }

    static func misfit(_ path: FieldPath, _ problem: String) -> Fault {
        Fault(
            .invalid, path.elements.isEmpty ? problem : "\(path): \(problem)",
            fix: "write the object as the schema of its kind says")
    }
}

extension MergeSchema.Scalar {
    var name: String {
        switch self {
        case .numeric: "numeric"
        case .string: "string"
        case .boolean: "boolean"
        case .untyped: "any scalar"
        }
    }

    /// Whether a value is such a scalar, or null.
    func accepts(_ value: JSON) -> Bool {
        switch (self, value) {
        case (_, .null), (.numeric, .number), (.string, .string), (.boolean, .bool): true
        case (.untyped, .number), (.untyped, .string), (.untyped, .bool): true
        default: false
        }
    }
}

extension JSON {
    /// What a value is, without showing what might be a secret.
    var messageKind: String {
        switch self {
        case .object: "map"
        case .array: "list"
        default: kindName
        }
    }
}

extension MergeSchema.List {
    /// The name of an element of a set or a keyed list.
    func element(of item: JSON, at index: Int, _ path: FieldPath) throws(Fault) -> PathElement {
        guard case .map(let keys) = relation else {
            guard let value = FieldValue(item), value != .null else {
                throw TypedValue.misfit(path, "element \(index): a set holds scalars, not \(item.messageKind)")
            }
            return .value(value)
        }
        guard case .object(let object) = item else {
            throw TypedValue.misfit(path, "element \(index): a list with keys holds maps, not \(item.messageKind)")
        }
        var fields: [PathElement.KeyField] = []
        let known = element.shape.map?.fields
        for key in keys {
            // A key without value or default stays out: an element with it is another one.
            guard let json = object[key] ?? known?[key]?.defaultValue.flatMap({ $0 == .null ? nil : $0 }) else {
                continue
            }
            guard let value = FieldValue(json) else {
                throw TypedValue.misfit(path, "element \(index): the key \(key) must be a scalar")
            }
            fields.append(PathElement.KeyField(key, value))
        }
        guard !fields.isEmpty else {
            let names = keys.map { goQuoted($0) }.joined(separator: " ")
            throw TypedValue.misfit(
                path,
                "element \(index): associative list with keys has an element that omits all key fields [\(names)]"
                    + " (and doesn't have default values for any key fields)")
        }
        return .key(fields)
    }
}
