// SPDX-License-Identifier: Apache-2.0

/// A string with expressions in it, taken apart.
public struct Template: Sendable {
    /// A part of the string.
    public enum Piece: Hashable, Sendable {
        /// Text that stays as it is.
        case text(String)
        /// An expression, without what encloses it.
        case expression(String)
    }

    /// The whole string.
    public let text: String
    /// Whose template it is.
    public let dialect: TemplateDialect
    /// The parts in their order; text is never empty, and never next to text.
    public let pieces: [Piece]

    /// Takes a string apart, in one pass over its bytes.
    ///
    /// In kro's dialect braces are counted outside of strings in double quotes; a quote in single quotes counts too. A
    /// `${` inside an expression is an error unless it stands in double quotes or right after one. OCM knows both kinds
    /// of quotes, and accepts a `${` inside of them only. A `${` without its `}` is text; in OCM's dialect it is an
    /// error when the string that hides the end is not closed either.
    ///
    /// - Parameters:
    ///   - text: the string.
    ///   - dialect: whose template it is.
    ///   - name: what errors call the string.
    /// - Throws: for an expression in an expression, and for more than 64 `${` without their `}`.
    public init(_ text: String, dialect: TemplateDialect, name: String = "<template>") throws(CompileError) {
        (self.text, self.dialect) = (text, dialect)
        if dialect == .bare {
            pieces = [.expression(text)]
        } else if !text.mayHoldExpressions {
            pieces = text.isEmpty ? [] : [.text(text)]
        } else {
            var scanner = TemplateScanner(SourceText(text, name: name), dialect)
            pieces = try scanner.pieces()
        }
    }

    /// Whether there is no expression in it.
    public var isPlain: Bool { expressions.isEmpty }

    /// Whether it is one expression and nothing else, so that its value keeps its type.
    public var isStandalone: Bool { pieces.count == 1 && !isPlain }

    /// The expressions in their order.
    public var expressions: [String] {
        pieces.compactMap { piece in if case .expression(let text) = piece { text } else { nil } }
    }
}

extension String {
    fileprivate var mayHoldExpressions: Bool {
        var isDollar = false
        for byte in utf8 {
            if isDollar, byte == UInt8(ascii: "{") { return true }
            isDollar = byte == UInt8(ascii: "$")
        }
        return false
    }
}
