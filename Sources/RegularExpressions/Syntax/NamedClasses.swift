// SPDX-License-Identifier: Apache-2.0

/// The classes of ASCII that have a name: `\d` and its like, and POSIX's `[:alpha:]`.
enum NamedClasses {
    /// The class of `\d`, `\s`, `\w` and of their capitals, which are the complements.
    static func perl(_ letter: UInt8) -> (set: ScalarSet, isNegated: Bool)? {
        switch letter {
        case UInt8(ascii: "d"): (digit, false)
        case UInt8(ascii: "D"): (digit, true)
        case UInt8(ascii: "s"): (space, false)
        case UInt8(ascii: "S"): (space, true)
        case UInt8(ascii: "w"): (word, false)
        case UInt8(ascii: "W"): (word, true)
        default: nil
        }
    }

    /// The class of a POSIX name without its brackets and colons.
    static func posix(_ name: String) -> ScalarSet? { posixClasses[name] }

    private static let digit = ascii("09")
    // Perl's and Go's `\s` has no vertical tab; POSIX's `[:space:]` has.
    private static let space = ascii("\t\n\u{C}\r  ")
    private static let word = ascii("09AZ__az")

    private static let posixClasses: [String: ScalarSet] = [
        "alnum": ascii("09AZaz"), "alpha": ascii("AZaz"), "ascii": ascii("\0\u{7F}"), "blank": ascii("\t\t  "),
        "cntrl": ascii("\0\u{1F}\u{7F}\u{7F}"), "digit": digit, "graph": ascii("!~"), "lower": ascii("az"),
        "print": ascii(" ~"), "punct": ascii("!/:@[`{~"), "space": ascii("\t\r  "), "upper": ascii("AZ"),
        "word": word, "xdigit": ascii("09AFaf"),
    ]

    /// Ranges written as pairs of characters.
    private static func ascii(_ pairs: String) -> ScalarSet {
        let scalars = pairs.unicodeScalars.map(\.value)
        return ScalarSet(
            stride(from: 0, to: scalars.count, by: 2).map { .init(low: scalars[$0], high: scalars[$0 + 1]) })
    }
}
