// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Documents

/// The types that expressions see of operations.
///
/// Operations of one kind share theirs, since a transfer has thousands of operations of a few kinds.
struct OperationTypes {
    /// What a kind of operation is given, what it yields, and what the name of such an operation stands for.
    private struct Kind {
        let properties: CELType
        let outputs: CELType
        let whole: CELType
    }

    private let kinds: [String: Kind]

    /// The types of these operations.
    ///
    /// - Throws: `invalid` when a schema cannot be read.
    init(_ operations: [ReadOperation]) throws(Fault) {
        var kinds: [String: Kind] = [:]
        for type in operations.map(\.type) where kinds[type.name] == nil {
            let properties = try CELType(schema: type.properties, name: "\(type.name).spec")
            let outputs = try CELType(schema: type.outputs, name: "\(type.name).outputs")
            let whole = Self.whole(type.name, properties, outputs)
            kinds[type.name] = Kind(properties: properties, outputs: outputs, whole: whole)
        }
        self.kinds = kinds
    }

    /// The type of an operation's properties.
    func properties(of type: OperationType) -> CELType { kinds[type.name]!.properties }

    /// What the names of operations stand for in expressions.
    func variables(of operations: [ReadOperation]) -> [String: CELType] {
        let readProperties = Self.operationsWhosePropertiesAreRead(operations)
        var variables: [String: CELType] = [:]
        for read in operations {
            let id = read.operation.id, kind = kinds[read.type.name]!
            guard readProperties.contains(id) else {
                variables[id] = kind.whole
                continue
            }
            let properties = kind.properties.filled(from: read.operation.properties, name: "\(id).spec")
            variables[id] = Self.whole(id, properties, kind.outputs)
        }
        return variables
    }

    /// What an operation's name stands for: its properties as `spec`, what it yields as `outputs` and `output`, and
    /// each output by its own name, as specifications write all of these.
    private static func whole(_ name: String, _ properties: CELType, _ outputs: CELType) -> CELType {
        var fields: [String: CELType] = [:]
        if case .object(let object) = outputs { fields = object.fields }
        fields.merge(["spec": properties, "outputs": outputs, "output": outputs]) { $1 }
        return .object(ObjectType(name: name, fields: fields))
    }

    private static func operationsWhosePropertiesAreRead(_ operations: [ReadOperation]) -> Set<String> {
        var found: Set<String> = []
        for path in operations.flatMap({ $0.tree.leaves }).flatMap(\.references) {
            switch path.steps.first {
            case .field(let name) where name != "spec": break
            default: found.insert(path.variable)
            }
        }
        return found
    }
}

extension CELType {
    /// The type of properties in which every one whose schema takes anything has the type of what is written there, so
    /// that a misspelt path into it is found.
    fileprivate func filled(from properties: JSON, name: String) -> CELType {
        guard case .object(let object) = self else { return self }
        var fields = object.fields
        for (field, type) in fields where type == .dyn {
            guard let value = properties[field] else { continue }
            fields[field] = CELType(inferredFrom: value.withoutExpressions, name: "\(name).\(field)")
        }
        return .object(
            ObjectType(
                name: name, fields: fields, allowsOtherFields: object.allowsOtherFields, required: object.required))
    }
}

extension JSON {
    /// The value with null, of which nothing is known, for every text with an expression.
    fileprivate var withoutExpressions: JSON {
        switch self {
        case .string(let text): text.firstRange(of: "${") == nil ? self : .null
        case .array(let items): .array(items.map(\.withoutExpressions))
        case .object(let object): .object(JSONObject(object.map { ($0.key, $0.value.withoutExpressions) }))
        default: self
        }
    }
}
