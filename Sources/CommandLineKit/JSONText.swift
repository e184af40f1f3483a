// SPDX-License-Identifier: Apache-2.0

/// A value in the few lines of JSON that go to stderr.
enum JSONText {
    case text(String)
    case number(Int64)
    case bool(Bool)
    case list([JSONText])
    case object([(String, JSONText)])

    /// The value on one line.
    var encoded: String {
        switch self {
        case .text(let text): Self.quoted(text)
        case .number(let number): "\(number)"
        case .bool(let value): value ? "true" : "false"
        case .list(let items): "[" + items.map(\.encoded).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.0)):\($0.1.encoded)" }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.isControl:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
