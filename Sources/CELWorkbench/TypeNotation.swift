// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL
internal import CELLibraries

extension CELType {
    /// Reads a type as people write it: `int`, `list(string)`, `map(string, dyn)`, `optional(int)`,
    /// `wrapper(bool)`, or the name of a type that a library of some profile brings.
    ///
    /// - Throws: what is wrong, and which types there are.
    public init(notation text: String) throws(Fault) {
        var reader = TypeReader(text: text, rest: text[...])
        self = try reader.type(depth: 0)
        reader.skipBlanks()
        guard reader.rest.isEmpty else { throw reader.wrong("“\(reader.rest.prefix(40))” is left over") }
    }
}

private struct TypeReader {
    let text: String
    var rest: Substring

    /// The types that libraries bring.
    static let opaque: Set<String> = Set(
        Profile.all.flatMap { $0.libraries.flatMap(\.types) }.compactMap { type -> String? in
            if case .opaque(let name, _) = type { name } else { nil }
        })
    static let plain: [String: CELType] = [
        "dyn": .dyn, "any": .dyn, "null": .null, "null_type": .null, "bool": .bool, "int": .int, "uint": .uint,
        "double": .double, "string": .string, "bytes": .bytes, "timestamp": .timestamp, "duration": .duration,
        "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration, "list": .list(.dyn),
        "map": .map(.dyn, .dyn), "type": .type(.dyn),
    ]
    static let generic = ["list", "map", "optional", "optional_type", "type", "wrapper"]

    mutating func skipBlanks() { rest = rest.drop { $0 == " " } }

    mutating func type(depth: Int) throws(Fault) -> CELType {
        guard depth < 32 else { throw wrong("it is nested too deep") }
        skipBlanks()
        let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
        guard !name.isEmpty else { throw wrong("a type is missing") }
        rest = rest.dropFirst(name.count)
        skipBlanks()
        guard rest.first == "(" else { return try plain(name) }
        guard Self.generic.contains(name) else { throw wrong("“\(name)” takes no types") }
        let types = try parameters(depth)
        let wanted = name == "map" ? 2 : 1
        guard types.count == wanted else { throw wrong("\(name) takes \(wanted == 1 ? "one type" : "two types")") }
        switch name {
        case "list": return .list(types[0])
        case "type": return .type(types[0])
        case "wrapper": return .nullable(types[0])
        case "map":
            guard [.string, .int, .uint, .bool, .dyn].contains(types[0]) else {
                throw wrong("a key is a string, an int, a uint or a bool, not \(types[0])")
            }
            return .map(types[0], types[1])
        default: return .optional(types[0])
        }
    }

    private func plain(_ name: String) throws(Fault) -> CELType {
        if let type = Self.plain[name] { return type }
        if Self.opaque.contains(name) { return .opaque(name) }
        throw wrong(
            "there is no type “\(name)”",
            near: Spelling.nearest(to: name, among: Array(Self.plain.keys) + Array(Self.opaque)))
    }

    private mutating func parameters(_ depth: Int) throws(Fault) -> [CELType] {
        var types: [CELType] = []
        repeat {
            rest = rest.dropFirst()
            types.append(try type(depth: depth + 1))
            skipBlanks()
        } while rest.first == ","
        guard rest.first == ")" else { throw wrong("“)” is missing") }
        rest = rest.dropFirst()
        return types
    }

    func wrong(_ why: String, near: String? = nil) -> Fault {
        Fault(
            .invalid, "“\(text.prefix(80))” is no type: \(why)",
            fix: (near.map { "did you mean \($0)? " } ?? "")
                + "write int, uint, double, bool, string, bytes, timestamp, duration, dyn, list(string), "
                + "map(string, dyn) or optional(int)")
    }
}
