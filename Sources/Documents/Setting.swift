// SPDX-License-Identifier: Apache-2.0

/// Settings of a configuration as JSON schemas (draft 2020-12), in the forms that `ConfigurationNode` reads: described once
/// for editors and for the reference in the documentation.
public enum Setting {
    /// An object with these settings and no others.
    public static func section(
        _ description: String, _ properties: [(String, JSON)], required: [String] = []
    ) -> JSON {
        var schema: JSON = [
            "description": .string(description), "type": "object", "properties": .object(JSONObject(properties)),
            "additionalProperties": false,
        ]
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0) }) }
        return schema
    }

    /// A text that is not empty.
    public static func text(_ description: String, default value: JSON? = nil) -> JSON {
        leaf(["description": .string(description), "type": "string"], value)
    }

    /// True or false.
    public static func flag(_ description: String, default value: Bool = false) -> JSON {
        leaf(["description": .string(description), "type": "boolean"], .bool(value))
    }

    /// A list of texts.
    public static func names(_ description: String) -> JSON {
        ["description": .string(description), "type": "array", "items": ["type": "string"]]
    }

    /// A list, at most so long.
    public static func list(_ description: String, _ items: JSON, limit: Int64) -> JSON {
        ["description": .string(description), "type": "array", "items": items, "maxItems": .number(JSONNumber(limit))]
    }

    /// One of some words.
    public static func choice(_ description: String, _ values: [String], default value: JSON?) -> JSON {
        leaf(["description": .string(description), "enum": .array(values.map { .string($0) })], value)
    }

    /// A whole number within bounds.
    public static func number(_ description: String, _ range: ClosedRange<Int64>, default value: JSON) -> JSON {
        bounded(["description": .string(description), "type": "integer"], range, value)
    }

    /// Seconds, or a text such as `5m`; the bounds are in seconds.
    public static func time(_ description: String, _ range: ClosedRange<Int64>, default value: JSON) -> JSON {
        bounded(
            ["description": .string(description), "type": ["integer", "string"], "pattern": "^[0-9]+[smh]$"], range,
            value)
    }

    /// Bytes, or a text such as `10GiB`; the bounds are in bytes.
    public static func size(_ description: String, _ range: ClosedRange<Int64>, default value: JSON?) -> JSON {
        bounded(
            [
                "description": .string(description), "type": ["integer", "string"],
                "pattern": "^[0-9.]+ ?([KMGTkmgt]i?)?[Bb]?$",
            ], range, value)
    }

    private static func bounded(_ schema: JSON, _ range: ClosedRange<Int64>, _ value: JSON?) -> JSON {
        var schema = schema
        schema["minimum"] = .number(JSONNumber(range.lowerBound))
        schema["maximum"] = .number(JSONNumber(range.upperBound))
        return leaf(schema, value)
    }

    private static func leaf(_ schema: JSON, _ value: JSON?) -> JSON {
        var schema = schema
        if let value { schema["default"] = value }
        return schema
    }

    /// The settings of a schema as a table in Markdown: each with what it means and its default.
    public static func reference(_ schema: JSON) -> String {
        "| setting | meaning | default |\n|---|---|---|\n" + rows(schema, "").joined()
    }

    private static func rows(_ schema: JSON, _ path: String) -> [String] {
        (schema["properties"]?.object ?? JSONObject()).flatMap { name, member -> [String] in
            let path = path.isEmpty ? name : "\(path).\(name)"
            var meaning = member["description"]?.string ?? ""
            if let words = member["enum"]?.array {
                meaning += ": " + words.map { "`\($0.string ?? $0.text())`" }.joined(separator: ", ")
            }
            let value = member["default"].map { "`\($0.string ?? $0.text())`" } ?? ""
            let items = member["items"].map { rows($0, path + "[]") } ?? []
            return ["| `\(path)` | \(meaning) | \(value) |\n"] + rows(member, path) + items
        }
    }
}
