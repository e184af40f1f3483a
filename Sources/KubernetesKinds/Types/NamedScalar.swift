// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// A simple type that has a name and a schema of its own in OpenAPI.
struct NamedScalar: Sendable {
    let type: ScalarType
    let name: String
    let schema: JSON

    static let all: [NamedScalar] = [
        NamedScalar(
            type: .quantity, name: "io.k8s.apimachinery.pkg.api.resource.Quantity",
            schema: [
                "description": "An amount such as 500m, 1.5Gi or 12e6.",
                "oneOf": [["type": "string"], ["type": "number"]],
            ]),
        NamedScalar(
            type: .intOrString, name: "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
            schema: [
                "description": "A number or a string.", "format": "int-or-string",
                "oneOf": [["type": "integer"], ["type": "string"]], "x-kubernetes-int-or-string": true,
            ]),
        NamedScalar(
            type: .time, name: "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
            schema: ["description": "A moment as RFC 3339 writes it.", "type": "string", "format": "date-time"]),
        NamedScalar(
            type: .microTime, name: "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
            schema: [
                "description": "A moment as RFC 3339 writes it, with microseconds.", "type": "string",
                "format": "date-time",
            ]),
        NamedScalar(
            type: .duration, name: "io.k8s.apimachinery.pkg.apis.meta.v1.Duration",
            schema: ["description": "A span of time such as 1h30m.", "type": "string"]),
        NamedScalar(
            type: .fields, name: "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
            schema: ["description": "A set of fields.", "type": "object"]),
        NamedScalar(
            type: .raw, name: "io.k8s.apimachinery.pkg.runtime.RawExtension",
            schema: ["description": "An object of any kind.", "type": "object"]),
        NamedScalar(
            type: .json, name: "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON",
            schema: ["description": "Any JSON."]),
    ]
}

extension ScalarType {
    /// The schema where the type has no name of its own.
    var schema: JSONObject {
        switch self {
        case .string: ["type": "string"]
        case .bool: ["type": "boolean"]
        case .int32: ["type": "integer", "format": "int32"]
        case .int64: ["type": "integer", "format": "int64"]
        case .double: ["type": "number", "format": "double"]
        case .bytes: ["type": "string", "format": "byte"]
        case .extra: ["type": "array", "items": ["type": "string"]]
        default: [:]
        }
    }
}
