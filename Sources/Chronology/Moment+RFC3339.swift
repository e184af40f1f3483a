// SPDX-License-Identifier: Apache-2.0

extension Moment: CustomStringConvertible {
    /// Parses RFC 3339 strictly, as CEL does: `2026-01-02T03:04:05.678+02:00`; nil for anything else.
    ///
    /// `T` and `Z` are upper-case, an offset up to 23:59 is required, a fraction has one to nine digits after a point,
    /// the date exists, and hours end at 23 and seconds at 59.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func number(_ start: Int, _ count: Int, _ range: ClosedRange<Int>) -> Int? {
            guard start + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[start..<start + count] {
                guard let digit = decimalDigit(byte) else { return nil }
                value = value * 10 + Int(digit)
            }
            return range.contains(value) ? value : nil
        }
        guard bytes.count >= 20, bytes.count <= 35,
            zip([4, 7, 10, 13, 16], "--T::".utf8).allSatisfy({ bytes[$0] == $1 }),
            let year = number(0, 4, 0...9999), let month = number(5, 2, 1...12),
            let day = number(8, 2, 1...CivilDate.days(inMonth: month, of: year)),
            let hour = number(11, 2, 0...23), let minute = number(14, 2, 0...59), let second = number(17, 2, 0...59)
        else { return nil }
        var place = 19
        var fraction: Int32 = 0
        if bytes[place] == UInt8(ascii: ".") {
            let digits = bytes[20...].prefix { decimalDigit($0) != nil }
            guard (1...9).contains(digits.count), let value = number(20, digits.count, 0...999_999_999) else {
                return nil
            }
            fraction = (digits.count..<9).reduce(Int32(value)) { scaled, _ in scaled * 10 }
            place = digits.endIndex
        }
        var offset = 0
        switch place < bytes.count ? bytes[place] : 0 {
        case UInt8(ascii: "Z"):
            guard bytes.count == place + 1 else { return nil }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard bytes.count == place + 6, bytes[place + 3] == UInt8(ascii: ":"),
                let hours = number(place + 1, 2, 0...23), let minutes = number(place + 4, 2, 0...59)
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "-") ? -1 : 1)
        default: return nil
        }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let seconds = days * secondsPerDay + Int64(hour * 3600 + minute * 60 + second - offset * 60)
        self.init(seconds: seconds, nanoseconds: fraction, offsetMinutes: Int16(offset))
    }

    /// RFC 3339 with the offset it was written with, `Z` for none, and no trailing zeros in the fraction.
    public var description: String {
        let civil = civil(offsetSeconds: Int(offsetMinutes) * 60)
        let date = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
        let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        let fraction = fractionText(UInt64(nanoseconds), digits: 9)
        return "\(date)T\(time)\(fraction)\(offsetText)"
    }

    private var offsetText: String {
        guard offsetMinutes != 0 else { return "Z" }
        let minutes = offsetMinutes.magnitude
        return "\(offsetMinutes < 0 ? "-" : "+")\(padded(minutes / 60, 2)):\(padded(minutes % 60, 2))"
    }
}
