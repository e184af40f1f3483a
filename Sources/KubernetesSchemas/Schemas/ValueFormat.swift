// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import KubernetesFormats
internal import RegularExpressions
internal import Web

/// A format that values are checked against. Formats that Kubernetes does not know mean nothing.
struct ValueFormat: Sendable {
    /// The format as the schema spells it; errors name it so.
    let name: String
    private let check: (@Sendable (String) -> Bool)?

    /// Whether texts are checked, and not numbers.
    var isOfTexts: Bool { check != nil }

    /// - Parameter type: what the schema says of the type; empty for nothing, and for an integer or a string.
    init?(_ name: String, type: String) {
        guard !name.isEmpty else { return nil }
        self.name = name
        switch type {
        case "", "string":
            guard let check = Self.checks[name.filter { $0 != "-" }] else { return nil }
            self.check = check
        case "integer" where name == "int32" || name == "int64": check = nil
        case "number" where name == "float" || name == "double": check = nil
        default: return nil
        }
    }

    /// Whether a text is of the format; formats of numbers fit any.
    func admits(_ text: String) -> Bool { check?(text) ?? true }

    /// By their names without dashes: what Kubernetes 1.34 knows.
    private static let checks: [String: @Sendable (String) -> Bool] = [
        "bsonobjectid": { $0.utf8.count == 24 && $0.utf8.allSatisfy(isHexDigit) },
        "uri": { NamedFormat.uri.validate($0).isEmpty },
        "email": { MailAddress.isOne($0) },
        "hostname": { isHostname($0) },
        "ipv4": { $0.utf8.contains(UInt8(ascii: ".")) && IPAddress(withoutLeadingZeros($0)) != nil },
        "ipv6": { $0.utf8.contains(UInt8(ascii: ":")) && IPAddress($0) != nil },
        "cidr": { IPPrefix(withoutLeadingZeros($0)) != nil },
        "mac": { isHardwareAddress($0) },
        "uuid": { NamedFormat.uuid.validate($0).isEmpty },
        "uuid3": { uuid3.matches($0) }, "uuid4": { uuid4.matches($0) }, "uuid5": { uuid5.matches($0) },
        "isbn": { isISBN10($0) || isISBN13($0) }, "isbn10": { isISBN10($0) }, "isbn13": { isISBN13($0) },
        "creditcard": { isCreditCard($0) },
        "ssn": { $0.utf8.count == 11 && socialSecurity.matches($0) },
        "hexcolor": { hexColor.matches($0) }, "rgbcolor": { rgbColor.matches($0) },
        "byte": { NamedFormat.byte.validate($0).isEmpty },
        "password": { _ in true },
        "date": { NamedFormat.date.validate($0).isEmpty },
        "datetime": { NamedFormat.datetime.validate($0).isEmpty },
        "duration": { isDuration($0) },
        "k8sshortname": { NamedFormat.dns1123Label.validate($0).isEmpty },
        "k8slongname": { NamedFormat.dns1123Subdomain.validate($0).isEmpty },
    ]
}

/// A pattern of this file; each is compiled once, and by the tests.
private func pattern(_ text: String) -> RegularExpression {
    do { return try RegularExpression(text) } catch { preconditionFailure("\(text): \(error)") }
}

private let uuid3 = pattern("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?3[0-9a-f]{3}-?[0-9a-f]{4}-?[0-9a-f]{12}$")
private let uuid4 = pattern("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
private let uuid5 = pattern("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?5[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}$")
private let socialSecurity = pattern(#"^\d{3}[- ]?\d{2}[- ]?\d{4}$"#)
private let hexColor = pattern("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")
private let colorPart = #"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*"#
private let rgbColor = pattern("^rgb\\(\(colorPart),\(colorPart),\(colorPart)\\)$")
private let cardNumber = pattern(
    #"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}"#
        + #"|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$"#)
/// Labels of letters, digits and symbols with dashes inside; the last of several is of letters.
private let hostname = pattern(
    #"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)"#
        + #"|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$"#
)

private func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte | 0x20) }
private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isHostname(_ text: String) -> Bool {
    guard text.utf8.count <= 255, hostname.matches(text) else { return false }
    return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { $0.count <= 63 }
}

/// Decimal parts of an IPv4 address may start with zeros, as in Go before 1.17.
private func withoutLeadingZeros(_ text: String) -> String {
    guard text.utf8.count <= 64, !text.utf8.contains(UInt8(ascii: ":")) else { return text }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { part in
        let rest = part.drop { $0 == "0" }
        return rest.isEmpty || rest.first == "/" ? String(part.suffix(rest.isEmpty ? 1 : rest.count + 1)) : String(rest)
    }
    return parts.joined(separator: ".")
}

/// 6, 8 or 20 octets with colons or dashes between them, or pairs of them with dots.
private func isHardwareAddress(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 14, bytes.count <= 59 else { return false }
    let byDots = bytes[4] == UInt8(ascii: ".")
    let separator = byDots ? bytes[4] : bytes[2]
    guard byDots || separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") else { return false }
    let groups = bytes.split(separator: separator, omittingEmptySubsequences: false)
    let size = byDots ? 4 : 2
    return [6, 8, 20].contains(groups.count * size / 2)
        && groups.allSatisfy { $0.count == size && $0.allSatisfy(isHexDigit) }
}

private func isbnDigits(_ text: String) -> [UInt8] {
    text.unicodeScalars.filter { $0 != "-" && !$0.properties.isWhitespace }.flatMap {
        Array(UTF8.encode($0) ?? .init())
    }
}

private func isISBN10(_ text: String) -> Bool {
    let digits = isbnDigits(text)
    guard digits.count == 10, digits.dropLast().allSatisfy(isDigit) else { return false }
    let last = digits[9] == UInt8(ascii: "X") ? 10 : isDigit(digits[9]) ? Int(digits[9] - 0x30) : -1
    let sum = (0..<9).reduce(0) { $0 + ($1 + 1) * Int(digits[$1] - 0x30) } + 10 * last
    return last >= 0 && sum % 11 == 0
}

private func isISBN13(_ text: String) -> Bool {
    let digits = isbnDigits(text)
    guard digits.count == 13, digits.allSatisfy(isDigit) else { return false }
    let sum = (0..<12).reduce(0) { $0 + ($1 % 2 == 0 ? 1 : 3) * Int(digits[$1] - 0x30) }
    return Int(digits[12] - 0x30) == (10 - sum % 10) % 10
}

private func isCreditCard(_ text: String) -> Bool {
    let digits = text.utf8.filter(isDigit)
    guard cardNumber.matches(String(decoding: digits, as: UTF8.self)) else { return false }
    let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        let value = Int(digit.element - 0x30) * (digit.offset % 2 == 0 ? 1 : 2)
        return sum + value / 10 + value % 10
    }
    return sum % 10 == 0
}

/// What Go's `ParseDuration` reads, or numbers with the words of Scala somewhere in the text: `2 days`, `3 wk`.
private func isDuration(_ text: String) -> Bool {
    if TimeSpan(go: text) != nil { return true }
    var rest = Array(text.utf8)[...], hasUnit = false
    while !rest.isEmpty {
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else {
            rest.removeFirst()
            continue
        }
        rest = rest.dropFirst(digits.count)
        let behind = rest.drop { [0x20, 0x09, 0x0A, 0x0C, 0x0D].contains($0) }
        let word = behind.prefix { (0x61...0x7A).contains($0 | 0x20) || $0 == 0xC2 || $0 == 0xB5 }
        guard !word.isEmpty else { continue }
        // Go reads the number into 64 bits and fails as a whole when it does not fit.
        guard Int64(String(decoding: digits, as: UTF8.self)) != nil else { return false }
        let unit = String(decoding: word, as: UTF8.self).lowercased()
        hasUnit = hasUnit || units.contains(unit) || unitStarts.contains { unit.hasPrefix($0) }
        rest = behind.dropFirst(word.count)
    }
    return hasUnit
}

private let units: Set<String> = ["ns", "us", "µs", "ms", "s", "m", "h", "hr", "d", "w", "wk"]
private let unitStarts = ["nano", "micro", "milli", "sec", "min", "hour", "day", "week"]
