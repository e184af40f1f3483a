// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Reads the text of a path.
struct PathParser {
    private let text: String
    private let scalars: [Unicode.Scalar]
    private var offset = 0

    init(_ text: String) { (self.text, scalars) = (text, Array(text.unicodeScalars)) }

    mutating func segments() throws(Fault) -> [ValuePath.Segment] {
        var segments: [ValuePath.Segment] = []
        guard !scalars.isEmpty else { throw Fault(.invalid, "a path is empty", fix: "write it like image.repository") }
        while true {
            if current != "[" || !segments.isEmpty { segments.append(try name()) }
            while take("[") { segments.append(try bracket()) }
            guard offset < scalars.count else { break }
            guard take(".") else { throw error("a “.” or “[” should be here") }
            if current == "[" { throw error("a name should be here") }
        }
        guard segments.last != .descent else { throw error("“**” at the end names everything; write what it leads to") }
        return segments
    }

    /// What stands between dots.
    private mutating func name() throws(Fault) -> ValuePath.Segment {
        if current == "\"" || current == "'" { return .key(try quoted()) }
        let start = offset
        var name = String.UnicodeScalarView()
        var isEscaped = false
        while let scalar = current, scalar != ".", scalar != "[" {
            guard !"]\"'=".unicodeScalars.contains(scalar) else {
                throw error("“\(scalar)” cannot stand in a name; quote the name")
            }
            offset += 1
            guard scalar == "\\" else {
                name.append(scalar)
                continue
            }
            guard let next = current else { throw error("“\\” stands at the end") }
            isEscaped = true
            name.append(next)
            offset += 1
        }
        guard offset > start else { throw error("a name should be here") }
        let text = String(name)
        if isEscaped { return .key(text) }
        switch text {
        case "*": return .children
        case "**": return .descent
        case _ where text.contains("*"):
            throw error("“*” stands for a whole name; quote a name that holds one")
        default: return .key(text)
        }
    }

    /// What stands behind `[`.
    private mutating func bracket() throws(Fault) -> ValuePath.Segment {
        if current == "\"" || current == "'" {
            let key = try quoted()
            guard take("]") else { throw error("“]” should be here") }
            return .key(key)
        }
        var words: [String] = [], word = String.UnicodeScalarView()
        while let scalar = current, scalar != "]", scalar != "=" {
            offset += 1
            if scalar == "." {
                words.append(String(word))
                word = String.UnicodeScalarView()
            } else {
                word.append(scalar)
            }
        }
        words.append(String(word))
        if take("]") {
            if words == ["*"] { return .elements }
            guard words.count == 1, words[0].utf8.allSatisfy({ $0 &- 0x30 < 10 }), let index = Int(words[0]) else {
                throw error("brackets hold a number, “*”, a quoted name, or a selection such as name=app")
            }
            return .index(index)
        }
        guard take("="), !words.contains("") else { throw error("“]” should be here") }
        return .selection(keys: words, text: try selected())
    }

    private mutating func selected() throws(Fault) -> String {
        if current == "\"" || current == "'" {
            let value = try quoted()
            guard take("]") else { throw error("“]” should be here") }
            return value
        }
        var value = String.UnicodeScalarView()
        while let scalar = current, scalar != "]" {
            value.append(scalar)
            offset += 1
        }
        guard take("]") else { throw error("“]” should be here") }
        return String(value)
    }

    private mutating func quoted() throws(Fault) -> String {
        let quote = scalars[offset]
        offset += 1
        var value = String.UnicodeScalarView()
        while let scalar = current {
            offset += 1
            if scalar == quote { return String(value) }
            if scalar == "\\", let next = current, next == quote || next == "\\" {
                value.append(next)
                offset += 1
            } else {
                value.append(scalar)
            }
        }
        throw error("a quote is not closed")
    }

    private var current: Unicode.Scalar? { offset < scalars.count ? scalars[offset] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        offset += 1
        return true
    }

    private func error(_ what: String) -> Fault {
        Fault(
            .invalid, "the path “\(text.prefix(200))”, character \(offset + 1): \(what)",
            fix: "write it like spec.containers[name=app].image")
    }
}
