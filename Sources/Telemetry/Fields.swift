// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// Named values in their order, every name once: what a line of a log or a span says besides its message.
///
/// Names are words of the program, not of a client. Characters other than ASCII letters, digits, `.`, `-` and `_` become
/// `_`, and more than 64 are cut. A value whose name says that it is a secret is replaced by `(hidden)`: the last line of
/// defence, behind never handing one over.
public struct Fields: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One field.
    public typealias Element = (name: String, value: FieldValue)
    private var items: [Element] = []

    /// No fields.
    public init() {}
    /// These fields; of those with one name, the last.
    public init(dictionaryLiteral elements: (String, FieldValue)...) {
        for (name, value) in elements { self[name] = value }
    }

    /// How many fields there are.
    public var count: Int { items.count }

    /// A field's value. Setting replaces in place or appends; nil removes.
    public subscript(name: String) -> FieldValue? {
        get {
            let name = FieldName.cleaned(name)
            return items.first { $0.name == name }?.value
        }
        set {
            let name = FieldName.cleaned(name)
            let index = items.firstIndex { $0.name == name }
            guard let newValue else {
                if let index { items.remove(at: index) }
                return
            }
            let kept = FieldName.isSecret(name) ? .string(FieldName.hidden) : newValue
            if let index { items[index].value = kept } else { items.append((name, kept)) }
        }
    }

    /// These fields and others, which replace those of the same name.
    public func merging(_ others: Fields) -> Fields {
        guard !items.isEmpty else { return others }
        var merged = self
        for item in others.items {
            // Names and secrets of both were looked at already.
            if let index = items.firstIndex(where: { $0.name == item.name }) {
                merged.items[index] = item
            } else {
                merged.items.append(item)
            }
        }
        return merged
    }

    /// Reads the fields in order.
    public func makeIterator() -> IndexingIterator<[Element]> { items.makeIterator() }
}

/// The rules for names of fields.
enum FieldName {
    /// What stands in place of a secret.
    static let hidden = "(hidden)"

    /// The name with what it must not hold replaced, so that no name ends a field or a line.
    static func cleaned(_ name: String) -> String {
        if (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isAllowed) { return name }
        let bytes = name.utf8.prefix(64).map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
            || byte == 0x5F
    }

    private static let secretWords: [[UInt8]] =
        (HTTPHeaders.secretNames + [
            "password", "passwd", "passphrase", "secret", "token", "credential", "apikey", "privatekey", "accesskey",
            "signingkey", "authheader",
        ]).map { $0.utf8.compactMap(letter) }
    /// The first letters of the words, as bits: most letters begin none.
    private static let firstLetters = secretWords.reduce(UInt32(0)) { $0 | 1 << UInt32($1[0] & 31) }

    /// Whether a name says that its value is a secret, however it is spelt: `API-Key`, `api_key` and `apiKey` are one name.
    static func isSecret(_ name: String) -> Bool {
        let bytes = name.utf8.span
        for start in bytes.indices {
            guard let first = letter(bytes[start]), firstLetters >> UInt32(first & 31) & 1 == 1 else { continue }
            if secretWords.contains(where: { $0[0] == first && isWord($0, in: bytes, from: start) }) { return true }
        }
        return false
    }

    /// Whether a word starts at an offset, with what is no letter between its letters or not.
    private static func isWord(_ word: [UInt8], in bytes: Span<UInt8>, from start: Int) -> Bool {
        var (offset, matched) = (start, 0)
        while offset < bytes.count, matched < word.count {
            if let letter = letter(bytes[offset]) {
                guard letter == word[matched] else { return false }
                matched += 1
            }
            offset += 1
        }
        return matched == word.count
    }

    /// A letter in lower case; nil for anything else.
    private static func letter(_ byte: UInt8) -> UInt8? { (0x61...0x7A).contains(byte | 0x20) ? byte | 0x20 : nil }
}
