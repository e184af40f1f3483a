// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A text whose variables are filled in, and where its values came to stand.
struct SubstitutedText {
    /// One value in the text.
    struct Insertion {
        let name: String
        let value: String
        /// Where the variable stands in the text as it was written.
        let place: SourcePosition
        /// How many bytes the variable has there, and its value here.
        let lengths: (written: Int, filled: Int)
        /// Where the value stands here; the line is the same, as neither may hold a line end.
        let column: Int
    }

    /// The text with values.
    private(set) var bytes: [UInt8] = []
    /// The text with a mark in place of each value, for the structure the writer of the file saw.
    private(set) var marked: [UInt8] = []
    private(set) var insertions: [Insertion] = []

    /// The mark that stands for an insertion: characters of a private use area, plain in every place of a YAML text.
    static func mark(_ index: Int) -> String { "\(markStart)\(index)\(markEnd)" }
    static let markStart: Character = "\u{E000}", markEnd: Character = "\u{E001}"

    mutating func append(_ byte: UInt8) {
        bytes.append(byte)
        marked.append(byte)
    }

    mutating func insert(_ value: String, of name: String, at place: SourcePosition, written: Int) {
        let lineStart = (bytes.lastIndex(of: 0x0A) ?? -1) + 1
        insertions.append(
            Insertion(
                name: name, value: value, place: place, lengths: (written, value.utf8.count),
                column: bytes.count - lineStart + 1))
        bytes += Array(value.utf8)
        marked += Array(Self.mark(insertions.count - 1).utf8)
    }

    /// The place in the text as it was written for a place in this one.
    func written(_ position: SourcePosition) -> SourcePosition {
        var column = position.column
        for insertion in insertions where insertion.place.line == position.line && insertion.column < position.column {
            // A place inside a value becomes the place of its variable.
            if position.column < insertion.column + insertion.lengths.filled { return insertion.place }
            column += insertion.lengths.written - insertion.lengths.filled
        }
        return SourcePosition(line: position.line, column: column)
    }
}

/// Fills in variables as drone/envsubst does: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`,
/// `${NAME:=default}`, `${NAME:+alternative}`, `${NAME:?message}`, and `$$` for a dollar sign.
struct Substitution {
    private let text: [UInt8]
    private let source: String
    private let values: SubstitutionValues
    private static let nestingLimit = 16
    private static let sizeLimit = 16 * 1024 * 1024

    private init(_ text: [UInt8], _ source: String, _ values: SubstitutionValues) {
        (self.text, self.source, self.values) = (text, source, values)
    }

    /// Fills in a whole text.
    static func apply(_ values: SubstitutionValues, to text: [UInt8], source: String) throws(Fault) -> SubstitutedText {
        guard text.count <= sizeLimit else {
            throw Fault(
                .limitExceeded,
                "\(source) has \(ByteCount(Int64(text.count))), more than \(ByteCount(Int64(sizeLimit)))")
        }
        return try Substitution(text, source, values).run()
    }

    private func run() throws(Fault) -> SubstitutedText {
        var result = SubstitutedText()
        guard values.templater == .subst else {
            for byte in text { result.append(byte) }
            return result
        }
        var index = 0, line = 1, lineStart = 0
        while index < text.count {
            let byte = text[index]
            guard byte == UInt8(ascii: "$"), index + 1 < text.count else {
                result.append(byte)
                index += 1
                if byte == 0x0A { (line, lineStart) = (line + 1, index) }
                continue
            }
            let place = SourcePosition(line: line, column: index - lineStart + 1)
            if text[index + 1] == UInt8(ascii: "$") {
                result.append(byte)
                index += 2
                continue
            }
            guard let end = try end(of: index, place) else {
                result.append(byte)
                index += 1
                continue
            }
            // In a comment a name that means nothing stays what it is.
            let isComment = text[lineStart...].first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
            let (name, value) = try evaluate(text[index..<end], place, isComment: isComment, depth: 0)
            if let value {
                try check(value, of: name, place)
                result.insert(value, of: name, at: place, written: end - index)
                guard result.bytes.count <= Self.sizeLimit else {
                    throw Fault(
                        .limitExceeded, "\(source) grows beyond \(ByteCount(Int64(Self.sizeLimit))) with its values")
                }
            } else {
                for byte in text[index..<end] { result.append(byte) }
            }
            index = end
        }
        return result
    }

    /// Where the variable that begins at a dollar sign ends; nil when none begins there.
    private func end(of start: Int, _ place: SourcePosition) throws(Fault) -> Int? {
        if Self.isNameStart(text[start + 1]) {
            return text[(start + 1)...].firstIndex { !Self.isNamePart($0) } ?? text.count
        }
        guard text[start + 1] == UInt8(ascii: "{") else { return nil }
        var depth = 0, index = start
        while index < text.count, text[index] != 0x0A {
            if text[index] == UInt8(ascii: "$"), index + 1 < text.count, text[index + 1] == UInt8(ascii: "{") {
                (depth, index) = (depth + 1, index + 2)
                continue
            }
            if text[index] == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index + 1 }
            }
            index += 1
        }
        throw Fault(
            .invalid, "\(source):\(place): “${” does not end on its line",
            fix: "close it with “}”, or write $$ for a dollar sign")
    }

    /// The value of one variable; nil for an undefined one in a comment.
    private func evaluate(
        _ expression: ArraySlice<UInt8>, _ place: SourcePosition, isComment: Bool, depth: Int
    ) throws(Fault) -> (name: String, value: String?) {
        guard depth <= Self.nestingLimit else {
            throw Fault(
                .limitExceeded, "\(source):\(place): defaults are nested deeper than \(Self.nestingLimit) levels")
        }
        let isBraced = expression.dropFirst().first == UInt8(ascii: "{")
        let inner = isBraced ? expression.dropFirst(2).dropLast() : expression.dropFirst()
        let nameEnd = inner.firstIndex { !Self.isNamePart($0) && $0 != UInt8(ascii: ".") } ?? inner.endIndex
        let name = String(decoding: inner[..<nameEnd], as: UTF8.self)
        guard inner.first.map(Self.isNameStart) == true else {
            throw Fault(
                .invalid,
                "\(source):\(place): “\(String(decoding: expression.prefix(60), as: UTF8.self))” names no variable",
                fix: "write ${NAME}, or $$ for a dollar sign")
        }
        let value = values.value(of: name)
        var rest = inner[nameEnd...]
        guard !rest.isEmpty else {
            if let value { return (name, value) }
            if values.allowUndefined { return (name, "") }
            return (name, isComment ? nil : try undefined(name, place))
        }
        let coversEmpty = rest.first == UInt8(ascii: ":")
        if coversEmpty { rest = rest.dropFirst() }
        let isSet = value.map { !coversEmpty || !$0.isEmpty } ?? false
        let word = rest.dropFirst()
        switch rest.first {
        case UInt8(ascii: "-"), UInt8(ascii: "="):
            return (name, isSet ? value : try fill(word, place, isComment: isComment, depth: depth))
        case UInt8(ascii: "+"): return (name, isSet ? try fill(word, place, isComment: isComment, depth: depth) : "")
        case UInt8(ascii: "?"):
            if isSet { return (name, value) }
            throw Fault(
                .invalid,
                "\(source):\(place): the variable “\(name)” is not defined: \(String(decoding: word, as: UTF8.self))",
                fix: "pass \(name)=VALUE, or add it to a settings file")
        default:
            throw Fault(
                .unsupported,
                "\(source):\(place): “\(String(decoding: expression.prefix(60), as: UTF8.self))” is no form we know",
                fix: "use ${NAME}, ${NAME:-default} or ${NAME:+alternative}, or write $$ for a dollar sign")
        }
    }

    /// Fills in the variables of a default.
    private func fill(
        _ word: ArraySlice<UInt8>, _ place: SourcePosition, isComment: Bool, depth: Int
    ) throws(Fault) -> String {
        var bytes: [UInt8] = []
        var index = word.startIndex
        while index < word.endIndex {
            guard word[index] == UInt8(ascii: "$"), index + 1 < word.endIndex else {
                bytes.append(word[index])
                index += 1
                continue
            }
            if word[index + 1] == UInt8(ascii: "$") {
                bytes.append(word[index])
                index += 2
            } else if let end = try end(of: index, place) {
                let (_, value) = try evaluate(text[index..<end], place, isComment: isComment, depth: depth + 1)
                bytes += value.map { Array($0.utf8) } ?? Array(text[index..<end])
                index = end
            } else {
                bytes.append(word[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func undefined(_ name: String, _ place: SourcePosition) throws(Fault) -> String {
        let similar = Spelling.nearest(to: name, among: values.names).map { "did you mean “\($0)”? " } ?? ""
        throw Fault(
            .invalid, "\(source):\(place): the variable “\(name)” is not defined",
            fix: "\(similar)pass \(name)=VALUE, add it to a settings file, or write a default: ${\(name):-…}")
    }

    private func check(_ value: String, of name: String, _ place: SourcePosition) throws(Fault) {
        let isPlain = value.unicodeScalars.allSatisfy { ($0.value >= 0x20 && $0.value != 0x7F) || $0 == "\t" }
        let hasBreak = value.unicodeScalars.contains {
            ["\u{85}", "\u{2028}", "\u{2029}", "\u{E000}", "\u{E001}"].contains($0)
        }
        guard isPlain, !hasBreak else {
            throw Fault(
                .invalid, "\(source):\(place): the value of “\(name)” holds a line end or a control character",
                fix: "give it a value of one line")
        }
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
    private static func isNamePart(_ byte: UInt8) -> Bool { isNameStart(byte) || (0x30...0x39).contains(byte) }
}
