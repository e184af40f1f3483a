// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
public import Documents

extension Value {
    /// A value of a document as its schema reads it: strings of the formats `date-time`, `date`, `duration` and `byte`
    /// are timestamps, durations and bytes, numbers where the schema has `number` doubles. What the type leaves open is
    /// as it stands.
    ///
    /// Nothing is converted or copied before an expression asks for it. What is not of its type stays what it is, so
    /// that an expression fails only where it uses it, with a message that names both types.
    public init(document json: JSON, as type: CELType, numbers: NumberReading = .integersAndDoubles) {
        switch (type, json) {
        case (.timestamp, .string(let text)): self = Moment(documentText: text).map { .timestamp($0) } ?? .string(text)
        case (.duration, .string(let text)): self = TimeSpan(go: text).map { .duration($0) } ?? .string(text)
        case (.bytes, .string(let text)): self = [UInt8](base64: text).map { .bytes($0) } ?? .string(text)
        case (.double, .number(let number)): self = .double(number.double)
        case (.int, .number(let number)):
            self = (number.int64 ?? Int64(exactly: number.double)).map { .int($0) } ?? Value(json, numbers: numbers)
        case (.uint, .number(let number)):
            self = UInt64(number.text).map { .uint($0) } ?? Value(json, numbers: numbers)
        case (.list(let element), .array(let array)) where element.readsDocuments:
            self = .list(ListValue(TypedArray(array, element, numbers)))
        case (.map(_, let value), .object(let object)) where value.readsDocuments:
            self = .map(MapValue(TypedMap(object, value, numbers)))
        case (.object(let type), .object(let object)): self = .map(MapValue(TypedObject(object, type, numbers)))
        case (.nullable(let type), _) where json != .null: self = Value(document: json, as: type, numbers: numbers)
        case (.optional(let type), _):
            self = json == .null ? .none : .some(Value(document: json, as: type, numbers: numbers))
        default: self = Value(json, numbers: numbers)
        }
    }
}

extension Variables {
    /// One variable for each member of a document, each read as its type says; plainly where there is none.
    public init(
        members object: JSONObject, as types: [String: CELType], numbers: NumberReading = .integersAndDoubles
    ) {
        self.init()
        for (name, json) in object { self[name] = Value(document: json, as: types[name] ?? .dyn, numbers: numbers) }
    }
}

extension CELType {
    /// Whether a value of this type may differ from what a document plainly says.
    fileprivate var readsDocuments: Bool {
        switch self {
        case .timestamp, .duration, .bytes, .int, .uint, .double, .object, .optional: true
        case .list(let inner), .map(_, let inner), .nullable(let inner): inner.readsDocuments
        default: false
        }
    }
}

extension Moment {
    /// A moment of RFC 3339, or a date, which is its midnight in UTC.
    fileprivate init?(documentText text: String) {
        self.init(rfc3339: text.utf8.count == 10 ? text + "T00:00:00Z" : text)
    }
}

/// A list or map that shows a document in another way.
protocol DocumentView: AnyObject {
    /// What it shows.
    var document: JSON { get }
}

private final class TypedArray: ListSource, DocumentView {
    private let array: [JSON]
    private let element: CELType
    private let numbers: NumberReading

    init(_ array: [JSON], _ element: CELType, _ numbers: NumberReading) {
        (self.array, self.element, self.numbers) = (array, element, numbers)
    }

    var count: Int { array.count }
    var document: JSON { .array(array) }
    subscript(index: Int) -> Value { Value(document: array[index], as: element, numbers: numbers) }
}

private final class TypedMap: MapSource, DocumentView {
    private let object: JSONObject
    private let value: CELType
    private let numbers: NumberReading

    init(_ object: JSONObject, _ value: CELType, _ numbers: NumberReading) {
        (self.object, self.value, self.numbers) = (object, value, numbers)
    }

    var count: Int { object.count }
    var keys: [String] { object.keys }
    var document: JSON { .object(object) }
    subscript(name: String) -> Value? { object[name].map { Value(document: $0, as: value, numbers: numbers) } }
}

private final class TypedObject: MapSource, DocumentView {
    private let object: JSONObject
    private let type: ObjectType
    private let numbers: NumberReading

    init(_ object: JSONObject, _ type: ObjectType, _ numbers: NumberReading) {
        (self.object, self.type, self.numbers) = (object, type, numbers)
    }

    var count: Int { object.count }
    var keys: [String] { object.keys }
    var document: JSON { .object(object) }
    subscript(name: String) -> Value? {
        let known = type.fields[name]
        if known == nil, let field = type.escapedField(name) {
            return object[field].map { Value(document: $0, as: type.fields[field] ?? .dyn, numbers: numbers) }
        }
        return object[name].map { Value(document: $0, as: known ?? .dyn, numbers: numbers) }
    }
}
