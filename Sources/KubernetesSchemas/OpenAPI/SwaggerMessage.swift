// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Parts of a swagger document as messages of gnostic's `openapi.v2` (`OpenAPIv2.proto`): field numbers are its interface.
enum SwaggerMessage {
    /// An entry of what JSON has as an object: name and value.
    static func named(_ name: String, _ value: ProtobufWriter) -> ProtobufWriter {
        var entry = ProtobufWriter()
        entry.text(1, name)
        entry.message(2, value)
        return entry
    }

    /// Any value: its YAML, which JSON is.
    private static func any(_ value: JSON) -> ProtobufWriter {
        var any = ProtobufWriter()
        any.text(2, value.text())
        return any
    }

    /// What begins with `x-`.
    private static func add(_ key: String, _ value: JSON, at number: Int, to message: inout ProtobufWriter) {
        guard key.hasPrefix("x-") else { return }
        message.message(number, named(key, any(value)))
    }

    private static func add(texts: JSON, at number: Int, to message: inout ProtobufWriter) {
        for text in texts.array ?? [] { message.text(number, text.string ?? "") }
    }

    static func pathItem(_ item: JSON) -> ProtobufWriter {
        let verbs = ["get": 2, "put": 3, "post": 4, "delete": 5, "options": 6, "head": 7, "patch": 8]
        var message = ProtobufWriter()
        for (key, value) in item.object ?? [:] {
            if let number = verbs[key] {
                message.message(number, operation(value))
            } else if key == "parameters" {
                for parameter in value.array ?? [] { message.message(9, self.parameter(parameter)) }
            } else {
                add(key, value, at: 10, to: &message)
            }
        }
        return message
    }

    private static func operation(_ operation: JSON) -> ProtobufWriter {
        var message = ProtobufWriter()
        for (key, value) in operation.object ?? [:] {
            switch key {
            case "tags": add(texts: value, at: 1, to: &message)
            case "summary": message.text(2, value.string ?? "")
            case "description": message.text(3, value.string ?? "")
            case "operationId": message.text(5, value.string ?? "")
            case "produces": add(texts: value, at: 6, to: &message)
            case "consumes": add(texts: value, at: 7, to: &message)
            case "parameters":
                for parameter in value.array ?? [] { message.message(8, self.parameter(parameter)) }
            case "responses": message.message(9, responses(value))
            case "deprecated": message.flag(11, value.bool ?? false)
            default: add(key, value, at: 13, to: &message)
            }
        }
        return message
    }

    private static func responses(_ responses: JSON) -> ProtobufWriter {
        var message = ProtobufWriter()
        for (code, value) in responses.object ?? [:] {
            var response = ProtobufWriter()
            response.text(1, value["description"]?.string ?? "")
            if let schema = value["schema"] {
                var item = ProtobufWriter()
                item.message(1, self.schema(schema))
                response.message(2, item)
            }
            var either = ProtobufWriter()
            either.message(1, response)
            message.message(1, named(code, either))
        }
        return message
    }

    /// A `ParametersItem` that holds a `Parameter`: of a body, or of the query or the path.
    private static func parameter(_ parameter: JSON) -> ProtobufWriter {
        var (held, kind, item) = (ProtobufWriter(), ProtobufWriter(), ProtobufWriter())
        switch parameter["in"] {
        case "body":
            held.message(1, bodyParameter(parameter))
        case "path":
            kind.message(4, otherParameter(parameter, type: 5, isUnique: 19, extensions: 22))
            held.message(2, kind)
        default:
            kind.message(3, otherParameter(parameter, type: 6, isUnique: 20, extensions: 23))
            held.message(2, kind)
        }
        item.message(1, held)
        return item
    }

    private static func bodyParameter(_ parameter: JSON) -> ProtobufWriter {
        var message = ProtobufWriter()
        if let text = parameter["description"]?.string { message.text(1, text) }
        message.text(2, parameter["name"]?.string ?? "")
        message.text(3, "body")
        message.flag(4, parameter["required"]?.bool ?? false)
        message.message(5, schema(parameter["schema"] ?? [:]))
        return message
    }

    private static func otherParameter(
        _ parameter: JSON, type: Int, isUnique: Int, extensions: Int
    ) -> ProtobufWriter {
        var message = ProtobufWriter()
        for (key, value) in parameter.object ?? [:] {
            switch key {
            case "required": message.flag(1, value.bool ?? false)
            case "in": message.text(2, value.string ?? "")
            case "description": message.text(3, value.string ?? "")
            case "name": message.text(4, value.string ?? "")
            case "type": message.text(type, value.string ?? "")
            case "uniqueItems": message.flag(isUnique, value.bool ?? false)
            default: add(key, value, at: extensions, to: &message)
            }
        }
        return message
    }

    private static let texts = ["$ref": 1, "format": 2, "title": 3, "description": 4, "pattern": 13]
    private static let doubles = ["multipleOf": 6, "maximum": 7, "minimum": 9]
    private static let flags = ["exclusiveMaximum": 8, "exclusiveMinimum": 10, "uniqueItems": 16, "readOnly": 27]
    private static let integers = [
        "maxLength": 11, "minLength": 12, "maxItems": 14, "minItems": 15, "maxProperties": 17, "minProperties": 18,
    ]

    static func schema(_ schema: JSON) -> ProtobufWriter {
        var message = ProtobufWriter()
        for (key, value) in schema.object ?? [:] {
            switch key {
            case "default": message.message(5, any(value))
            case "required": add(texts: value, at: 19, to: &message)
            case "enum": for value in value.array ?? [] { message.message(20, any(value)) }
            case "additionalProperties":
                var item = ProtobufWriter()
                if let flag = value.bool { item.flag(2, flag) } else { item.message(1, self.schema(value)) }
                message.message(21, item)
            case "type":
                var item = ProtobufWriter()
                item.text(1, value.string ?? "")
                message.message(22, item)
            case "items":
                var item = ProtobufWriter()
                item.message(1, self.schema(value))
                message.message(23, item)
            case "properties":
                var properties = ProtobufWriter()
                for (name, property) in value.object ?? [:] {
                    properties.message(1, named(name, self.schema(property)))
                }
                message.message(25, properties)
            case "example": message.message(30, any(value))
            default:
                if let number = texts[key], let text = value.string {
                    message.text(number, text)
                } else if let number = doubles[key], let limit = value.double {
                    message.double(number, limit)
                } else if let number = flags[key], let flag = value.bool {
                    message.flag(number, flag)
                } else if let number = integers[key], let limit = value.int {
                    message.integer(number, limit)
                } else {
                    add(key, value, at: 31, to: &message)
                }
            }
        }
        return message
    }
}
