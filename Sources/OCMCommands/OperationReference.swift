// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Orchestration

/// Describes kinds of operations for people, from their schemas.
struct OperationReference {
    let types: [OperationType]

    /// The reference in Markdown: a part for each subject, which is what stands in front of the last dot or slash.
    var markdown: String { types.map(Self.section).joined(separator: "\n") }

    private static func section(_ type: OperationType) -> String {
        var text = "### `\(type.name)`\n\n\(type.summary.joinedLines)\n"
        text += table("property", type.properties) + table("output", type.outputs)
        if !type.example.isEmpty {
            text += "\n```yaml\n\(type.example.hasSuffix("\n") ? String(type.example.dropLast()) : type.example)\n```\n"
        }
        return text
    }

    private static func table(_ title: String, _ schema: JSON) -> String {
        let members = schema["properties"]?.object ?? [:]
        guard members.count > 0 else { return "" }
        let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        var text = "\n| \(title) | type | |\n|---|---|---|\n"
        for (name, value) in members {
            let must = title == "property" && required.contains(name) ? " (required)" : ""
            text +=
                "| `\(name)`\(must) | \(kind(of: value)) | \((value["description"]?.string ?? "").joinedLines.inTable) |\n"
        }
        return text
    }

    /// What a schema allows, in a few words.
    static func kind(of schema: JSON) -> String {
        if let choices = schema["enum"]?.array {
            return choices.compactMap(\.string).map { "`\($0)`" }.joined(separator: ", ")
        }
        switch schema["type"]?.string {
        case "string": return "text"
        case "integer": return "whole number"
        case "number": return "number"
        case "boolean": return "true or false"
        case "array": return "list of \(schema["items"].map { kind(of: $0) } ?? "anything")"
        case "object": return "object"
        default: return "anything"
        }
    }
}

extension String {
    fileprivate var joinedLines: String { split(separator: "\n").joined(separator: " ") }
    fileprivate var inTable: String { replacing("|", with: "\\|") }
}
