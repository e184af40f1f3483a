// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// Reads what begins with `\` outside of brackets.
    mutating func parseEscape() throws(PatternError) {
        switch peek(1) {
        case UInt8(ascii: "A"): try appendEscaped(.textStart)
        case UInt8(ascii: "z"): try appendEscaped(.textEnd)
        case UInt8(ascii: "b"): try appendEscaped(.wordBoundary)
        case UInt8(ascii: "B"): try appendEscaped(.noWordBoundary)
        case UInt8(ascii: "C"): throw error(.invalidEscape, position..<position + 2)
        case UInt8(ascii: "Q"): try parseQuotation()
        default:
            if let set = try parseClassEscape() {
                try append(set)
            } else {
                try appendLiteral(parseScalarEscape())
            }
        }
    }

    private mutating func appendEscaped(_ assertion: Assertion) throws(PatternError) {
        position += 2
        try append(assertion)
    }

    /// Reads `\Q…\E`; without its end it goes to the end of the pattern.
    private mutating func parseQuotation() throws(PatternError) {
        position += 2
        while position < pattern.count {
            if pattern[position] == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "E") {
                position += 2
                return
            }
            try appendLiteral(nextScalar())
        }
    }

    /// Reads `\d` and its like or `\p{…}`; nil, and nothing read, for what is neither.
    mutating func parseClassEscape() throws(PatternError) -> ScalarSet? {
        guard peek() == UInt8(ascii: "\\"), let letter = peek(1) else { return nil }
        if letter == UInt8(ascii: "p") || letter == UInt8(ascii: "P") { return try parseUnicodeClass() }
        guard let named = NamedClasses.perl(letter) else { return nil }
        position += 2
        return folded(named.set, isNegated: named.isNegated)
    }

    /// A class as the flags want it; what `(?i)` adds is added before the complement is taken.
    func folded(_ set: ScalarSet, isNegated: Bool) -> ScalarSet {
        let set = flags.foldsCase ? CaseFolding.fold(set) : set
        return isNegated ? set.inverted : set
    }

    private mutating func parseUnicodeClass() throws(PatternError) -> ScalarSet {
        let start = position
        var isNegated = pattern[position + 1] == UInt8(ascii: "P")
        position += 2
        var name: Range<Int>
        if peek() == UInt8(ascii: "{") {
            guard let end = pattern[position...].firstIndex(of: UInt8(ascii: "}")) else {
                throw error(.invalidRange, start..<pattern.count)
            }
            name = position + 1..<end
            position = end + 1
        } else {
            let begin = position
            if position < pattern.count { _ = nextScalar() }
            name = begin..<position
        }
        if name.lowerBound < name.upperBound, pattern[name.lowerBound] == UInt8(ascii: "^") {
            isNegated.toggle()
            name = name.lowerBound + 1..<name.upperBound
        }
        guard let set = UnicodeClasses.set(text(name)) else { throw error(.invalidRange, start..<position) }
        return folded(set, isNegated: isNegated)
    }

    /// Reads an escape that stands for one scalar.
    mutating func parseScalarEscape() throws(PatternError) -> UInt32 {
        let start = position
        position += 1
        guard position < pattern.count else { throw error(.trailingBackslash, position..<position) }
        let scalar = nextScalar()
        switch scalar {
        case 0x31...0x37:
            // One digit alone would be a backreference.
            guard let next = peek(), (0x30...0x37).contains(next) else { break }
            return parseOctal(from: scalar - 0x30)
        case 0x30: return parseOctal(from: 0)
        case 0x78: if let value = parseHexadecimal() { return value }
        case 0x61: return 0x07
        case 0x66: return 0x0C
        case 0x6E: return 0x0A
        case 0x72: return 0x0D
        case 0x74: return 0x09
        case 0x76: return 0x0B
        default:
            let isLetter = (0x61...0x7A).contains(scalar | 0x20)
            if scalar < 0x80, !isLetter, !(0x30...0x39).contains(scalar) { return scalar }
        }
        throw error(.invalidEscape, start..<position)
    }

    private mutating func parseOctal(from first: UInt32) -> UInt32 {
        var value = first
        for _ in 1..<3 {
            guard let digit = peek(), (0x30...0x37).contains(digit) else { break }
            value = value * 8 + UInt32(digit - 0x30)
            position += 1
        }
        return value
    }

    /// Reads what follows `\x`; nil when it is no number, with `position` behind the character that spoils it.
    private mutating func parseHexadecimal() -> UInt32? {
        guard position < pattern.count else { return nil }
        let first = nextScalar()
        guard first == 0x7B else {
            guard position < pattern.count else { return nil }
            let second = nextScalar()
            guard let high = Self.hexadecimalValue(first), let low = Self.hexadecimalValue(second) else { return nil }
            return high << 4 | low
        }
        var value: UInt32 = 0
        var digits = 0
        while position < pattern.count {
            let scalar = nextScalar()
            if scalar == 0x7D { return digits > 0 ? value : nil }
            guard let digit = Self.hexadecimalValue(scalar) else { return nil }
            value = value << 4 | digit
            guard value <= ScalarSet.last else { return nil }
            digits += 1
        }
        return nil
    }

    private static func hexadecimalValue(_ scalar: UInt32) -> UInt32? {
        switch scalar {
        case 0x30...0x39: scalar - 0x30
        case 0x41...0x46: scalar - 0x41 + 10
        case 0x61...0x66: scalar - 0x61 + 10
        default: nil
        }
    }
}
