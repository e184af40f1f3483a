// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension YAMLComposer {
    private static let core = "tag:yaml.org,2002:"

    /// What a scalar means: a string when it is quoted, else what its text or its tag says.
    func scalar(_ text: String, isPlain: Bool, tag: String?, _ position: SourcePosition) throws(Fault) -> JSON {
        switch tag {
        case nil: return isPlain ? try resolve(text, position) : .string(text)
        case "!", Self.core + "str": return .string(text)
        case Self.core + "timestamp": return .string(text)
        case Self.core + "null", Self.core + "bool", Self.core + "int", Self.core + "float":
            let value = try resolve(text, position)
            guard Self.core + Self.tagName(value) == tag || value.numberText != nil && tag == Self.core + "float" else {
                throw error(
                    "“\(text)” does not have the type its tag says", position,
                    fix: "remove the tag, or correct the value")
            }
            return value
        case let tag?: throw unknown(tag, position)
        }
    }

    /// Refuses a tag that is not the one of a collection's own kind.
    func check(_ tag: String?, isFor kind: String, _ position: SourcePosition) throws(Fault) {
        guard let tag, tag != "!", tag != Self.core + kind else { return }
        throw unknown(tag, position)
    }

    private func resolve(_ text: String, _ position: SourcePosition) throws(Fault) -> JSON {
        if let value = YAMLScalar.resolve(text) { return value }
        throw error(
            "“\(text)” is a number that JSON does not have", position, fix: "quote it if it is a text")
    }

    private static func tagName(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .number(let number): number.text.utf8.contains { ".eE".utf8.contains($0) } ? "float" : "int"
        default: "str"
        }
    }

    private func unknown(_ tag: String, _ position: SourcePosition) -> Fault {
        let short = tag.hasPrefix(Self.core) ? "!!" + tag.dropFirst(Self.core.count) : tag
        return Fault(
            .unsupported, "\(source):\(position): the tag \(short) is not accepted",
            fix: "write the value without it, quoted if it starts with “!”")
    }

    func error(_ what: String, _ position: SourcePosition, fix: String? = nil) -> Fault {
        Fault(.invalid, "\(source):\(position): \(what)", fix: fix)
    }
}
