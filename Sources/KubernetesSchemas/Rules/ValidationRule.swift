// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// One entry of `x-kubernetes-validations`, as it was written.
struct ValidationRule: Sendable {
    let source: JSONObject
    let rule: String
    let message: String
    let messageExpression: String
    let reason: String?
    let fieldPath: String
    /// Whether `oldSelf` is an optional; nil when nothing is said.
    let optionalOldSelf: Bool?

    init(_ source: JSONObject, _ reading: inout SchemaReading) {
        self.source = source
        rule = reading.text(source, "rule") ?? ""
        message = reading.text(source, "message") ?? ""
        messageExpression = reading.text(source, "messageExpression") ?? ""
        reason = reading.text(source, "reason")
        fieldPath = reading.text(source, "fieldPath") ?? ""
        optionalOldSelf = source["optionalOldSelf"] == nil ? nil : reading.flag(source, "optionalOldSelf")
    }

    /// What errors call the rule: its message, else its text.
    var name: String { (message.isEmpty ? rule : message).trimmed }

    /// What is said when the rule is broken and no expression makes a message.
    var failureText: String { message.isEmpty ? "failed rule: \(name)" : message.trimmed }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether a line ends within it.
    var hasLineBreak: Bool { utf8.contains { $0 == 0x0A || $0 == 0x0D } }
}
