// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension JSONParser {
    /// Reads a string, whose first quote stands at `offset`. The bytes are known to be valid UTF-8.
    mutating func string(_ bytes: Span<UInt8>) throws(Fault) -> String {
        let opening = offset
        var run = opening + 1
        var end = run
        var seen: UInt8 = 0
        var buffer: [UInt8] = []
        while end < bytes.count {
            let byte = bytes[end]
            if byte == UInt8(ascii: "\"") {
                offset = end + 1
                // Most strings have no escapes: their bytes are copied once.
                if buffer.isEmpty && run == opening + 1 {
                    return Self.text(bytes.extracting(run..<end), isASCII: seen < 0x80)
                }
                Self.append(bytes.extracting(run..<end), to: &buffer)
                return Self.text(buffer.span, isASCII: false)
            } else if byte == UInt8(ascii: "\\") {
                Self.append(bytes.extracting(run..<end), to: &buffer)
                offset = end
                try unescape(into: &buffer, bytes)
                (run, end) = (offset, offset)
            } else if byte < 0x20 {
                throw error(
                    "a control character stands in a string", at: end, bytes,
                    fix: "write it as an escape, such as \\n or \\t")
            } else {
                seen |= byte
                end += 1
            }
        }
        throw error("the string does not end", at: opening, bytes, fix: "close it with a double quote")
    }

    /// A string of bytes that the whole text's check has found to be UTF-8, cut at ASCII characters.
    static func text(_ bytes: Span<UInt8>, isASCII: Bool) -> String {
        String(copying: unsafe UTF8Span(unchecked: bytes, isKnownASCII: isASCII))
    }

    private static func append(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        for index in bytes.indices { buffer.append(bytes[index]) }
    }

    /// Reads one escape, whose backslash stands at `offset`.
    private mutating func unescape(into buffer: inout [UInt8], _ bytes: Span<UInt8>) throws(Fault) {
        let start = offset
        offset += 2
        switch start + 1 < bytes.count ? bytes[start + 1] : 0 {
        case UInt8(ascii: "\""): buffer.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): buffer.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): buffer.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexDigits(bytes, escape: start)
            if (0xD800..<0xDC00).contains(code), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            {
                offset += 2
                let low = try hexDigits(bytes, escape: start)
                // Two high surrogates in a row stay one, which the next guard refuses.
                if (0xDC00..<0xE000).contains(low) { code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00) }
            }
            guard let scalar = Unicode.Scalar(code) else {
                throw error(
                    "the escape names half a character (an unpaired surrogate)", at: start, bytes,
                    fix: "write both halves, or the character itself")
            }
            buffer.append(contentsOf: String(scalar).utf8)
        default:
            throw error(
                "the escape is unknown", at: start, bytes, fix: "write a backslash as \\\\")
        }
    }

    private mutating func hexDigits(_ bytes: Span<UInt8>, escape: Int) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch offset < bytes.count ? bytes[offset] : 0 {
            case let byte where byte &- 0x30 < 10: digit = byte - 0x30
            case let byte where byte | 0x20 &- 0x61 < 6: digit = (byte | 0x20) - 0x61 + 10
            default: throw error("\\u needs four hexadecimal digits", at: escape, bytes)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
