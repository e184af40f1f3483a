// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Labels and selectors as tables show them.
enum LabelText {
    /// `a=b,c=d`, sorted by key; `<none>` for no labels.
    static func labels(_ labels: JSONObject) -> String {
        guard !labels.isEmpty else { return "<none>" }
        return sorted(labels).map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
    }

    /// A label selector as it is typed: `a=b,c in (x,y),!d`; nil for an operator that does not exist.
    static func selector(_ selector: JSON?) -> String? {
        var parts = sorted(selector?.members("matchLabels") ?? JSONObject()).map {
            (key: $0.key, text: "\($0.key)=\($0.value.string ?? "")")
        }
        for expression in selector?.items("matchExpressions") ?? [] {
            let key = expression.text("key")
            let values = expression.items("values").compactMap(\.string).sorted(by: Self.precedes)
                .joined(separator: ",")
            switch expression.text("operator") {
            case "In": parts.append((key, "\(key) in (\(values))"))
            case "NotIn": parts.append((key, "\(key) notin (\(values))"))
            case "Exists": parts.append((key, key))
            case "DoesNotExist": parts.append((key, "!\(key)"))
            default: return nil
            }
        }
        return parts.sorted { precedes($0.key, $1.key) }.map(\.text).joined(separator: ",")
    }

    /// A selector in a cell: `<none>` when it is empty, `<error>` when it cannot be.
    static func cell(_ selector: JSON?) -> String {
        guard let text = Self.selector(selector) else { return "<error>" }
        return text.isEmpty ? "<none>" : text
    }

    private static func sorted(_ labels: JSONObject) -> [JSONObject.Element] {
        labels.sorted { precedes($0.key, $1.key) }
    }

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
