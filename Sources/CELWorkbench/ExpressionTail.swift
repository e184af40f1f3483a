// SPDX-License-Identifier: Apache-2.0

/// The end of an expression that is being typed: a word, and what stands before its dot.
struct ExpressionTail {
    let letters: [Character]
    /// Where the word begins.
    let start: Int
    /// The word, which may be empty.
    let word: String
    /// What stands before the dot; nil without a dot.
    let receiver: String?
    /// Where the receiver begins.
    let receiverStart: Int
    /// Whether the text ends within a string.
    let isQuoted: Bool

    init(_ text: String) {
        letters = Array(text)
        isQuoted = Self.endsInQuotes(letters)
        var at = letters.count
        while at > 0, letters[at - 1].isNamePart { at -= 1 }
        (start, word) = (at, String(letters[at...]))
        if at > 0, letters[at - 1] == "?" { at -= 1 }
        guard at > 0, letters[at - 1] == ".", !isQuoted else {
            (receiver, receiverStart) = (nil, at)
            return
        }
        receiverStart = Self.operandStart(letters, endingAt: at - 1)
        receiver = String(letters[receiverStart..<(at - 1)])
    }

    /// The range of the loop whose variable has this name: `items` for `x` in `items.filter(x, x.`.
    func range(ofLoopOver variable: String) -> String? {
        let pattern = Array("(\(variable),")
        var at = receiverStart - pattern.count
        while at > 0 {
            defer { at -= 1 }
            guard Array(letters[at..<(at + pattern.count)]) == pattern else { continue }
            var dot = at
            while dot > 0, letters[dot - 1].isNamePart { dot -= 1 }
            guard dot > 1, dot < at, letters[dot - 1] == "." else { return nil }
            let start = Self.operandStart(letters, endingAt: dot - 1)
            return start < dot - 1 ? String(letters[start..<(dot - 1)]) : nil
        }
        return nil
    }

    /// Where the operand begins that ends before an offset: names, calls, indices and literals in a row.
    private static func operandStart(_ letters: [Character], endingAt end: Int) -> Int {
        var at = end
        while at > 0 {
            switch letters[at - 1] {
            case let letter where letter.isNamePart:
                while at > 0, letters[at - 1].isNamePart { at -= 1 }
            case ")", "]", "}":
                guard let open = opener(letters, closingAt: at - 1) else { return at }
                at = open
                // A call or an index belongs to what stands before it.
                if at > 0, letters[at - 1].isNamePart || ")]\"'".contains(letters[at - 1]) { continue }
            case "\"", "'":
                let quote = letters[at - 1]
                guard let open = letters[..<(at - 1)].lastIndex(of: quote) else { return at }
                at = open
            default: return at
            }
            if at > 1, letters[at - 1] == "?", letters[at - 2] == "." { at -= 1 }
            guard at > 0, letters[at - 1] == "." else { return at }
            at -= 1
        }
        return at
    }

    private static func opener(_ letters: [Character], closingAt end: Int) -> Int? {
        var depth = 0, quote: Character?
        for at in stride(from: end, through: 0, by: -1) {
            let letter = letters[at]
            if let open = quote {
                if letter == open { quote = nil }
                continue
            }
            switch letter {
            case "\"", "'": quote = letter
            case ")", "]", "}": depth += 1
            case "(", "[", "{":
                depth -= 1
                if depth == 0 { return at }
            default: break
            }
        }
        return nil
    }

    private static func endsInQuotes(_ letters: [Character]) -> Bool {
        var quote: Character?, isEscaped = false
        for letter in letters {
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if letter == "\\" { isEscaped = true } else if letter == open { quote = nil }
            } else if letter == "\"" || letter == "'" {
                quote = letter
            }
        }
        return quote != nil
    }
}

extension Character {
    fileprivate var isNamePart: Bool { isASCII && (isLetter || isNumber) || self == "_" }
}
