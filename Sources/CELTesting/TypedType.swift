// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Documents

extension CELType {
    /// A type in the JSON form of `cel.expr.Type`.
    init(typed json: JSON) throws {
        guard let (kind, content) = json.object?.first(where: { _ in true }) else {
            self = .dyn
            return
        }
        switch kind {
        case "dyn": self = .dyn
        case "null": self = .null
        case "primitive": self = try CELType(primitive: content.string ?? "")
        case "wrapper": self = .nullable(try CELType(primitive: content.string ?? ""))
        case "wellKnown":
            self =
                switch content.string {
                case "TIMESTAMP": .timestamp
                case "DURATION": .duration
                default: .dyn
                }
        case "listType": self = .list(try CELType(typed: content["elemType"] ?? [:]))
        case "mapType":
            self = .map(
                try CELType(typed: content["keyType"] ?? [:]), try CELType(typed: content["valueType"] ?? [:]))
        case "type": self = .type(try CELType(typed: content))
        case "typeParam": self = .parameter(content.string ?? "")
        case "abstractType":
            let name = content["name"]?.string ?? ""
            let parameters = try (content["parameterTypes"]?.array ?? []).map { try CELType(typed: $0) }
            self =
                name == "optional_type" && parameters.count == 1 ? .optional(parameters[0]) : .opaque(name, parameters)
        case "messageType": self = try CELType(message: content.string ?? "")
        default: throw Fault(.invalid, "'\(kind)' is no kind of type")
        }
    }

    private init(primitive name: String) throws {
        switch name {
        case "BOOL": self = .bool
        case "INT64": self = .int
        case "UINT64": self = .uint
        case "DOUBLE": self = .double
        case "STRING": self = .string
        case "BYTES": self = .bytes
        default: throw Fault(.invalid, "'\(name)' is no primitive type")
        }
    }

    private init(message name: String) throws {
        switch name {
        case "google.protobuf.BoolValue": self = .nullable(.bool)
        case "google.protobuf.BytesValue": self = .nullable(.bytes)
        case "google.protobuf.DoubleValue", "google.protobuf.FloatValue": self = .nullable(.double)
        case "google.protobuf.Int32Value", "google.protobuf.Int64Value": self = .nullable(.int)
        case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value": self = .nullable(.uint)
        case "google.protobuf.StringValue": self = .nullable(.string)
        case "google.protobuf.Struct": self = .map(.string, .dyn)
        case "google.protobuf.ListValue": self = .list(.dyn)
        case "google.protobuf.Value", "google.protobuf.Any": self = .dyn
        case "google.protobuf.Timestamp": self = .timestamp
        case "google.protobuf.Duration": self = .duration
        default: throw UnknownMessage(name: name)
        }
    }
}

extension Function {
    /// A declaration in the JSON form of `cel.expr.Decl.FunctionDecl`; it can be checked, not called.
    init(_ name: String, typed json: JSON) throws {
        let overloads = try (json["overloads"]?.array ?? []).map { overload in
            let parameters = try (overload["params"]?.array ?? []).map { try CELType(typed: $0) }
            let result = try CELType(typed: overload["resultType"] ?? [:])
            let id = overload["overloadId"]?.string ?? name
            return overload["isInstanceFunction"]?.bool == true
                ? Overload.method(id, parameters, result, .builtin)
                : Overload.function(id, parameters, result, .builtin)
        }
        self.init(name, overloads: overloads)
    }
}
