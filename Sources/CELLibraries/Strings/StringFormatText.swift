// SPDX-License-Identifier: Apache-2.0

internal import CEL

/// The text of `format`, read once: what stands between the clauses, and the clauses.
struct FormatText: Sendable {
    /// How a clause writes its argument.
    enum Verb: Sendable, Hashable {
        case text, decimal, binary, octal
        case hexadecimal(isUpper: Bool)
        case fixed(precision: Int)
        case scientific(precision: Int)
    }

    enum Part: Sendable {
        case text(String)
        case clause(Verb)
        /// What is no clause. It takes an argument all the same, so that a missing argument is reported first.
        case invalid(String)
    }

    private(set) var parts: [Part] = []
    /// How many arguments are written.
    private(set) var clauses = 0
    /// The bytes of the text between the clauses.
    private(set) var textSize = 0

    /// Reads a text. It never fails: what is wrong with a clause is a part of it.
    init(_ source: String) {
        var rest = Substring(source).utf8
        var literal = ""
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            literal += Substring(rest[..<percent])
            rest = rest[percent...].dropFirst()
            if rest.first == UInt8(ascii: "%") {
                literal += "%"
                rest.removeFirst()
                continue
            }
            append(&literal)
            clauses += 1
            let (part, length) = Self.clause(Substring(rest))
            parts.append(part)
            if case .invalid = part { return }
            rest = rest.dropFirst(length)
        }
        literal += Substring(rest)
        append(&literal)
    }

    private mutating func append(_ literal: inout String) {
        guard !literal.isEmpty else { return }
        textSize += literal.utf8.count
        parts.append(.text(literal))
        literal = ""
    }

    /// The largest precision, as Go's `fmt` has it.
    private static let largestPrecision = 1_000_000

    /// The clause at the start of a text, and its length.
    private static func clause(_ text: Substring) -> (Part, length: Int) {
        func invalid(_ problem: String) -> (Part, length: Int) {
            (.invalid("could not parse formatting clause: \(problem)"), 0)
        }
        var precision = 6
        var bytes = text.utf8
        guard let first = bytes.first else { return (.invalid("unexpected end of string"), 0) }
        if first == UInt8(ascii: ".") {
            let digits = bytes.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            bytes = bytes[digits.endIndex...]
            guard !bytes.isEmpty else {
                return invalid("error while parsing precision: could not find end of precision specifier")
            }
            guard let number = Int(Substring(digits)) else {
                return invalid("error while parsing precision: \"\(Substring(digits))\" is no number")
            }
            guard number <= largestPrecision else {
                return invalid("precision \(number) exceeds maximum allowed precision \(largestPrecision)")
            }
            precision = number
        }
        let length = text.utf8.count - bytes.count + 1
        switch bytes.first {
        case UInt8(ascii: "s"): return (.clause(.text), length)
        case UInt8(ascii: "d"): return (.clause(.decimal), length)
        case UInt8(ascii: "f"): return (.clause(.fixed(precision: precision)), length)
        case UInt8(ascii: "e"): return (.clause(.scientific(precision: precision)), length)
        case UInt8(ascii: "b"): return (.clause(.binary), length)
        case UInt8(ascii: "o"): return (.clause(.octal), length)
        case UInt8(ascii: "x"): return (.clause(.hexadecimal(isUpper: false)), length)
        case UInt8(ascii: "X"): return (.clause(.hexadecimal(isUpper: true)), length)
        default:
            let verb = Substring(bytes).unicodeScalars.first.map(String.init) ?? ""
            return invalid("unrecognized formatting clause \"\(verb)\"")
        }
    }
}
