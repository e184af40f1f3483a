// SPDX-License-Identifier: Apache-2.0

extension Double {
    /// Parses a number as Go's `strconv.ParseFloat` accepts it; nil for anything else and when it is too large.
    ///
    /// Decimal with an optional exponent, hexadecimal with a required one (`0x1.8p-2`), `inf` and `infinity` with an
    /// optional sign and `nan` without, in any case. No blanks, no underscores. What is too small becomes zero.
    public init?(go text: String) {
        let bytes = Array(text.utf8)
        let isSigned = bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-")
        let isNegative = bytes.first == UInt8(ascii: "-")
        switch bytes.dropFirst(isSigned ? 1 : 0).map({ $0 | 0x20 }) {
        case Array("inf".utf8), Array("infinity".utf8): self = isNegative ? -.infinity : .infinity
        case Array("nan".utf8) where !isSigned: self = .nan
        default:
            // The standard library rounds correctly but knows more forms than Go, so the form is checked here.
            guard isNumber(bytes.dropFirst(isSigned ? 1 : 0)), let value = Double(text), value.isFinite else {
                return nil
            }
            self = value
        }
    }
}

/// Whether text after the sign is a decimal or a hexadecimal number.
private func isNumber(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    let isHexadecimal = rest.count > 2 && rest.first == 0x30 && rest[rest.startIndex + 1] | 0x20 == 0x78
    if isHexadecimal { rest = rest.dropFirst(2) }
    func takeDigits(hexadecimal: Bool) -> Int {
        let digits = rest.prefix {
            (0x30...0x39).contains($0) || hexadecimal && (0x61...0x66).contains($0 | 0x20)
        }
        rest = rest.dropFirst(digits.count)
        return digits.count
    }
    var count = takeDigits(hexadecimal: isHexadecimal)
    if rest.first == UInt8(ascii: ".") {
        rest = rest.dropFirst()
        count += takeDigits(hexadecimal: isHexadecimal)
    }
    guard count > 0 else { return false }
    guard let mark = rest.first else { return !isHexadecimal }
    guard mark | 0x20 == (isHexadecimal ? UInt8(ascii: "p") : UInt8(ascii: "e")) else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    return takeDigits(hexadecimal: false) > 0 && rest.isEmpty
}
