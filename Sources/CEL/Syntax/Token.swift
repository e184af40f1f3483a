// SPDX-License-Identifier: Apache-2.0

/// A piece of an expression.
struct Token {
    enum Kind: UInt8 {
        case end, identifier, quotedIdentifier, int, uint, double, string, bytes
        case `true`, `false`, null, `in`, reserved
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, and, or, not
        case plus, minus, star, slash, percent, question, colon, dot, comma
        case openBracket, closeBracket, openBrace, closeBrace, openParenthesis, closeParenthesis
    }

    var kind: Kind
    /// Where it begins and ends, in UTF-8 bytes.
    var start: Int
    var end: Int

    init(_ kind: Kind, _ start: Int, _ end: Int) { (self.kind, self.start, self.end) = (kind, start, end) }
}

extension Token.Kind {
    /// How an error names it.
    var spelled: String {
        switch self {
        case .end: "the end"
        case .identifier: "a name"
        case .quotedIdentifier: "a quoted name"
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .bytes: "bytes"
        case .true: "'true'"
        case .false: "'false'"
        case .null: "'null'"
        case .in: "'in'"
        case .reserved: "a reserved word"
        case .equal: "'=='"
        case .notEqual: "'!='"
        case .less: "'<'"
        case .lessOrEqual: "'<='"
        case .greater: "'>'"
        case .greaterOrEqual: "'>='"
        case .and: "'&&'"
        case .or: "'||'"
        case .not: "'!'"
        case .plus: "'+'"
        case .minus: "'-'"
        case .star: "'*'"
        case .slash: "'/'"
        case .percent: "'%'"
        case .question: "'?'"
        case .colon: "':'"
        case .dot: "'.'"
        case .comma: "','"
        case .openBracket: "'['"
        case .closeBracket: "']'"
        case .openBrace: "'{'"
        case .closeBrace: "'}'"
        case .openParenthesis: "'('"
        case .closeParenthesis: "')'"
        }
    }
}

/// Words that the language keeps: the first four stand for values or operators, the others are not used yet.
enum Words {
    static func kind(of word: String) -> Token.Kind {
        switch word {
        case "true": .true
        case "false": .false
        case "null": .null
        case "in": .in
        case "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
            "namespace", "return", "var", "void", "while":
            .reserved
        default: .identifier
        }
    }
}
