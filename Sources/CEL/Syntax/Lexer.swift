// SPDX-License-Identifier: Apache-2.0

/// Cuts an expression into tokens; cel-spec, “Lexical analysis”.
struct Lexer {
    let source: SourceText
    private let bytes: [UInt8]
    private var at = 0

    init(_ source: SourceText) {
        self.source = source
        bytes = source.bytes
    }

    private func byte(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    func error(_ message: String, at offset: Int) -> CompileError { CompileError(message, at: offset, in: source) }

    /// The next token; after the last, `end` for ever.
    mutating func next() throws(CompileError) -> Token {
        skipBlanks()
        guard at < bytes.count else { return Token(.end, bytes.count, bytes.count) }
        let start = at, first = bytes[at]
        switch first {
        case _ where first.isNameStart:
            if let literal = try prefixedLiteral() { return literal }
            while byte(at).isNamePart { at += 1 }
            let word = String(decoding: bytes[start..<at], as: UTF8.self)
            return Token(Words.kind(of: word), start, at)
        case _ where first.isDigit: return try number()
        case 0x2E where byte(at + 1).isDigit: return try number()
        case 0x22, 0x27: return try string(.string, from: start, raw: false)
        case 0x60: return try quotedIdentifier()
        default: return try punctuation()
        }
    }

    private mutating func skipBlanks() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x09, 0x0A, 0x0C, 0x0D, 0x20: at += 1
            case 0x2F where byte(at + 1) == 0x2F:
                while at < bytes.count, bytes[at] != 0x0A { at += 1 }
            default: return
            }
        }
    }

    private mutating func punctuation() throws(CompileError) -> Token {
        let start = at, second = byte(at + 1)
        func one(_ kind: Token.Kind) -> Token { Token(kind, start, start + 1) }
        func two(_ kind: Token.Kind) -> Token { Token(kind, start, start + 2) }
        let token: Token? =
            switch bytes[at] {
            case UInt8(ascii: "="): second == UInt8(ascii: "=") ? two(.equal) : nil
            case UInt8(ascii: "!"): second == UInt8(ascii: "=") ? two(.notEqual) : one(.not)
            case UInt8(ascii: "<"): second == UInt8(ascii: "=") ? two(.lessOrEqual) : one(.less)
            case UInt8(ascii: ">"): second == UInt8(ascii: "=") ? two(.greaterOrEqual) : one(.greater)
            case UInt8(ascii: "&"): second == UInt8(ascii: "&") ? two(.and) : nil
            case UInt8(ascii: "|"): second == UInt8(ascii: "|") ? two(.or) : nil
            case UInt8(ascii: "+"): one(.plus)
            case UInt8(ascii: "-"): one(.minus)
            case UInt8(ascii: "*"): one(.star)
            case UInt8(ascii: "/"): one(.slash)
            case UInt8(ascii: "%"): one(.percent)
            case UInt8(ascii: "?"): one(.question)
            case UInt8(ascii: ":"): one(.colon)
            case UInt8(ascii: "."): one(.dot)
            case UInt8(ascii: ","): one(.comma)
            case UInt8(ascii: "["): one(.openBracket)
            case UInt8(ascii: "]"): one(.closeBracket)
            case UInt8(ascii: "{"): one(.openBrace)
            case UInt8(ascii: "}"): one(.closeBrace)
            case UInt8(ascii: "("): one(.openParenthesis)
            case UInt8(ascii: ")"): one(.closeParenthesis)
            default: nil
            }
        guard let token else {
            let character = String(decoding: bytes[at...].prefix(8), as: UTF8.self).unicodeScalars.first ?? " "
            throw error("the character '\(character)' is not part of the language", at: at)
        }
        at = token.end
        return token
    }

    private mutating func quotedIdentifier() throws(CompileError) -> Token {
        let start = at
        at += 1
        while byte(at).isNamePart || [0x2E, 0x2D, 0x2F, 0x20].contains(byte(at)) { at += 1 }
        guard byte(at) == 0x60, at > start + 1 else {
            throw error(
                "a quoted name holds letters, digits, '_', '.', '-', '/' and spaces, and ends with '`'", at: start)
        }
        at += 1
        return Token(.quotedIdentifier, start, at)
    }

    private mutating func number() throws(CompileError) -> Token {
        let start = at
        if byte(at) == 0x30, byte(at + 1) == 0x78 {
            at += 2
            let digits = at
            while byte(at).isHexDigit { at += 1 }
            guard at > digits else { throw error("hexadecimal digits follow '0x'", at: start) }
            return endOfNumber(.int, from: start)
        }
        var kind = Token.Kind.int
        while byte(at).isDigit { at += 1 }
        if byte(at) == 0x2E, byte(at + 1).isDigit {
            kind = .double
            at += 1
            while byte(at).isDigit { at += 1 }
        }
        if byte(at) | 0x20 == 0x65 {
            let sign = byte(at + 1) == 0x2B || byte(at + 1) == 0x2D ? 1 : 0
            if byte(at + 1 + sign).isDigit {
                kind = .double
                at += 1 + sign
                while byte(at).isDigit { at += 1 }
            }
        }
        return endOfNumber(kind, from: start)
    }

    private mutating func endOfNumber(_ kind: Token.Kind, from start: Int) -> Token {
        guard kind == .int, byte(at) | 0x20 == 0x75 else { return Token(kind, start, at) }
        at += 1
        return Token(.uint, start, at)
    }

    /// `r"…"`, `b'…'`, `br"""…"""`: a name that turns out to be the beginning of a literal.
    private mutating func prefixedLiteral() throws(CompileError) -> Token? {
        let start = at
        var index = at, kind = Token.Kind.string, raw = false
        if byte(index) | 0x20 == 0x62 { (kind, index) = (.bytes, index + 1) }
        if byte(index) | 0x20 == 0x72 { (raw, index) = (true, index + 1) }
        guard index > at, byte(index) == 0x22 || byte(index) == 0x27 else { return nil }
        at = index
        return try string(kind, from: start, raw: raw)
    }

    /// Finds the end of a literal whose quote is at `at`; what it holds is read by `unescape`.
    private mutating func string(_ kind: Token.Kind, from start: Int, raw: Bool) throws(CompileError) -> Token {
        let quote = byte(at)
        let triple = byte(at + 1) == quote && byte(at + 2) == quote
        at += triple ? 3 : 1
        while at < bytes.count {
            switch bytes[at] {
            case quote where !triple:
                at += 1
                return Token(kind, start, at)
            case quote where byte(at + 1) == quote && byte(at + 2) == quote:
                at += 3
                return Token(kind, start, at)
            case 0x5C where !raw: at += 2
            case 0x0A where !triple, 0x0D where !triple:
                throw error("the string is not closed on its line", at: start)
            default: at += 1
            }
        }
        throw error("the string is not closed", at: start)
    }
}

extension UInt8 {
    var isDigit: Bool { self &- 0x30 < 10 }
    var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
    var isNameStart: Bool { (self | 0x20) &- 0x61 < 26 || self == 0x5F }
    var isNamePart: Bool { isNameStart || isDigit }
}
