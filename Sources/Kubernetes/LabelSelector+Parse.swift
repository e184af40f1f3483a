// SPDX-License-Identifier: Apache-2.0

public import Basics

extension LabelSelector {
    /// How long a selector may be, in bytes.
    public static let longestText = 64 * 1024

    /// Reads what stands in requests and behind `-l`: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Throws `.invalid` for
    /// anything else, and `.limitExceeded` for more than 64 KiB.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.longestText else {
            throw Fault(.limitExceeded, "the label selector has \(text.utf8.count) bytes")
        }
        var reader = SelectorReader(text)
        self.init(try reader.requirements())
    }
}

/// Words and signs of a selector, one after another.
private struct SelectorReader {
    private let text: String
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) { (self.text, bytes) = (text, Array(text.utf8)) }

    enum Token: Equatable {
        case word(String)
        case sign(String)
        case end
    }

    mutating func requirements() throws(Fault) -> [LabelSelector.Requirement] {
        var all: [LabelSelector.Requirement] = []
        guard peek() != .end else { return all }
        while true {
            all.append(try requirement())
            switch next() {
            case .end: return all
            case .sign(","):
                if peek() == .end { throw unexpected(.end, "a key") }
            case let token: throw unexpected(token, "“,” or the end")
            }
        }
    }

    private mutating func requirement() throws(Fault) -> LabelSelector.Requirement {
        let first = next()
        if first == .sign("!") {
            guard case .word(let key) = next() else { throw unexpected(first, "a key behind “!”") }
            return try LabelSelector.Requirement(key, .isMissing)
        }
        guard case .word(let key) = first else { throw unexpected(first, "a key") }
        switch peek() {
        case .end, .sign(","): return try LabelSelector.Requirement(key, .exists)
        case .sign("="), .sign("=="):
            _ = next()
            return try LabelSelector.Requirement(key, .isIn, [value()])
        case .sign("!="):
            _ = next()
            return try LabelSelector.Requirement(key, .isNotIn, [value()])
        case .word("in"):
            _ = next()
            return try LabelSelector.Requirement(key, .isIn, values())
        case .word("notin"):
            _ = next()
            return try LabelSelector.Requirement(key, .isNotIn, values())
        case let token: throw unexpected(token, "=, !=, in or notin")
        }
    }

    /// A single value, which may be empty.
    private mutating func value() -> String {
        guard case .word(let value) = peek() else { return "" }
        _ = next()
        return value
    }

    private mutating func values() throws(Fault) -> [String] {
        let opening = next()
        guard opening == .sign("(") else { throw unexpected(opening, "“(”") }
        var values = [value()]
        while true {
            switch next() {
            case .sign(")"): return values
            case .sign(","): values.append(value())
            case let token: throw unexpected(token, "“,” or “)”")
            }
        }
    }

    private func unexpected(_ token: Token, _ expected: String) -> Fault {
        let found =
            switch token {
            case .word(let word): "“\(word.prefix(100))”"
            case .sign(let sign): "“\(sign)”"
            case .end: "the end"
            }
        return Fault(.invalid, "the label selector “\(text.prefix(200))” has \(found) where \(expected) is expected")
    }

    private func peek() -> Token {
        var copy = self
        return copy.next()
    }

    private mutating func next() -> Token {
        while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 || bytes[place] == 0x0A {
            place += 1
        }
        guard place < bytes.count else { return .end }
        let start = place
        while place < bytes.count, !Self.isSign(bytes[place]), bytes[place] > 0x20 { place += 1 }
        guard place == start else { return .word(String(decoding: bytes[start..<place], as: UTF8.self)) }
        place += 1
        if place < bytes.count, bytes[place] == UInt8(ascii: "="),
            bytes[start] == UInt8(ascii: "=") || bytes[start] == UInt8(ascii: "!")
        {
            place += 1
        }
        return .sign(String(decoding: bytes[start..<place], as: UTF8.self))
    }

    private static func isSign(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: false
        }
    }
}
