// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

extension FieldError {
    /// - Parameter valueText: how messages show the value, where it is not shown as Go shows a value of its type.
    init(_ reason: Reason, _ place: FieldPlace, value: JSON? = nil, valueText: String? = nil, _ detail: String = "") {
        self.init(reason, place.text, value: value, valueText: valueText ?? value.map(ValueText.text), detail)
    }
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
