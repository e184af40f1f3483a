// SPDX-License-Identifier: Apache-2.0

/// A replacement text, read once: literal pieces and references to groups.
struct ReplacementTemplate {
    private enum Piece {
        case literal(String)
        /// The groups of one name; the first that took part counts.
        case groups([Int])
    }

    private var pieces: [Piece] = []

    func expanded(for match: Match) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .groups(let numbers):
                for number in numbers {
                    guard let text = match.text(of: number) else { continue }
                    result += text
                    break
                }
            }
        }
        return result
    }

    private mutating func append(_ literal: some StringProtocol) {
        if !literal.isEmpty { pieces.append(.literal(String(literal))) }
    }
}

extension ReplacementTemplate {
    /// Reads a template of Go's. A name is as long as it can be, so `$1W` is the group called `1W`; a group that does
    /// not exist is empty; a `$` that begins no reference stands for itself.
    init(go template: String, _ expression: RegularExpression) {
        var rest = template.unicodeScalars[...]
        while let dollar = rest.firstIndex(of: "$") {
            append(Substring(rest[..<dollar]))
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                append("$")
                rest.removeFirst()
            } else if let (name, behind) = Self.reference(rest) {
                pieces.append(.groups(Self.groups(name, expression)))
                rest = behind
            } else {
                append("$")
            }
        }
        append(Substring(rest))
    }

    private static func reference(
        _ text: Substring.UnicodeScalarView
    ) -> (name: String, behind: Substring.UnicodeScalarView)? {
        let isBraced = text.first == "{"
        let text = isBraced ? text.dropFirst() : text
        let name = text.prefix { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber:
                true
            default: scalar == "_"
            }
        }
        guard !name.isEmpty else { return nil }
        let behind = text[name.endIndex...]
        guard isBraced else { return (String(name), behind) }
        return behind.first == "}" ? (String(name), behind.dropFirst()) : nil
    }

    private static func groups(_ name: String, _ expression: RegularExpression) -> [Int] {
        let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber, name == "0" || !name.hasPrefix("0"), let number = Int(name) { return [number] }
        return expression.groupNames.indices.filter { expression.groupNames[$0] == name }.map { $0 + 1 }
    }

    /// Reads a rewrite text of CEL's.
    init(rewrite: String, _ expression: RegularExpression) throws(RewriteError) {
        var literal = ""
        var isEscaped = false
        for scalar in rewrite.unicodeScalars {
            guard isEscaped else {
                if scalar == "\\" { isEscaped = true } else { literal.unicodeScalars.append(scalar) }
                continue
            }
            isEscaped = false
            if scalar == "\\" {
                literal += "\\"
            } else if let digit = ("0"..."9").contains(scalar) ? Int(scalar.value - 0x30) : nil {
                guard digit <= expression.groupCount else {
                    throw RewriteError(
                        description:
                            "the replacement names group \(digit), but “\(expression.pattern)” has \(expression.groupCount)"
                    )
                }
                append(literal)
                literal = ""
                pieces.append(.groups([digit]))
            } else {
                throw RewriteError(
                    description: "“\\\(scalar)” is no reference to a group; a backslash is written “\\\\”")
            }
        }
        guard !isEscaped else { throw RewriteError(description: "the replacement ends with a single backslash") }
        append(literal)
    }
}
