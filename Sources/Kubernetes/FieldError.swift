// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// What is wrong with one field of an object, in the words of Kubernetes' API server: clients show them and match them.
public struct FieldError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of errors; the raw values are the reasons of the causes in a `Status`.
    public enum Reason: String, Sendable {
        case notFound = "FieldValueNotFound"
        case required = "FieldValueRequired"
        case duplicate = "FieldValueDuplicate"
        case invalid = "FieldValueInvalid"
        case notSupported = "FieldValueNotSupported"
        case forbidden = "FieldValueForbidden"
        case tooLong = "FieldValueTooLong"
        case tooMany = "FieldValueTooMany"
        case `internal` = "InternalError"
        case typeInvalid = "FieldValueTypeInvalid"

        /// How messages begin.
        var words: String {
            switch self {
            case .notFound: "Not found"
            case .required: "Required value"
            case .duplicate: "Duplicate value"
            case .invalid, .typeInvalid: "Invalid value"
            case .notSupported: "Unsupported value"
            case .forbidden: "Forbidden"
            case .tooLong: "Too long"
            case .tooMany: "Too many"
            case .internal: "Internal error"
            }
        }

        /// Whether messages name the value.
        var showsValue: Bool {
            switch self {
            case .required, .forbidden, .tooLong, .internal: false
            default: true
            }
        }
    }

    /// What kind of error it is.
    public let reason: Reason
    /// The path to the field: `spec.list[0].name`; `<nil>` for the object itself.
    public let field: String
    /// The value that is wrong; nil when it is not shown.
    public let badValue: JSON?
    /// How messages show the value, where that is not as Go shows JSON.
    public let valueText: String?
    /// Why it is wrong; may be empty.
    public let detail: String

    /// An error.
    public init(_ reason: Reason, _ field: String, value: JSON?, valueText: String? = nil, _ detail: String = "") {
        (self.reason, self.field, self.detail) = (reason, field.isEmpty ? "<nil>" : field, detail)
        (badValue, self.valueText) = reason.showsValue ? (value, valueText) : (nil, nil)
    }

    /// The error without its field: the message of a cause in a `Status`.
    public var message: String {
        let shown = valueText ?? badValue.map(GoLiteral.text)
        let start = shown.map { "\(reason.words): \($0)" } ?? reason.words
        return detail.isEmpty ? start : "\(start): \(detail)"
    }

    /// Field and message.
    public var description: String { "\(field): \(message)" }

    /// Whether rules are not run any more, since the object is not of the shape that they were checked against.
    public var blocksRules: Bool {
        switch reason {
        case .notSupported, .required, .tooLong, .tooMany, .typeInvalid: true
        default: false
        }
    }
}

extension Sequence<FieldError> {
    /// All errors as the message of a `Status` lists them: one as it is, several in brackets, equal ones once.
    public var summary: String {
        var seen: Set<String> = []
        let texts = map(\.description).filter { seen.insert($0).inserted }
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
    }
}
