// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension JSON {
    /// A text that a specification takes as it is, whatever it holds: what would be read as an expression is written
    /// as one that yields it.
    ///
    /// What stands in foreign descriptors must never be evaluated.
    static func literal(_ text: String) -> JSON {
        text.firstRange(of: "${") == nil ? .string(text) : .string("${\(celText(text))}")
    }

    /// A text as a literal of the expression language.
    static func celText(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            // Everything but letters and digits by its number, so that no quote, brace or dollar stands there.
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            let digits = String(scalar.value, radix: 16)
            quoted +=
                isPlain ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"\(quoted)\""
    }

    /// Copies a document so that a specification takes it as it is.
    static func literal(_ json: JSON) -> JSON {
        // What needs no change is shared: a transfer says the same things of thousands of operations.
        guard json.mayHoldExpressions else { return json }
        switch json {
        case .string(let text): return literal(text)
        case .array(let items): return .array(items.map { literal($0) })
        case .object(let object):
            var copy = JSONObject()
            for (key, value) in object { copy[key] = literal(value) }
            return .object(copy)
        default: return json
        }
    }

    private var mayHoldExpressions: Bool {
        switch self {
        case .string(let text): text.firstRange(of: "${") != nil
        case .array(let items): items.contains(where: \.mayHoldExpressions)
        case .object(let object): object.contains { $0.value.mayHoldExpressions }
        default: false
        }
    }
}
