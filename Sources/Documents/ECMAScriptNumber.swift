// SPDX-License-Identifier: Apache-2.0

/// Writes doubles as ECMAScript does, which RFC 8785 section 3.2.2.3 asks for.
enum ECMAScriptNumber {
    /// Number::toString of ECMA-262 section 6.1.6.1.20; nil for what is not finite.
    static func text(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return "0" }
        let (digits, point) = shortestDigits(value.magnitude)
        return (value < 0 ? "-" : "") + layOut(digits, point)
    }

    /// The digits of `0.digits × 10^point`, without zeros at either end.
    ///
    /// Swift prints the shortest digits that read back as the same double, and of those the nearest, which is what
    /// ECMAScript asks for; only the layout differs.
    private static func shortestDigits(_ value: Double) -> (digits: String, point: Int) {
        var digits = "", point = 0, exponent = ""
        var isFraction = false, isExponent = false
        for character in value.description {
            switch character {
            case ".": isFraction = true
            case "e": isExponent = true
            case _ where isExponent: exponent.append(character)
            case "0" where digits.isEmpty: if isFraction { point -= 1 }
            default:
                digits.append(character)
                if !isFraction { point += 1 }
            }
        }
        while digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point + (Int(exponent) ?? 0))
    }

    private static func layOut(_ digits: String, _ point: Int) -> String {
        let count = digits.count
        switch point {
        case count...21: return digits + String(repeating: "0", count: point - count)
        case 1...21: return digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + digits
        default:
            let rest = count > 1 ? "." + digits.dropFirst() : ""
            return "\(digits.prefix(1))\(rest)e\(point > 0 ? "+" : "-")\(abs(point - 1))"
        }
    }
}
