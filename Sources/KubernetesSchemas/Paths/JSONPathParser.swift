// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Reads paths of kubectl.
struct JSONPathParser {
    struct Problem: Error { let text: String }

    private let text: [Unicode.Scalar]
    private var place = 0
    private let depth: Int

    init(_ text: String, depth: Int) { (self.text, self.depth) = (Array(text.unicodeScalars), depth) }

    private init(_ text: ArraySlice<Unicode.Scalar>, depth: Int) throws(Problem) {
        guard depth > 0 else { throw Problem(text: "it is nested too deep") }
        (self.text, self.depth) = (Array(text), depth)
    }

    private enum Token {
        case text(String), expression([JSONPath.Step]), range([JSONPath.Step]), end
    }

    mutating func template() throws(Problem) -> [JSONPath.Part] {
        var open: [(steps: [JSONPath.Step], before: [JSONPath.Part])] = [], parts: [JSONPath.Part] = []
        while place < text.count {
            switch try token() {
            case .text(let text): parts.append(.text(text))
            case .expression(let steps): parts.append(.expression(steps))
            case .range(let steps):
                guard open.count < depth else { throw Problem(text: "it is nested too deep") }
                open.append((steps, parts))
                parts = []
            case .end:
                guard let range = open.popLast() else { throw Problem(text: "not in range, nothing to end") }
                parts = range.before + [.range(range.steps, parts)]
            }
        }
        // A range that is not ended goes on to the end.
        while let range = open.popLast() { parts = range.before + [.range(range.steps, parts)] }
        return parts
    }

    private mutating func token() throws(Problem) -> Token {
        if text[place] != "{" {
            let start = place
            while place < text.count, text[place] != "{" { place += 1 }
            return .text(String(text[start..<place].map(Character.init)))
        }
        place += 1
        var words: [String] = []
        let steps = try steps(&words)
        switch words {
        case []: return .expression(steps)
        case ["range"]: return .range(steps)
        case ["end"]: return .end
        default: throw Problem(text: "unrecognized identifier \(words[0])")
        }
    }

    /// The steps up to a closing brace, and the words among them.
    private mutating func steps(_ words: inout [String]) throws(Problem) -> [JSONPath.Step] {
        var steps: [JSONPath.Step] = []
        while true {
            if starts("}") {
                place += 1
                return steps
            }
            if starts("[?(") {
                steps.append(try filter())
            } else if starts("..") {
                if case .recursive? = steps.last { throw Problem(text: "invalid multiple recursive descent") }
                place += 2
                steps.append(.recursive)
                if let next = peek, next.isWordPart { steps.append(field()) }
            } else {
                try step(&steps, &words)
            }
        }
    }

    private mutating func step(_ steps: inout [JSONPath.Step], _ words: inout [String]) throws(Problem) {
        guard let scalar = peek, scalar != "\n", scalar != "\r" else { throw Problem(text: "unclosed action") }
        switch scalar {
        case " ", "@", "$": place += 1
        case "[": steps += try brackets()
        case "\"", "'": steps.append(.literal(.string(try quoted())))
        case ".":
            place += 1
            steps.append(field())
        case "+", "-", "0"..."9": steps.append(.literal(try number()))
        case _ where scalar.isWordPart:
            let word = word()
            if word == "true" || word == "false" {
                steps.append(.literal(.bool(word == "true")))
            } else {
                words.append(word)
            }
        default:
            let code = String(scalar.value, radix: 16, uppercase: true)
            let padded = String(repeating: "0", count: max(0, 4 - code.utf8.count)) + code
            throw Problem(text: "unrecognized character in action: U+\(padded) '\(scalar)'")
        }
    }

    private var peek: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private func starts(_ prefix: String) -> Bool { text[place...].starts(with: prefix.unicodeScalars) }

    private mutating func word() -> String {
        let start = place
        while let next = peek, !next.endsWord { place += 1 }
        return String(text[start..<place].map(Character.init))
    }

    /// The name behind a dot; a backslash takes the meaning from what follows it.
    private mutating func field() -> JSONPath.Step {
        var name = String.UnicodeScalarView()
        while let next = peek, !next.endsWord {
            place += 1
            guard next == "\\" else {
                name.append(next)
                continue
            }
            if let escaped = peek {
                place += 1
                if escaped != "\\" { name.append(escaped) }
            }
        }
        return name.elementsEqual("*".unicodeScalars) ? .wildcard : .field(String(name))
    }

    private mutating func number() throws(Problem) -> JSON {
        let start = place
        place += 1
        while let next = peek, next == "." || ("0"..."9").contains(next) { place += 1 }
        let written = String(text[start..<place].map(Character.init))
        if let int = Int64(written) { return .number(JSONNumber(int)) }
        let plain = written.hasPrefix("+") ? String(written.dropFirst()) : written
        guard let number = JSONNumber(text: plain) else { throw Problem(text: "cannot parse number \(written)") }
        return .number(number)
    }

    private mutating func quoted() throws(Problem) -> String {
        let quote = text[place]
        var result = String.UnicodeScalarView()
        place += 1
        while let next = peek, next != "\n" {
            place += 1
            if next == quote { return String(result) }
            guard next == "\\" else {
                result.append(next)
                continue
            }
            guard let letter = peek, let meant = Self.escapes[letter] else {
                throw Problem(text: "unquote string error invalid syntax")
            }
            place += 1
            result.append(meant)
        }
        throw Problem(text: "unterminated quoted string")
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "'": "'", "\"": "\"",
        "\\": "\\",
    ]

    /// What stands in brackets: an index, a slice, a key, or several of them.
    private mutating func brackets() throws(Problem) -> [JSONPath.Step] {
        let start = place + 1
        while let next = peek, next != "]", next != "\n" { place += 1 }
        guard peek == "]" else { throw Problem(text: "unterminated array") }
        let inside = text[start..<place]
        place += 1
        let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return try Self.selection(inside, depth) }
        var union: [[JSONPath.Step]] = []
        for part in parts {
            let isEdge: (Unicode.Scalar) -> Bool = { $0 == " " }
            let trimmed = part.drop(while: isEdge).reversed().drop(while: isEdge).reversed()
            union.append(try Self.selection(Array(trimmed)[...], depth))
        }
        return [.union(union)]
    }

    private static func selection(
        _ text: ArraySlice<Unicode.Scalar>, _ depth: Int
    ) throws(Problem) -> [JSONPath.Step] {
        if text.elementsEqual("*".unicodeScalars) { return [.slice(JSONPath.Slice())] }
        if text.count >= 2, text.first == "'", text.last == "'", !text.dropFirst().dropLast().contains("'") {
            // The key is read as if it stood behind a dot.
            return try steps(of: ["."] + text.dropFirst().dropLast(), depth)
        }
        var slice = JSONPath.Slice()
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var numbers: [Int?] = []
        for part in parts {
            let number = Int(String(part.map(Character.init)))
            guard part.isEmpty || number != nil && part.first != "+" else {
                throw Problem(text: "invalid array index \(String(text.map(Character.init)))")
            }
            numbers.append(number)
        }
        guard numbers.count <= 3, numbers.count > 1 || numbers[0] != nil else {
            throw Problem(text: "invalid array index \(String(text.map(Character.init)))")
        }
        slice.start = numbers[0]
        if numbers.count > 1 {
            slice.end = numbers[1]
        } else {
            (slice.end, slice.isIndex) = (numbers[0].flatMap { $0 == .max ? nil : $0 + 1 }, true)
        }
        if numbers.count > 2 { slice.step = numbers[2] }
        return [.slice(slice)]
    }

    /// A text as if it stood in braces.
    private static func steps(
        of text: some Sequence<Unicode.Scalar>, _ depth: Int
    ) throws(Problem) -> [JSONPath.Step] {
        var parser = try JSONPathParser((Array(text) + ["}"])[...], depth: depth - 1)
        var words: [String] = []
        let steps = try parser.steps(&words)
        guard words.isEmpty else { throw Problem(text: "unrecognized identifier \(words[0])") }
        return steps
    }

    private mutating func filter() throws(Problem) -> JSONPath.Step {
        place += 3
        let start = place
        var quote: Unicode.Scalar?
        while let next = peek, next != "\n", quote != nil || next != ")" {
            if next == quote, text[place - 1] != "\\" {
                quote = nil
            } else if quote == nil, next == "\"" || next == "'" {
                quote = next
            }
            place += 1
        }
        guard peek == ")" else { throw Problem(text: "unterminated filter") }
        let inside = text[start..<place]
        place += 1
        guard peek == "]" else { throw Problem(text: "unclosed array expect ]") }
        place += 1
        let isOperator: (Unicode.Scalar) -> Bool = { "!<>=".unicodeScalars.contains($0) }
        let left = inside.prefix { !isOperator($0) }
        let sign = inside.dropFirst(left.count).prefix(while: isOperator)
        let right = inside.dropFirst(left.count + sign.count)
        guard !left.isEmpty, !sign.isEmpty, !right.isEmpty else {
            return .filter(left: try Self.steps(of: inside, depth), comparison: nil, right: [])
        }
        guard let comparison = JSONPath.Comparison(rawValue: String(sign.map(Character.init))) else {
            throw Problem(text: "unrecognized filter operator \(String(sign.map(Character.init)))")
        }
        return .filter(
            left: try Self.steps(of: left, depth), comparison: comparison, right: try Self.steps(of: right, depth))
    }
}

extension Unicode.Scalar {
    fileprivate var isWordPart: Bool {
        self == "_" || properties.isAlphabetic || properties.numericType == .decimal
    }

    /// Whether a name ends before it.
    fileprivate var endsWord: Bool { " \t\r\n.,[]$@{}".unicodeScalars.contains(self) }
}
