// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A JSON schema that values are checked against, keyword by keyword.
///
/// Only keywords that are checked here are accepted, so that a schema never says more than what holds. An object with
/// `properties` takes no others, unless `additionalProperties` allow them.
struct ValueSchema: Sendable {
    let json: JSON

    private static let depthLimit = 32
    /// Those that say something about a value.
    private static let kinds: Set<String> = [
        "object", "array", "string", "number", "integer", "boolean", "null",
    ]

    /// Reads a schema.
    ///
    /// - Throws: `invalid` for one with a keyword that is not checked, or one of the wrong form.
    init(_ json: JSON, of thing: String) throws(Fault) {
        self.json = json
        try Self.check(json, thing, depth: 0)
    }

    private static func check(_ schema: JSON, _ place: String, depth: Int) throws(Fault) {
        guard depth < depthLimit else {
            throw Fault(.limitExceeded, "the schema of \(place.prefix(120)) is nested deeper than \(depthLimit) levels")
        }
        func wrong(_ what: String) -> Fault { Fault(.invalid, "the schema of \(place.prefix(120)): \(what)") }
        guard let members = schema.object else { throw wrong("it is no object") }
        for (keyword, value) in members {
            switch keyword {
            case "type":
                guard let kind = value.string, kinds.contains(kind) else {
                    throw wrong("'type' is none of \(kinds.sorted().joined(separator: ", "))")
                }
            case "description", "title": guard value.string != nil else { throw wrong("'\(keyword)' is no text") }
            case "default", "const": break
            case "examples", "enum": guard value.array != nil else { throw wrong("'\(keyword)' is no list") }
            case "properties":
                guard let properties = value.object else { throw wrong("'properties' is no object") }
                for (name, part) in properties { try check(part, "\(place).\(name)", depth: depth + 1) }
            case "required":
                guard let names = value.array, names.allSatisfy({ $0.string != nil }) else {
                    throw wrong("'required' is no list of names")
                }
            case "additionalProperties":
                if value.bool == nil { try check(value, "\(place).*", depth: depth + 1) }
            case "items": try check(value, "\(place)[]", depth: depth + 1)
            case "minLength", "maxLength", "minItems", "maxItems":
                guard let number = value.int, number >= 0 else { throw wrong("'\(keyword)' is no number of things") }
            case "minimum", "maximum": guard value.double != nil else { throw wrong("'\(keyword)' is no number") }
            case "x-kubernetes-preserve-unknown-fields", "nullable":
                guard value.bool != nil else { throw wrong("'\(keyword)' is neither true nor false") }
            default:
                throw Fault(
                    .unsupported,
                    "the schema of \(place.prefix(120)) has the keyword '\(keyword.prefix(60))', which is not checked here",
                    fix: "leave it out; the specification of plug-ins lists the others")
            }
        }
    }

    /// What is wrong with a value, a few things at most; empty when it fits.
    func problems(in value: JSON, named name: String) -> [String] {
        var problems: [String] = []
        Self.compare(value, json, name, &problems)
        return problems
    }

    private static func compare(_ value: JSON, _ schema: JSON, _ place: String, _ problems: inout [String]) {
        func add(_ what: String) { if problems.count < 5 { problems.append("\(place.prefix(120)) \(what)") } }
        if value == .null, schema["nullable"]?.bool == true { return }
        if let kind = schema["type"]?.string, !value.isKind(kind) {
            return add("is \(value.kindName), not \(kind)")
        }
        if let constant = schema["const"], constant != value { add("is not \(constant.short)") }
        if let choices = schema["enum"]?.array, !choices.contains(value) {
            add("is none of \(choices.prefix(8).map(\.short).joined(separator: ", "))")
        }
        switch value {
        case .string(let text):
            let count = Int64(text.unicodeScalars.count)
            if let least = schema["minLength"]?.int, count < least {
                add("has \(count) characters, fewer than \(least)")
            }
            if let most = schema["maxLength"]?.int, count > most { add("has \(count) characters, more than \(most)") }
        case .number(let number):
            if let least = schema["minimum"]?.double, number.double < least { add("is less than \(least)") }
            if let most = schema["maximum"]?.double, number.double > most { add("is greater than \(most)") }
        case .array(let items):
            let count = Int64(items.count)
            if let least = schema["minItems"]?.int, count < least { add("has \(count) elements, fewer than \(least)") }
            if let most = schema["maxItems"]?.int, count > most { add("has \(count) elements, more than \(most)") }
            guard let part = schema["items"] else { return }
            for (index, item) in items.enumerated() {
                guard problems.count < 5 else { return }
                compare(item, part, "\(place)[\(index)]", &problems)
            }
        case .object(let object): compare(object, schema, place, &problems)
        case .null, .bool: break
        }
    }

    private static func compare(_ object: JSONObject, _ schema: JSON, _ place: String, _ problems: inout [String]) {
        for name in schema["required"]?.array ?? [] {
            guard let name = name.string, object[name] == nil, problems.count < 5 else { continue }
            problems.append("\(place.prefix(120)) has no '\(name.prefix(60))'")
        }
        let known = schema["properties"]?.object
        let rest = schema["additionalProperties"]
        let isOpen = rest?.bool ?? (known == nil || schema["x-kubernetes-preserve-unknown-fields"]?.bool == true)
        for (name, value) in object {
            guard problems.count < 5 else { return }
            if let part = known?[name] {
                compare(value, part, "\(place).\(name)", &problems)
            } else if let rest, rest.object != nil {
                compare(value, rest, "\(place).\(name)", &problems)
            } else if !isOpen {
                problems.append("\(place.prefix(120)) has '\(name.prefix(60))', which is not described")
            }
        }
    }
}

extension JSON {
    /// Whether it is what a schema's `type` asks for.
    fileprivate func isKind(_ kind: String) -> Bool {
        switch kind {
        case "integer": int != nil
        case "number": double != nil
        default: kindName == kind
        }
    }

    fileprivate var short: String { String(String(decoding: encoded(), as: UTF8.self).prefix(40)) }
}
