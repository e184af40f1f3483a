// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What is wrong with one field of an object, in the words of Kubernetes' API server: clients show them and match them.
public struct FieldProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of problems; the raw values are the reasons of the causes in a `Status`.
    public enum Reason: String, Sendable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"

        /// How messages begin.
        var words: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            }
        }
    }

    /// What kind of problem it is.
    public let reason: Reason
    /// The path to the field: `spec.template.spec.containers[0].name`.
    public let field: String
    /// The value that is wrong; nil when it is not shown.
    public let value: JSON?
    /// The value as messages show it; empty when it is not shown.
    public let valueText: String
    /// Why it is wrong; may be empty.
    public let detail: String

    /// - Parameter valueText: how messages show the value, where it is not shown as Go shows JSON.
    init(_ reason: Reason, _ field: FieldPlace, value: JSON? = nil, valueText: String? = nil, _ detail: String = "") {
        (self.reason, self.field, self.value, self.detail) = (reason, field.text, value, detail)
        self.valueText = valueText ?? value.map(ValueText.text) ?? ""
    }

    /// The problem without its field: the message of a cause in a `Status`.
    public var message: String {
        let start = valueText.isEmpty ? reason.words : "\(reason.words): \(valueText)"
        return detail.isEmpty ? start : "\(start): \(detail)"
    }

    /// Field and message.
    public var description: String { "\(field): \(message)" }
}

/// The path to a field.
struct FieldPlace: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    /// A member, or a chain of them with dots.
    subscript(name: String) -> FieldPlace { FieldPlace(text.isEmpty ? name : "\(text).\(name)") }
    /// An element of a list.
    subscript(index: Int) -> FieldPlace { FieldPlace("\(text)[\(index)]") }
    /// A member of a map.
    func key(_ key: String) -> FieldPlace { FieldPlace("\(text)[\(key)]") }
}

/// Values as Go's `%#v` shows them, as far as messages need that.
enum ValueText {
    static func text(_ json: JSON) -> String {
        switch json {
        case .string(let text): quoted(text)
        case .number(let number): number.text
        case .bool(let flag): flag ? "true" : "false"
        case .null: "null"
        case .array(let items) where items.allSatisfy { $0.string != nil }:
            "[]string{\(items.map(text).joined(separator: ", "))}"
        case .object(let members) where members.allSatisfy { $0.value.string != nil }: map(members)
        default: json.text(sortedKeys: true)
        }
    }

    /// A label selector.
    static func selector(_ selector: JSON?) -> String {
        let labels = selector?.at("matchLabels")?.object.map(map) ?? "map[string]string(nil)"
        let expressions = (selector?.items("matchExpressions") ?? []).map { expression in
            let values = expression.at("values").map(text) ?? "[]string(nil)"
            let parts = "Key:\(quoted(expression.text("key"))), Operator:\(quoted(expression.text("operator")))"
            return "v1.LabelSelectorRequirement{\(parts), Values:\(values)}"
        }
        let list = expressions.isEmpty ? "(nil)" : "{\(expressions.joined(separator: ", "))}"
        return "v1.LabelSelector{MatchLabels:\(labels), MatchExpressions:[]v1.LabelSelectorRequirement\(list)}"
    }

    static func map(_ members: JSONObject) -> String {
        let parts = members.sorted { LabelText.precedes($0.key, $1.key) }.map {
            "\(quoted($0.key)):\(text($0.value))"
        }
        return "map[string]string{\(parts.joined(separator: ", "))}"
    }

    static func quoted(_ text: String) -> String { JSON.string(text).text() }
}
