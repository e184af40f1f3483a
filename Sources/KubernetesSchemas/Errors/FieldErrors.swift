// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// The errors for which a schema or a definition is refused; at least one.
public struct FieldErrors: Error, Sendable, CustomStringConvertible {
    /// The errors.
    public let errors: [FieldError]
    /// All errors, as `summary`.
    public var description: String { errors.summary }

    init(_ errors: [FieldError]) { self.errors = errors }
}

extension FieldError {
    static func required(_ path: FieldPath, _ detail: String = "") -> FieldError {
        FieldError(.required, path.text, value: nil, detail)
    }
    static func invalid(_ path: FieldPath, _ value: JSON?, _ detail: String) -> FieldError {
        FieldError(.invalid, path.text, value: value, detail)
    }
    static func forbidden(_ path: FieldPath, _ detail: String) -> FieldError {
        FieldError(.forbidden, path.text, value: nil, detail)
    }
    static func duplicate(_ path: FieldPath, _ value: JSON?) -> FieldError {
        FieldError(.duplicate, path.text, value: value)
    }
    static func notSupported(_ path: FieldPath, _ value: JSON, _ supported: [String]) -> FieldError {
        let list = supported.map(goQuoted).joined(separator: ", ")
        return FieldError(.notSupported, path.text, value: value, list.isEmpty ? "" : "supported values: \(list)")
    }
    static func tooMany(_ path: FieldPath, _ count: Int, most: Int) -> FieldError {
        let detail = "must have at most \(most) \(most == 1 ? "item" : "items")"
        return FieldError(.tooMany, path.text, value: .number(JSONNumber(Int64(count))), detail)
    }
}
