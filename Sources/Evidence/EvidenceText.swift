// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Keeps secrets out of the log: URLs lose user info, query and fragment, wherever they stand in a text.
enum EvidenceText {
    static func redacted(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(redacted(text))
        case .array(let items): .array(items.map(redacted))
        case .object(let object): .object(redacted(object))
        default: json
        }
    }

    static func redacted(_ object: JSONObject) -> JSONObject {
        JSONObject(object.map { ($0.key, redacted($0.value)) })
    }

    static func redacted(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: ":") }) else { return text }
        var result = "", word = ""
        for character in text {
            if character.isWhitespace || "\"'“”‘’<>()[]{},;".contains(character) {
                result += redacted(word: word)
                result.append(character)
                word = ""
            } else {
                word.append(character)
            }
        }
        return result + redacted(word: word)
    }

    private static func redacted(word: String) -> String {
        guard let scheme = word.firstRange(of: "://") else {
            // `user:password@host/path` without a scheme; the digest of `name:tag@sha256:…` is none.
            let end = word.firstIndex(of: "/") ?? word.endIndex
            return withoutUser(word[..<end]) + word[end...]
        }
        let rest = word[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "?" || $0 == "#" } ?? rest.endIndex
        // A password may hold an unescaped `/`, so user info is looked for in all of it.
        return word[..<scheme.upperBound] + withoutUser(rest[..<end])
    }

    private static func withoutUser(_ text: Substring) -> String {
        var start = text.startIndex
        for index in text.indices where text[index] == "@" {
            let after = text[text.index(after: index)...]
            if after.hasPrefix("sha256:") || after.hasPrefix("sha512:") { break }
            start = after.startIndex
        }
        return String(text[start...])
    }
}
