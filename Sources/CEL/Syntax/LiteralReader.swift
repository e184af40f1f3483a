// SPDX-License-Identifier: Apache-2.0

/// Reads what string and bytes literals stand for; cel-spec, “String and bytes values”.
struct LiteralReader {
    let source: SourceText
    let token: Token
    private var bytes: ArraySlice<UInt8>
    private let isBytes: Bool
    private let isRaw: Bool
    private var result: [UInt8] = []

    init(_ source: SourceText, _ token: Token) {
        (self.source, self.token) = (source, token)
        var index = token.start, raw = false
        while source.bytes[index] != 0x22, source.bytes[index] != 0x27 {
            raw = raw || source.bytes[index] | 0x20 == 0x72
            index += 1
        }
        let quote = source.bytes[index]
        let triple =
            token.end - index >= 6 && source.bytes[index + 1] == quote && source.bytes[index + 2] == quote
        let width = triple ? 3 : 1
        bytes = source.bytes[index + width..<token.end - width]
        isBytes = token.kind == .bytes
        isRaw = raw
    }

    /// The octets of the literal: UTF-8 of a string, or the bytes themselves.
    mutating func read() throws(CompileError) -> [UInt8] {
        guard bytes.contains(where: { $0 == 0x5C || $0 == 0x0D }) else { return Array(bytes) }
        result.reserveCapacity(bytes.count)
        while let byte = bytes.popFirst() {
            switch byte {
            case 0x0D:
                // Line ends of other systems mean the same text.
                if bytes.first == 0x0A { bytes.removeFirst() }
                result.append(0x0A)
            case 0x5C where !isRaw: try escape(at: bytes.startIndex - 1)
            default: result.append(byte)
            }
        }
        return result
    }

    private func error(_ message: String, at offset: Int) -> CompileError {
        CompileError(message, at: offset, in: source)
    }

    private mutating func escape(at start: Int) throws(CompileError) {
        guard let letter = bytes.popFirst() else { throw error("nothing follows the '\\'", at: start) }
        switch letter {
        case UInt8(ascii: "a"): result.append(0x07)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "v"): result.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "?"), UInt8(ascii: "`"):
            result.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"): try append(digits(2, radix: 16, from: start), from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            bytes = source.bytes[bytes.startIndex - 1..<bytes.endIndex]
            try append(digits(3, radix: 8, from: start), from: start)
        case UInt8(ascii: "u") where !isBytes: try append(scalar: digits(4, radix: 16, from: start), from: start)
        case UInt8(ascii: "U") where !isBytes: try append(scalar: digits(8, radix: 16, from: start), from: start)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            throw error("bytes know '\\x' and octal escapes, no code points", at: start)
        default:
            throw error(
                "the escape '\\\(Character(Unicode.Scalar(letter)))' is unknown; write '\\\\' for a backslash",
                at: start)
        }
    }

    private mutating func digits(_ count: Int, radix: UInt32, from start: Int) throws(CompileError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = bytes.popFirst(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue,
                digit < radix, byte < 0x80
            else { throw error("the escape needs \(count) digits of base \(radix)", at: start) }
            value = value &* radix &+ UInt32(digit)
        }
        return value
    }

    /// An octet in bytes, a code point in a string.
    private mutating func append(_ value: UInt32, from start: Int) throws(CompileError) {
        if isBytes { result.append(UInt8(truncatingIfNeeded: value)) } else { try append(scalar: value, from: start) }
    }

    private mutating func append(scalar value: UInt32, from start: Int) throws(CompileError) {
        guard let scalar = Unicode.Scalar(value) else {
            throw error("U+\(String(value, radix: 16, uppercase: true)) is no Unicode code point", at: start)
        }
        result.append(contentsOf: UTF8.encode(scalar)!)
    }
}
