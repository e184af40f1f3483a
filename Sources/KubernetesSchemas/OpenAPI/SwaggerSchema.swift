// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Schemas of OpenAPI 3 as version 2 has them, in the form that old clients of Kubernetes can read.
///
/// Those clients refuse the whole document for one schema they do not understand, and refuse objects with fields that a
/// schema does not name. So what version 2 cannot say is left out: alternatives, `not`, `nullable`; a value that may be
/// null, or a number as well as a string, has no type; an object that keeps unknown fields names none.
enum SwaggerSchema {
    private static let kept: Set<String> = [
        "description", "title", "type", "format", "default", "enum", "required", "pattern", "multipleOf", "maximum",
        "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "maxItems", "minItems",
        "uniqueItems", "maxProperties", "minProperties", "example", "readOnly",
    ]
    private static let start = "#/components/schemas/"

    static func converted(_ schema: JSON) -> JSON {
        guard let source = schema.object else { return [:] }
        var result = JSONObject()
        let isFree = source["x-kubernetes-preserve-unknown-fields"]?.bool == true
        for (key, value) in source {
            switch key {
            case "$ref": result[key] = reference(value)
            case "properties" where !isFree:
                result[key] = .object(JSONObject((value.object ?? [:]).map { ($0.key, converted($0.value)) }))
            case "items" where !isFree: result[key] = converted(value)
            case "additionalProperties" where !isFree: result[key] = value.bool == nil ? converted(value) : value
            case _ where kept.contains(key) || key.hasPrefix("x-"):
                // An empty list says nothing, and protobuf has no word for it.
                if value != [] || key == "default" || key == "example" || key.hasPrefix("x-") { result[key] = value }
            default: break
            }
        }
        // Version 3 lets nothing stand beside a reference, so what says more of a field wraps it.
        if let parts = source["allOf"]?.array, parts.count == 1, let target = parts[0]["$ref"] {
            result["$ref"] = reference(target)
            result["type"] = nil
        }
        // A string matches numbers as well for those who read this.
        let forms = source["oneOf"]?.array ?? []
        if result["type"] == nil, forms.contains(["type": "string"]) { result["type"] = "string" }
        if source["nullable"]?.bool == true { result["type"] = nil }
        if result["type"] == "array", result["items"] == nil { result["type"] = nil }
        return .object(result)
    }

    private static func reference(_ target: JSON) -> JSON {
        guard let text = target.string, text.hasPrefix(start) else { return target }
        return .string("#/definitions/" + text.dropFirst(start.count))
    }
}
