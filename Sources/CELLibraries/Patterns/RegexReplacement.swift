// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import RegularExpressions

extension RegexFunctions {
    /// `regex.replace(text, pattern, replacement)` and with the most replacements; a negative number is none.
    static let replace = Function(
        "regex.replace",
        .function(
            "regex_replace_string_string_string", [.string, .string, .string], .string,
            .variadic { arguments, budget throws(EvaluationError) in try replaced(arguments, nil, -1, &budget) }
        ).specialized { constants, budget throws(EvaluationError) in
            guard case .string(let source) = constants[1] else { return nil }
            let pattern = try constant(source, &budget)
            return .variadic { arguments, budget throws(EvaluationError) in
                try replaced(arguments, pattern, -1, &budget)
            }
        },
        .function(
            "regex_replace_string_string_string_int", [.string, .string, .string, .int], .string,
            .variadic { arguments, budget throws(EvaluationError) in
                try replaced(arguments, nil, arguments[3].expectInt(by: "regex.replace"), &budget)
            }))

    private static func replaced(
        _ arguments: [Value], _ known: RegularExpression?, _ limit: Int64, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        let text = try arguments[0].expectString(by: "regex.replace")
        let source = try arguments[1].expectString(by: "regex.replace")
        let replacement = try arguments[2].expectString(by: "regex.replace")
        if limit == 0 { return arguments[0] }
        let pattern = if let known { known } else { try compiled(source, &budget) }
        try budget.search(text, for: pattern)
        let matches = try matches(of: pattern, in: text, limit: limit < 0 ? -1 : Int(limit), &budget)
        // What is wrong with a replacement shows only when there is something to replace.
        guard !matches.isEmpty else { return arguments[0] }
        try budget.read(bytes: replacement.utf8.count)
        let parts = try RegexReplacement(replacement, groups: pattern.groupCount).parts
        var result = ""
        var copied = 0
        func copy(_ range: Range<Int>) throws(EvaluationError) {
            try budget.allocate(bytes: range.count)
            result += text.slice(bytes: range)
        }
        for match in matches {
            try copy(copied..<match.range.lowerBound)
            for part in parts {
                switch part {
                case .text(let text):
                    try budget.allocate(bytes: text.utf8.count)
                    result += text
                case .group(let number):
                    if let range = match.range(of: number) { try copy(range) }
                }
            }
            copied = match.range.upperBound
        }
        try copy(copied..<text.utf8.count)
        return .string(result)
    }
}

/// What is put in the place of a match: text, in which `\1` to `\9` stand for groups, `\0` for the whole match and `\\`
/// for a backslash.
private struct RegexReplacement {
    enum Part {
        case text(String)
        case group(Int)
    }

    private(set) var parts: [Part] = []

    /// Reads a replacement.
    ///
    /// - Throws: when a backslash stands before anything else, or a group does not exist.
    init(_ source: String, groups: Int) throws(EvaluationError) {
        var text = ""
        var isEscaped = false
        func invalid(_ problem: String) -> EvaluationError {
            .invalid("invalid replacement string: '\(String(source.unicodeScalars.prefix(60)))' \\ \(problem)")
        }
        for scalar in source.unicodeScalars {
            guard isEscaped else {
                if scalar == "\\" { isEscaped = true } else { text.unicodeScalars.append(scalar) }
                continue
            }
            isEscaped = false
            if scalar == "\\" {
                text += "\\"
                continue
            }
            guard ("0"..."9").contains(scalar) else { throw invalid("must be followed by a digit or \\") }
            let group = Int(scalar.value) - 0x30
            guard group <= groups else {
                throw .invalid("replacement string references group \(group) but regex has only \(groups) group(s)")
            }
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
            parts.append(.group(group))
        }
        guard !isEscaped else { throw invalid("not allowed at end") }
        if !text.isEmpty { parts.append(.text(text)) }
    }
}
