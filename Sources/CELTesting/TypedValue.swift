// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Chronology
internal import Documents

extension Value {
    /// A value in the JSON form of `cel.expr.Value`: an object with one member that names the type.
    init(typed json: JSON) throws {
        guard let (kind, content) = json.object?.first(where: { _ in true }) else {
            throw Fault(.invalid, "a value is an object with one member, such as {\"int64Value\": \"1\"}")
        }
        switch (kind, content) {
        case ("nullValue", _): self = .null
        case ("boolValue", .bool(let value)): self = .bool(value)
        case ("int64Value", _): self = .int(try readNumber(content, Int64.init))
        case ("uint64Value", _): self = .uint(try readNumber(content, UInt64.init))
        case ("doubleValue", _): self = .double(try readDouble(content))
        case ("stringValue", .string(let text)): self = .string(text)
        case ("bytesValue", .string(let text)): self = .bytes([UInt8](base64: text) ?? [])
        case ("typeValue", .string(let name)): self = .type(name)
        case ("listValue", _): self = .list(try (content["values"]?.array ?? []).map { try Value(typed: $0) })
        case ("mapValue", _):
            self = .map(
                MapValue(
                    try (content["entries"]?.array ?? []).map {
                        (try Value(typed: $0["key"] ?? .null), try Value(typed: $0["value"] ?? .null))
                    }))
        case ("objectValue", _): self = try Value(message: content)
        default: throw UnknownMessage(name: kind)
        }
    }

    /// A well-known message: `{"@type": …, "value": …}`, or with its fields beside the type.
    private init(message json: JSON) throws {
        let name = json["@type"]?.string?.split(separator: "/").last.map(String.init) ?? ""
        let value = json["value"] ?? .null
        switch name {
        case "google.protobuf.Timestamp":
            guard let moment = Moment(rfc3339: value.string ?? "") else { throw UnknownMessage(name: name) }
            self = .timestamp(moment)
        case "google.protobuf.Duration":
            guard let span = TimeSpan(go: value.string ?? "") else { throw UnknownMessage(name: name) }
            self = .duration(span)
        case "google.protobuf.BoolValue": self = value == .null ? false : Value(value)
        case "google.protobuf.StringValue": self = value == .null ? "" : Value(value)
        case "google.protobuf.BytesValue": self = .bytes([UInt8](base64: value.string ?? "") ?? [])
        case "google.protobuf.DoubleValue", "google.protobuf.FloatValue":
            self = .double(value == .null ? 0 : try readDouble(value))
        case "google.protobuf.Int32Value", "google.protobuf.Int64Value":
            self = .int(value == .null ? 0 : try readNumber(value, Int64.init))
        case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value":
            self = .uint(value == .null ? 0 : try readNumber(value, UInt64.init))
        case "google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue":
            self = Value(value, numbers: .doubles)
        case "google.protobuf.Any" where json["value"] != nil: self = try Value(message: value)
        default: throw UnknownMessage(name: name)
        }
    }
}

private func readNumber<Integer: FixedWidthInteger>(_ json: JSON, _ read: (String) -> Integer?) throws -> Integer {
    guard let value = read(json.string ?? json.numberText ?? "") else {
        throw Fault(.invalid, "'\(json.string ?? json.kindName)' is no \(Integer.self)")
    }
    return value
}

private func readDouble(_ json: JSON) throws -> Double {
    if let text = json.string {
        guard let value = Double(go: text) else { throw Fault(.invalid, "'\(text)' is no number") }
        return value
    }
    return json.double ?? 0
}
