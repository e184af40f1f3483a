// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import KubernetesFormats

extension ScalarType {
    /// The value as the server stores it; nil for JSON of another type.
    func normalized(_ json: JSON) throws(Fault) -> JSON? {
        switch (self, json) {
        case (.string, .string), (.bool, .bool), (.json, _), (.double, .number): return json
        case (.int64, .number(let number)): return number.int64.map { _ in json }
        case (.int32, .number(let number)): return number.int64.flatMap { Int32(exactly: $0) }.map { _ in json }
        case (.bytes, .string(let text)): return try Self.checkedBase64(text)
        case (.intOrString, .string): return json
        case (.intOrString, .number(let number)):
            return number.int64.flatMap { Int32(exactly: $0) }.map { _ in json }
        case (.quantity, .string(let text)): return try Self.quantity(text)
        case (.quantity, .number(let number)): return try Self.quantity(number.text)
        case (.time, .string(let text)): return .string(try Self.moment(text).secondText)
        case (.microTime, .string(let text)): return .string(try Self.moment(text).microsecondText)
        case (.duration, .string(let text)):
            guard let span = TimeSpan(go: text) else {
                throw Fault(.invalid, "time: invalid duration \"\(text)\"")
            }
            return .string(span.goText)
        case (.raw, .object), (.fields, .object): return json
        case (.extra, .array(let items)): return items.allSatisfy { $0.string != nil } ? .some(json) : .none
        default: return nil
        }
    }

    private static func quantity(_ text: String) throws(Fault) -> JSON {
        guard let quantity = Quantity(text) else {
            let pattern = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$"
            throw Fault(.invalid, "quantities must match the regular expression '\(pattern)'")
        }
        return .string(quantity.description)
    }

    /// The moment in UTC.
    private static func moment(_ text: String) throws(Fault) -> Moment {
        guard let moment = Moment(rfc3339: text),
            let utc = Moment(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
        else {
            let layout = "2006-01-02T15:04:05Z07:00"
            throw Fault(.invalid, "parsing time \"\(text)\" as \"\(layout)\": cannot parse \"\(text)\" as \"2006\"")
        }
        return utc
    }

    private static func checkedBase64(_ text: String) throws(Fault) -> JSON {
        if [UInt8](base64: text) == nil {
            let wrong = text.utf8.enumerated().first { _, byte in
                !(0x30...0x39).contains(byte) && !(0x61...0x7A).contains(byte | 0x20) && byte != 0x2B && byte != 0x2F
            }
            throw Fault(.invalid, "illegal base64 data at input byte \(wrong?.offset ?? text.utf8.count)")
        }
        return .string(text)
    }

    var goName: String {
        switch self {
        case .double: "float64"
        case .bytes: "[]uint8"
        case .intOrString: "intstr.IntOrString"
        case .quantity: "resource.Quantity"
        case .time: "v1.Time"
        case .microTime: "v1.MicroTime"
        case .duration: "v1.Duration"
        case .raw: "runtime.RawExtension"
        case .json: "v1.JSON"
        case .fields: "v1.FieldsV1"
        case .extra: "v1.ExtraValue"
        default: rawValue
        }
    }

    var zero: JSON {
        switch self {
        case .bool: false
        case .int32, .int64, .double, .intOrString: 0
        case .quantity: "0"
        case .raw, .fields: [:]
        case .extra: []
        case .json: nil
        default: ""
        }
    }
}
