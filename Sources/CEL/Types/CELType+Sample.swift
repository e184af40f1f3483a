// SPDX-License-Identifier: Apache-2.0

public import Documents

extension CELType {
    /// The type of a sample document: its objects have the fields that are there and no others, the elements of a list
    /// the fields of all of them. An empty object is a map of strings; what is only ever null, the element of an empty
    /// list, and what is of several types is left open.
    public init(inferredFrom sample: JSON, name: String) { self.init(inferredFrom: [sample], name: name) }

    /// The type of documents of which these are samples.
    init(inferredFrom samples: [JSON], name: String) {
        self = CELType(mergedFrom: samples.map { CELType($0, name, depth: 0) }).withoutNulls
    }

    private init(_ sample: JSON, _ name: String, depth: Int) {
        switch sample {
        case _ where depth > DocumentLimits.standard.depth: self = .dyn
        case .null: self = .null
        case .bool: self = .bool
        case .string: self = .string
        case .number(let number): self = number.int64 != nil ? .int : UInt64(number.text) != nil ? .uint : .double
        case .array(let items):
            let elements = items.map { CELType($0, name + ".@idx", depth: depth + 1) }
            self = .list(CELType(mergedFrom: elements))
        case .object(let object) where object.isEmpty: self = .map(.string, .dyn)
        case .object(let object):
            var fields: [String: CELType] = [:]
            for (key, value) in object { fields[key] = CELType(value, "\(name).\(key)", depth: depth + 1) }
            self = .object(ObjectType(name: name, fields: fields))
        }
    }

    /// The type with anything in place of what no sample has a value of.
    private var withoutNulls: CELType {
        switch self {
        case .null: .dyn
        case .list(let element): .list(element.withoutNulls)
        case .object(let object):
            .object(ObjectType(name: object.name, fields: object.fields.mapValues(\.withoutNulls)))
        default: self
        }
    }
}
