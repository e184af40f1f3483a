// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Paths of an OpenAPI 3 document as version 2 has them: bodies are parameters, media types stand beside them.
enum SwaggerPath {
    static func converted(_ item: JSON) -> JSON {
        var result = JSONObject()
        for (key, value) in item.object ?? [:] {
            guard key == "parameters" else {
                result[key] = operation(value)
                continue
            }
            let parameters = (value.array ?? []).map(parameter)
            if !parameters.isEmpty { result[key] = .array(parameters) }
        }
        return .object(result)
    }

    private static func operation(_ operation: JSON) -> JSON {
        var result = JSONObject()
        var parameters = (operation["parameters"]?.array ?? []).map(parameter)
        for (key, value) in operation.object ?? [:] where key != "parameters" {
            switch key {
            case "requestBody":
                let contents = value["content"]?.object ?? [:]
                result["consumes"] = .array(contents.keys.map { .string($0) })
                parameters.insert(
                    [
                        "in": "body", "name": "body", "required": value["required"] ?? false,
                        "schema": contents.first { _ in true }?.value["schema"].map(SwaggerSchema.converted) ?? [:],
                    ], at: 0)
            case "responses":
                result[key] = .object(JSONObject((value.object ?? [:]).map { ($0.key, response($0.value)) }))
                let contents = value["200"]?["content"]?.object ?? [:]
                if !contents.isEmpty { result["produces"] = .array(contents.keys.map { .string($0) }) }
            default: result[key] = value
            }
        }
        if !parameters.isEmpty { result["parameters"] = .array(parameters) }
        return .object(result)
    }

    private static func response(_ response: JSON) -> JSON {
        var result = JSONObject()
        result["description"] = response["description"]
        if let schema = response["content"]?.object?.first(where: { _ in true })?.value["schema"] {
            result["schema"] = SwaggerSchema.converted(schema)
        }
        return .object(result)
    }

    /// What version 3 says in a schema of its own stands in the parameter itself.
    private static func parameter(_ parameter: JSON) -> JSON {
        var result = parameter.object ?? [:]
        result["schema"] = nil
        for (key, value) in parameter["schema"]?.object ?? [:] { result[key] = value }
        return .object(result)
    }
}
