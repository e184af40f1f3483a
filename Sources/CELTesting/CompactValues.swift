// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

/// Reads `x={a:1,b:[1,2]} y=7`: variables on one line, with names and strings without quotes.
struct CompactValues {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func read(_ source: String) throws(Fault) -> [String: Value] {
        var variables: [String: Value] = [:]
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].split(separator: " ").last.map(String.init) ?? ""
            rest = rest[rest.index(after: equals)...]
            guard !name.isEmpty, let value = value() else {
                throw Fault(.invalid, "\(source): 'vars' is not name=value with values like {a:1,b:[1,2]}")
            }
            variables[name] = value
        }
        return variables
    }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func value() -> Value? {
        if take("{") {
            var entries: [(key: Value, value: Value)] = []
            while !take("}") {
                guard let key = word(), take(":"), let value = value() else { return nil }
                entries.append((.string(key), value))
                _ = take(",")
            }
            return .map(MapValue(entries))
        }
        if take("[") {
            var values: [Value] = []
            while !take("]") {
                guard let value = value() else { return nil }
                values.append(value)
                _ = take(",")
            }
            return .list(values)
        }
        return word().map { word in
            if let int = Int64(word) { return .int(int) }
            return switch word {
            case "null": .null
            case "true": true
            case "false": false
            default: .string(word)
            }
        }
    }

    private mutating func word() -> String? {
        let word = rest.prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }
        rest = rest[word.endIndex...]
        return word.isEmpty ? nil : String(word)
    }
}
