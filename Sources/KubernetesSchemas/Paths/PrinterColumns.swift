// SPDX-License-Identifier: Apache-2.0

public import Chronology
public import Documents
internal import Kubernetes

/// The columns of a table of objects, beside their names: `additionalPrinterColumns`.
public struct PrinterColumns: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// The heading.
        public let name: String
        /// `string`, `integer`, `number`, `boolean` or `date`.
        public let type: String
        /// What the value is, more exactly; may be empty.
        public let format: String
        /// What clients show of it on request.
        public let description: String
        /// 0 is always shown, more only in wide tables.
        public let priority: Int64
        /// Where the value is.
        public let path: String
        /// Nil when the path cannot be read; its cells are null then.
        let compiled: JSONPath?
    }

    /// The columns in their order.
    public let columns: [Column]

    /// The columns of a version of a definition; the age of objects when it names none.
    public init(_ definitions: [JSON]) {
        columns = definitions.isEmpty ? [.age] : definitions.map { Column($0) }
    }

    /// The `columnDefinitions` of a `Table`, the name first.
    public var tableDefinitions: [JSON] {
        let name: JSON = [
            "name": "Name", "type": "string", "format": "name", "description": "The name of the object.", "priority": 0,
        ]
        return [name] + columns.map(\.tableDefinition)
    }

    /// The cells of an object, its name first: as many as `tableDefinitions`. What is not there is null.
    ///
    /// - Parameter now: what ages are counted to.
    public func cells(of object: JSON, now: Moment) -> [JSON] {
        [object["metadata"]?["name"] ?? .null] + columns.map { $0.cell(of: object, now: now) }
    }
}

extension PrinterColumns.Column {
    static let age = PrinterColumns.Column(
        [
            "name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp",
            "description": "How long ago the object was created.",
        ])

    init(_ definition: JSON) {
        name = definition["name"]?.string ?? ""
        type = definition["type"]?.string ?? ""
        format = definition["format"]?.string ?? ""
        path = definition["jsonPath"]?.string ?? ""
        let given = definition["description"]?.string ?? ""
        description = given.isEmpty ? "Custom resource definition column (in JSONPath format): \(path)" : given
        priority = definition["priority"]?.int ?? 0
        compiled = try? JSONPath(expression: path)
    }

    var tableDefinition: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format),
            "description": .string(description), "priority": .number(JSONNumber(priority)),
        ]
    }

    /// The value of an object in this column, in the column's type; null when it is missing or of another type.
    func cell(of object: JSON, now: Moment) -> JSON {
        guard let value = try? compiled?.first(in: object) else { return .null }
        switch (type, value) {
        case ("string", _): return .string(JSONPath.text(of: value))
        case ("integer", .number(let number)):
            if let int = number.int64 { return .number(JSONNumber(int)) }
            return Int64(exactly: number.double.rounded(.towardZero)).map { .number(JSONNumber($0)) } ?? .null
        case ("number", .number), ("boolean", .bool): return value
        case ("date", .string(let text)):
            if text.isEmpty || text == "null" { return "<unknown>" }
            guard let moment = Moment(rfc3339: text) else { return "<invalid>" }
            // Go's spans end at 292 years.
            let span = now.since(moment) ?? TimeSpan(nanoseconds: now < moment ? .min : .max)
            return .string(span.humanText)
        default: return .null
        }
    }
}
