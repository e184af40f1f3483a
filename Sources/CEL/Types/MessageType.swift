// SPDX-License-Identifier: Apache-2.0

internal import Chronology

/// The messages that expressions can build: protobuf's wrappers, JSON values and times, each of which is a value of the
/// language itself.
enum MessageType: String {
    case bool = "google.protobuf.BoolValue"
    case bytes = "google.protobuf.BytesValue"
    case double = "google.protobuf.DoubleValue"
    case float = "google.protobuf.FloatValue"
    case int32 = "google.protobuf.Int32Value"
    case int64 = "google.protobuf.Int64Value"
    case string = "google.protobuf.StringValue"
    case uint32 = "google.protobuf.UInt32Value"
    case uint64 = "google.protobuf.UInt64Value"
    case structure = "google.protobuf.Struct"
    case list = "google.protobuf.ListValue"
    case value = "google.protobuf.Value"
    case timestamp = "google.protobuf.Timestamp"
    case duration = "google.protobuf.Duration"

    /// The type of what is built.
    var valueType: CELType {
        switch self {
        case .bool, .bytes, .double, .float, .int32, .int64, .string, .uint32, .uint64: .nullable(fields["value"]!)
        case .structure: .map(.string, .dyn)
        case .list: .list(.dyn)
        case .value: .dyn
        case .timestamp: .timestamp
        case .duration: .duration
        }
    }

    /// The fields and their types.
    var fields: [String: CELType] {
        switch self {
        case .bool: ["value": .bool]
        case .bytes: ["value": .bytes]
        case .double, .float: ["value": .double]
        case .int32, .int64: ["value": .int]
        case .string: ["value": .string]
        case .uint32, .uint64: ["value": .uint]
        case .structure: ["fields": .map(.string, .dyn)]
        case .list: ["values": .list(.dyn)]
        case .value:
            [
                "null_value": .dyn, "number_value": .double, "string_value": .string, "bool_value": .bool,
                "struct_value": .map(.string, .dyn), "list_value": .list(.dyn),
            ]
        case .timestamp, .duration: ["seconds": .int, "nanos": .int]
        }
    }

    /// The value that a message with these fields is.
    func value(of given: [String: Value]) throws(EvaluationError) -> Value {
        for (name, value) in given {
            guard let type = fields[name], type.admits(value) else { throw wrongType(name) }
        }
        switch self {
        case .bool: return given["value"] ?? false
        case .bytes: return given["value"] ?? .bytes([])
        case .double: return given["value"] ?? 0.0
        case .float:
            guard case .double(let value) = given["value"] ?? 0.0 else { throw wrongType("value") }
            return .double(Double(Float(value)))
        case .int32, .int64:
            guard case .int(let value) = given["value"] ?? 0 else { throw wrongType("value") }
            if self == .int32, Int32(exactly: value) == nil { throw .overflow("int32 overflow: \(value)") }
            return .int(value)
        case .string: return given["value"] ?? ""
        case .uint32, .uint64:
            guard case .uint(let value) = given["value"] ?? .uint(0) else { throw wrongType("value") }
            if self == .uint32, UInt32(exactly: value) == nil { throw .overflow("uint32 overflow: \(value)") }
            return .uint(value)
        case .structure: return given["fields"] ?? .map(MapValue([]))
        case .list: return given["values"] ?? .list([])
        case .value: return given["null_value"] == nil ? given.values.first ?? .null : .null
        case .timestamp, .duration: return try time(given)
        }
    }

    private func time(_ given: [String: Value]) throws(EvaluationError) -> Value {
        guard case .int(let seconds) = given["seconds"] ?? 0, case .int(let nanos) = given["nanos"] ?? 0 else {
            throw wrongType("seconds")
        }
        if self == .timestamp {
            guard (0..<1_000_000_000).contains(nanos),
                let moment = Moment(seconds: seconds, nanoseconds: Int32(nanos))
            else { throw .timestampOverflow }
            return .timestamp(moment)
        }
        guard let whole = TimeSpan(seconds: seconds), let span = whole.adding(TimeSpan(nanoseconds: nanos)) else {
            throw .durationOverflow
        }
        return .duration(span)
    }

    private func wrongType(_ field: String) -> EvaluationError {
        .invalid("the field '\(field)' of \(rawValue) is of another type")
    }
}
