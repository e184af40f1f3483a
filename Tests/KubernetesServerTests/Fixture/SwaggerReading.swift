// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents

/// Reads a message `openapi.v2.Document` of gnostic back into the JSON that it stands for.
///
/// Written from the numbers of `OpenAPIv2.proto`, not from what writes it; a field that is not known is an error.
struct SwaggerReading {
    private enum Value {
        case number(UInt64)
        case double(Double)
        case bytes(ArraySlice<UInt8>)

        var text: String { if case .bytes(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { "" } }
        var bytes: ArraySlice<UInt8> { if case .bytes(let bytes) = self { bytes } else { [] } }
    }
    private enum Kind {
        case text, flag, integer, double, any, texts
        case extra
        case schema, schemas, typeName, items, additional, properties
        case message([Int: (String, Kind)])
        case named([Int: (String, Kind)])
        case parameters, responses
    }

    private static let schema: [Int: (String, Kind)] = [
        1: ("$ref", .text), 2: ("format", .text), 3: ("title", .text), 4: ("description", .text), 5: ("default", .any),
        6: ("multipleOf", .double), 7: ("maximum", .double), 8: ("exclusiveMaximum", .flag), 9: ("minimum", .double),
        10: ("exclusiveMinimum", .flag), 11: ("maxLength", .integer), 12: ("minLength", .integer),
        13: ("pattern", .text), 14: ("maxItems", .integer), 15: ("minItems", .integer), 16: ("uniqueItems", .flag),
        17: ("maxProperties", .integer), 18: ("minProperties", .integer), 19: ("required", .texts),
        20: ("enum", .schemas), 21: ("additionalProperties", .additional), 22: ("type", .typeName),
        23: ("items", .items), 25: ("properties", .properties), 27: ("readOnly", .flag), 30: ("example", .any),
        31: ("", .extra),
    ]
    private static let operation: [Int: (String, Kind)] = [
        1: ("tags", .texts), 3: ("description", .text), 5: ("operationId", .text), 6: ("produces", .texts),
        7: ("consumes", .texts), 8: ("parameters", .parameters), 9: ("responses", .responses), 13: ("", .extra),
    ]
    private static let pathItem: [Int: (String, Kind)] = [
        2: ("get", .message(operation)), 3: ("put", .message(operation)), 4: ("post", .message(operation)),
        5: ("delete", .message(operation)), 8: ("patch", .message(operation)), 9: ("parameters", .parameters),
        10: ("", .extra),
    ]
    private static let body: [Int: (String, Kind)] = [
        1: ("description", .text), 2: ("name", .text), 3: ("in", .text), 4: ("required", .flag), 5: ("schema", .schema),
    ]
    private static let query: [Int: (String, Kind)] = [
        1: ("required", .flag), 2: ("in", .text), 3: ("description", .text), 4: ("name", .text), 6: ("type", .text),
        20: ("uniqueItems", .flag),
    ]
    private static let path: [Int: (String, Kind)] = [
        1: ("required", .flag), 2: ("in", .text), 3: ("description", .text), 4: ("name", .text), 5: ("type", .text),
        19: ("uniqueItems", .flag),
    ]
    private static let document: [Int: (String, Kind)] = [
        1: ("swagger", .text), 2: ("info", .message([1: ("title", .text), 2: ("version", .text)])),
        8: ("paths", .named(pathItem)), 9: ("definitions", .properties),
    ]

    static func json(_ bytes: [UInt8]) throws -> JSON { .object(try object(bytes[...], document)) }

    private static func object(_ bytes: ArraySlice<UInt8>, _ shape: [Int: (String, Kind)]) throws -> JSONObject {
        var object = JSONObject()
        for (number, value) in try fields(bytes) {
            guard let (name, kind) = shape[number] else { throw Fault(.invalid, "the field \(number) is not known") }
            switch kind {
            case .extra:
                let (name, any) = try entry(value)
                object[name] = try self.value(.bytes(any), .any)
            case .texts, .schemas, .parameters:
                object[name] = .array((object[name]?.array ?? []) + [try self.value(value, kind)])
            case .named, .properties, .responses: object[name] = try self.value(value, kind)
            default:
                guard object[name] == nil else { throw Fault(.invalid, "\(name) is there twice") }
                object[name] = try self.value(value, kind)
            }
        }
        return object
    }

    private static func value(_ value: Value, _ kind: Kind) throws -> JSON {
        switch kind {
        case .text, .texts: return .string(value.text)
        case .flag: if case .number(let number) = value { return .bool(number != 0) }
        case .integer: if case .number(let number) = value { return .number(JSONNumber(Int64(bitPattern: number))) }
        case .double:
            if case .double(let double) = value, let whole = Int64(exactly: double) {
                return .number(JSONNumber(whole))
            }
        case .any, .schemas:
            let yaml = try only(2, value)
            return try JSON(parsing: Array(yaml), source: "an extension")
        case .schema: return .object(try object(value.bytes, schema))
        case .items: return .object(try object(try only(1, value), schema))
        case .typeName: return .string(String(decoding: try only(1, value), as: UTF8.self))
        case .additional:
            let fields = try fields(value.bytes)
            if case (2, .number(let number))? = fields.first { return .bool(number != 0) }
            return .object(try object(try only(1, value), schema))
        case .properties: return try map(value, 1) { .object(try object($0, schema)) }
        case .named(let shape): return try map(value, 2) { .object(try object($0, shape)) }
        case .message(let shape): return .object(try object(value.bytes, shape))
        case .parameters:
            let parameter = Value.bytes(try only(1, value))
            guard case (let number, .bytes(let held))? = try fields(parameter.bytes).first else { break }
            if number == 1 { return .object(try object(held, body)) }
            guard case (let place, .bytes(let inner))? = try fields(held).first else { break }
            return .object(try object(inner, place == 4 ? path : query))
        case .responses:
            return try map(value, 1) { bytes in
                var response: JSON = [:]
                for (number, value) in try fields(try only(1, .bytes(bytes))) {
                    if number == 1 {
                        response["description"] = .string(value.text)
                    } else {
                        response["schema"] = .object(try object(try only(1, value), schema))
                    }
                }
                return response
            }
        case .extra: break
        }
        throw Fault(.invalid, "a value has the wrong type")
    }

    private static func map(_ value: Value, _ number: Int, _ read: (ArraySlice<UInt8>) throws -> JSON) throws -> JSON {
        var object = JSONObject()
        for (found, value) in try fields(value.bytes) {
            guard found == number else { throw Fault(.invalid, "the field \(found) is not known") }
            let (name, bytes) = try entry(value)
            guard object[name] == nil else { throw Fault(.invalid, "\(name) is there twice") }
            object[name] = try read(bytes)
        }
        return .object(object)
    }

    private static func entry(_ value: Value) throws -> (String, ArraySlice<UInt8>) {
        let fields = try fields(value.bytes)
        guard fields.map(\.0) == [1, 2] else { throw Fault(.invalid, "an entry has no name or no value") }
        return (fields[0].1.text, fields[1].1.bytes)
    }

    private static func only(_ number: Int, _ value: Value) throws -> ArraySlice<UInt8> {
        let fields = try fields(value.bytes)
        guard fields.count == 1, fields[0].0 == number else { throw Fault(.invalid, "not one field \(number)") }
        return fields[0].1.bytes
    }

    private static func fields(_ bytes: ArraySlice<UInt8>) throws -> [(Int, Value)] {
        var (rest, found) = (bytes, [(Int, Value)]())
        func varint() throws -> UInt64 {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while let byte = rest.popFirst() {
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            throw Fault(.invalid, "a number has no end")
        }
        while !rest.isEmpty {
            let tag = try varint(), number = Int(tag >> 3)
            switch tag & 7 {
            case 0: found.append((number, .number(try varint())))
            case 1:
                let bits = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                rest = rest.dropFirst(8)
                found.append((number, .double(Double(bitPattern: bits))))
            case 2:
                let length = Int(try varint())
                guard length <= rest.count else { throw Fault(.invalid, "field \(number) is longer than its message") }
                found.append((number, .bytes(rest.prefix(length))))
                rest = rest.dropFirst(length)
            default: throw Fault(.invalid, "the wire type \(tag & 7)")
            }
        }
        return found
    }
}
