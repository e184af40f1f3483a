// SPDX-License-Identifier: Apache-2.0

/// Whether a text is a UUID; each of its dashes may be missing, as in the pattern of kube-openapi.
func isUUID(_ text: [UInt8]) -> Bool {
    var rest = text[...]
    for (index, length) in [8, 4, 4, 4, 12].enumerated() {
        if index > 0 && rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let group = rest.prefix(length)
        guard group.count == length, group.allSatisfy({ isDigit($0) || (0x61...0x66).contains($0 | 0x20) }) else {
            return false
        }
        rest = rest.dropFirst(length)
    }
    return rest.isEmpty
}

/// Whether a text is base64 with padding and not empty; bits behind the last byte do not matter.
func isBase64(_ text: [UInt8]) -> Bool {
    let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    return !text.isEmpty && text.count % 4 == 0
        && text.dropLast(padding).allSatisfy {
            isDigit($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
        }
}

/// Whether a text is a date `YYYY-MM-DD` that exists; the year 0000 is one, as in Go.
func isDate(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.map(\.count) == [4, 2, 2], parts.joined().allSatisfy(isDigit) else { return false }
    let numbers = parts.map { $0.reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    let (year, month, day) = (numbers[0], numbers[1], numbers[2])
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...12).contains(month) && (1...lengths[month - 1]).contains(day)
}

/// Whether a text is a date, `T`, a time and an offset, as kube-openapi checks it: the offset may be any four digits.
func isDateTime(_ text: ArraySlice<UInt8>) -> Bool {
    guard let mark = text.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "t") }), isDate(text[..<mark]) else {
        return false
    }
    var rest = text[mark...].dropFirst()
    for (index, highest) in [23, 59, 59].enumerated() {
        if index > 0 {
            guard rest.first == UInt8(ascii: ":") else { return false }
            rest = rest.dropFirst()
        }
        let digits = rest.prefix(2)
        guard digits.count == 2, digits.allSatisfy(isDigit),
            digits.reduce(0, { $0 * 10 + Int($1 - 0x30) }) <= highest
        else { return false }
        rest = rest.dropFirst(2)
    }
    if rest.first == UInt8(ascii: ".") {
        let fraction = rest.dropFirst().prefix(while: isDigit)
        guard !fraction.isEmpty else { return false }
        rest = rest.dropFirst(1 + fraction.count)
    }
    if rest.count == 1, let zone = rest.first { return zone | 0x20 == UInt8(ascii: "z") }
    let offset = Array(rest)
    return offset.count == 6 && (offset[0] == UInt8(ascii: "+") || offset[0] == UInt8(ascii: "-"))
        && offset[3] == UInt8(ascii: ":") && [1, 2, 4, 5].allSatisfy { isDigit(offset[$0]) }
}
