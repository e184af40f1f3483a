// SPDX-License-Identifier: Apache-2.0

extension YearlyRule {
    /// Parses a POSIX `TZ` text with the extensions of TZif version 3, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
    init?(posix text: [UInt8]) {
        guard text.count <= 128 else { return nil }
        var reader = RuleReader(rest: text[...])
        guard reader.name(), let west = reader.clock(upToHours: 24) else { return nil }
        standard = -west
        guard !reader.rest.isEmpty else {
            summer = nil
            return
        }
        guard reader.name() else { return nil }
        var summerOffset = standard + 3600
        if let next = reader.rest.first, next != UInt8(ascii: ",") {
            guard let west = reader.clock(upToHours: 24) else { return nil }
            summerOffset = -west
        }
        guard reader.literal(","), let start = reader.date(), reader.literal(","), let end = reader.date(),
            reader.rest.isEmpty
        else { return nil }
        summer = Summer(offset: summerOffset, start: start, end: end)
    }
}

/// Takes the parts of a rule off the front of its text.
private struct RuleReader {
    var rest: ArraySlice<UInt8>

    mutating func literal(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// An abbreviation: three or more letters, or anything between `<` and `>`.
    mutating func name() -> Bool {
        if literal("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")), end > rest.startIndex else { return false }
            rest = rest[(end + 1)...]
            return true
        }
        let letters = rest.prefix { (0x61...0x7A).contains($0 | 0x20) }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(4).prefix { decimalDigit($0) != nil }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return range.contains(value) ? value : nil
    }

    /// `[+-]h[h][:mm[:ss]]` as seconds.
    mutating func clock(upToHours limit: Int) -> Int? {
        let isNegative = literal("-")
        if !isNegative { _ = literal("+") }
        guard var seconds = number(0...limit).map({ $0 * 3600 }) else { return nil }
        for unit in [60, 1] where literal(":") {
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// A day and, after `/`, a time other than two o'clock.
    mutating func date() -> YearlyDate? {
        let day: YearlyDate.Day
        if literal("J") {
            guard let number = number(1...365) else { return nil }
            day = .ofCommonYear(number)
        } else if literal("M") {
            guard let month = number(1...12), literal("."), let week = number(1...5), literal("."),
                let weekday = number(0...6)
            else { return nil }
            day = .ofMonth(month, week: week, weekday: weekday)
        } else {
            guard let number = number(0...365) else { return nil }
            day = .ofYear(number)
        }
        guard literal("/") else { return YearlyDate(day: day, time: 2 * 3600) }
        return clock(upToHours: 167).map { YearlyDate(day: day, time: $0) }
    }
}
