// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension PathElement {
    /// The key by which FieldsV1 names it: `f:spec`, `k:{"name":"x"}`, `v:"x"`, `i:3`.
    public var serialized: String {
        switch self {
        case .field(let name): "f:" + name
        case .key(let fields):
            "k:{"
                + fields.map { "\(Self.quoted($0.name, isMarkup: true)):\($0.value.serialized)" }
                .joined(separator: ",") + "}"
        case .value(let value): "v:" + value.serialized
        case .index(let index): "i:\(index)"
        }
    }

    /// Reads a key of FieldsV1; nil when a later version might know its kind. Throws `.invalid` when it is none.
    public init?(serialized text: String) throws(Fault) {
        let bytes = text.utf8
        guard let kind = bytes.first, bytes.dropFirst().first == UInt8(ascii: ":") else {
            throw Self.fault(text, "has no kind and colon")
        }
        let rest = String(text[text.utf8.index(text.startIndex, offsetBy: 2)...])
        switch kind {
        case UInt8(ascii: "f"): self = .field(rest)
        case UInt8(ascii: "v"):
            guard let value = FieldValue(try Self.json(rest, text)) else { throw Self.fault(text, "names no scalar") }
            self = .value(value)
        case UInt8(ascii: "k"):
            guard case .object(let object) = try Self.json(rest, text), !object.isEmpty else {
                throw Self.fault(text, "has no object of keys")
            }
            var fields: [KeyField] = []
            for (name, json) in object {
                guard let value = FieldValue(json) else { throw Self.fault(text, "has a key that is no scalar") }
                fields.append(KeyField(name, value))
            }
            self = .key(unsorted: fields)
        case UInt8(ascii: "i"):
            guard let index = Int(rest) else { throw Self.fault(text, "has no position") }
            self = .index(index)
        default: return nil
        }
    }

    private static func json(_ rest: String, _ text: String) throws(Fault) -> JSON {
        var limits = DocumentLimits()
        limits.depth = 2
        do throws(Fault) {
            return try JSON(parsing: Array(rest.utf8), source: "the key", limits: limits)
        } catch {
            throw Fault(.invalid, fault(text, "has no JSON behind the colon").message, fix: error.fix, cause: error)
        }
    }

    private static func fault(_ text: String, _ problem: String) -> Fault {
        Fault(
            .invalid, "the key “\(text.prefix(100))” of managed fields \(problem)",
            fix: "write f:<field>, k:{…}, v:<value> or i:<position>")
    }

    /// A string inside a key. Values have their markup escaped and names have not, as the API server writes them.
    fileprivate static func quoted(_ text: String, isMarkup: Bool) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20: quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + hex(scalar)
            case "<" where !isMarkup, ">" where !isMarkup, "&" where !isMarkup: quoted += "\\u00" + hex(scalar)
            case "\u{2028}" where !isMarkup, "\u{2029}" where !isMarkup: quoted += "\\u" + hex(scalar)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ scalar: Unicode.Scalar) -> String { String(scalar.value, radix: 16) }
}

extension FieldValue {
    /// The JSON inside a key of FieldsV1.
    var serialized: String {
        switch self {
        case .string(let text): return PathElement.quoted(text, isMarkup: false)
        case .float:
            // A finite number always has a canonical form.
            guard let bytes = try? json.canonical() else { return json.text() }
            return String(decoding: bytes, as: UTF8.self)
        default: return json.text()
        }
    }
}
