// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A field that lists can be narrowed by with a field selector.
public struct SelectableField: Sendable {
    /// What selectors call it: `spec.nodeName`.
    public let label: String
    /// Where the value stands; of several places the first that has one counts.
    private let paths: [[String]]
    /// The text where there is no value.
    private let absent: String

    init(_ label: String, at paths: [String]? = nil, absent: String = "") {
        self.label = label
        self.paths = (paths ?? [label]).map { $0.split(separator: ".").map(String.init) }
        self.absent = absent
    }

    /// The text that selectors compare: numbers and booleans as JSON writes them.
    public func value(in object: JSON) -> String {
        for path in paths {
            switch Self.value(at: path[...], in: object) {
            case .string(let text)? where !text.isEmpty: return text
            case .number(let number)?: return number.text
            case .bool(let value)?: return value ? "true" : "false"
            default: continue
            }
        }
        return absent
    }

    private static func value(at path: ArraySlice<String>, in value: JSON) -> JSON? {
        guard let first = path.first else { return value }
        let next = if let index = Int(first) { value[index] } else { value[first] }
        return next.flatMap { self.value(at: path.dropFirst(), in: $0) }
    }
}
