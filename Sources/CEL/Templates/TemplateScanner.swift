// SPDX-License-Identifier: Apache-2.0

/// Finds the expressions of a string as kro (`pkg/graph/parser`) and OCM (`bindings/go/cel/expression/parser`) do.
struct TemplateScanner {
    private let source: SourceText
    private let dialect: TemplateDialect
    private var found: [Template.Piece] = []
    private var textStart = 0
    /// Each `${` without an end costs a look at all that follows.
    private var unterminated = 0
    private static let mostUnterminated = 64

    init(_ source: SourceText, _ dialect: TemplateDialect) { (self.source, self.dialect) = (source, dialect) }

    private enum End {
        /// Where the closing brace stands.
        case at(Int)
        case missing
    }

    mutating func pieces() throws(CompileError) -> [Template.Piece] {
        let bytes = source.bytes
        var at = 0
        while at + 1 < bytes.count {
            guard opens(at) else {
                at += 1
                continue
            }
            guard case .at(let end) = try dialect == .kro ? kroEnd(of: at) : ocmEnd(of: at) else {
                unterminated += 1
                guard unterminated <= Self.mostUnterminated else {
                    throw CompileError(
                        "more than \(Self.mostUnterminated) '${' of this text have no '}'", at: at, in: source)
                }
                at += 1
                continue
            }
            endText(at: at)
            found.append(.expression(String(decoding: bytes[at + 2..<end], as: UTF8.self)))
            at = end + 1
            textStart = at
        }
        endText(at: bytes.count)
        return found
    }

    private func opens(_ at: Int) -> Bool {
        at + 1 < source.bytes.count && source.bytes[at] == UInt8(ascii: "$")
            && source.bytes[at + 1] == UInt8(ascii: "{")
    }

    private mutating func endText(at end: Int) {
        guard end > textStart else { return }
        found.append(.text(String(decoding: source.bytes[textStart..<end], as: UTF8.self)))
    }

    private func nested(at place: Int) -> CompileError {
        CompileError(
            "nested expressions are not allowed unless inside string literals; end the expression before this one",
            at: place, in: source)
    }

    private func kroEnd(of start: Int) throws(CompileError) -> End {
        let bytes = source.bytes
        var depth = 1, isString = false, at = start + 2
        while at < bytes.count {
            switch bytes[at] {
            case UInt8(ascii: "\\") where isString: at += 1
            case UInt8(ascii: "\""): isString.toggle()
            case _ where isString: break
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return .at(at) }
            case UInt8(ascii: "$") where opens(at) && bytes[at - 1] != UInt8(ascii: "\""): throw nested(at: at)
            default: break
            }
            at += 1
        }
        return .missing
    }

    private func ocmEnd(of start: Int) throws(CompileError) -> End {
        let bytes = source.bytes
        var depth = 1, quote: UInt8?, at = start + 2
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\\") where quote != nil: at += 1
            case _ where quote != nil: if byte == quote { quote = nil }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return .at(at) }
            case UInt8(ascii: "$") where opens(at): throw nested(at: at)
            default: break
            }
            at += 1
        }
        guard quote == nil else {
            throw CompileError("the expression that begins here ends within a string", at: start, in: source)
        }
        return .missing
    }
}
