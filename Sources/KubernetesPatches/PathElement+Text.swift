// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension PathElement: CustomStringConvertible {
    /// The text in messages: `.spec`, `[name="x"]`, `[="x"]`, `[3]`.
    public var description: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let fields): "[" + fields.map { "\($0.name)=\($0.value.messageText)" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(value.messageText)]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension FieldValue {
    /// The text in messages: strings as Go quotes them.
    var messageText: String {
        switch self {
        case .string(let text): goQuoted(text)
        default: json.text()
        }
    }
}
