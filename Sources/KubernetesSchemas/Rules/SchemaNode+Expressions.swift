// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension SchemaNode {
    /// The type that rules see; nil for what they do not see: values of no type, and lists and maps of them.
    ///
    /// - Parameters:
    ///   - name: what errors call an object; types are the same when their names are.
    ///   - isResource: whether `apiVersion`, `kind` and the names in `metadata` are there, whatever the schema says.
    func expressionType(_ name: String, isResource: Bool) -> CELType? {
        if isIntOrString { return .dyn }
        switch type {
        case "array":
            return items?.expressionType("\(name).@items", isResource: items?.isEmbeddedResource == true)
                .map { .list($0) }
        case "object":
            if case .values(let values) = additional, !isResource {
                return values.expressionType("\(name).@values", isResource: values.isEmbeddedResource)
                    .map { .map(.string, $0) }
            }
            return .object(objectType(name, isResource))
        case "string":
            switch format {
            case "byte": return .bytes
            case "duration": return .duration
            case "date", "date-time": return .timestamp
            default: return .string
            }
        case "boolean": return .bool
        case "number": return .double
        case "integer": return .int
        default: return nil
        }
    }

    private func objectType(_ name: String, _ isResource: Bool) -> ObjectType {
        var fields: [String: CELType] = [:]
        for (field, schema) in properties where Self.canBeSpelled(field) {
            // A field's own dots must not make two types one.
            let spelled = field.unicodeScalars.map { $0 == "." ? "__dot__" : String($0) }.joined()
            fields[field] = schema.expressionType("\(name).\(spelled)", isResource: schema.isEmbeddedResource)
        }
        if isResource {
            fields["apiVersion"] = .string
            fields["kind"] = .string
            fields["metadata"] = .object(
                ObjectType(name: "\(name).metadata", fields: ["name": .string, "generateName": .string]))
        }
        return ObjectType(name: name, fields: fields, required: Set(required))
    }

    /// Whether a field has a name in expressions: letters, digits, and what Kubernetes has escapes for.
    private static func canBeSpelled(_ field: String) -> Bool {
        guard let first = field.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return field.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "_.-/".utf8.contains($0)
        }
    }
}
