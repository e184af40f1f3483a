// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL
internal import Chronology
public import Documents

extension Value {
    /// The value as JSON: ints and uints are numbers, bytes base64, timestamps, durations, types and values of
    /// libraries their text, and a missing optional is null. A key that is a number or a boolean becomes its text.
    ///
    /// - Throws: with the path when JSON cannot hold it: NaN, infinity, keys that differ in type only, or a nesting
    ///   deeper than documents have.
    public func json(at path: String = "the value") throws(Fault) -> JSON {
        try json(path, depth: DocumentLimits.standard.depth)
    }

    private func json(_ path: String, depth: Int) throws(Fault) -> JSON {
        guard depth > 0 else { throw Fault(.limitExceeded, "\(path.prefix(80))… is nested too deep for JSON") }
        switch self {
        case .null, .optional(nil): return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .number(JSONNumber(value))
        case .uint(let value): return .number(JSONNumber(text: "\(value)") ?? JSONNumber(0))
        case .double(let value):
            guard value.isFinite, let number = JSONNumber(text: value.description) else {
                throw Fault(
                    .unsupported, "\(path) is \(literalText), which JSON cannot hold",
                    fix: "use string(…) in the expression, or ask for text")
            }
            return .number(number)
        case .string(let text): return .string(text)
        case .bytes(let octets): return .string(octets.base64)
        case .timestamp(let moment): return .string("\(moment)")
        case .duration(let span): return .string(span.secondsText)
        case .type(let name): return .string(name)
        case .opaque(let value): return .string(value.text)
        case .optional(let wrapped?): return try wrapped.value.json(path, depth: depth - 1)
        case .list(let list):
            var items: [JSON] = []
            for (index, item) in list.enumerated() {
                items.append(try item.json("\(path)[\(index)]", depth: depth - 1))
            }
            return .array(items)
        case .map(let map):
            var members: [(String, JSON)] = [], names: Set<String> = []
            for (key, value) in map.entries {
                let name = key.keyText
                guard names.insert(name).inserted else {
                    throw Fault(
                        .unsupported, "two keys of \(path) become “\(name)” in JSON, whose keys are all strings",
                        fix: "make the keys strings in the expression")
                }
                members.append((name, try value.json("\(path).\(name)", depth: depth - 1)))
            }
            return .object(JSONObject(members))
        }
    }

    private var keyText: String {
        switch self {
        case .uint(let value): "\(value)"
        default: text
        }
    }
}
