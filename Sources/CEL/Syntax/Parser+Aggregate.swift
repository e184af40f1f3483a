// SPDX-License-Identifier: Apache-2.0

// Literals of lists, maps and messages.
extension Parser {
    mutating func list() throws(CompileError) -> Expression.ID {
        let offset = token.start
        try expect(.openBracket)
        var elements: [Expression.Element] = []
        try commaSeparated(until: .closeBracket) { (parser: inout Parser) throws(CompileError) in
            let isOptional = try parser.optionalMark()
            elements.append(Expression.Element(value: try parser.expression(), isOptional: isOptional))
        }
        return try builder.add(.list(elements), at: offset)
    }

    mutating func map() throws(CompileError) -> Expression.ID {
        let offset = token.start
        try expect(.openBrace)
        var entries: [Expression.Entry] = []
        try commaSeparated(until: .closeBrace) { (parser: inout Parser) throws(CompileError) in
            let isOptional = try parser.optionalMark()
            let key = try parser.expression()
            try parser.expect(.colon)
            entries.append(Expression.Entry(key: key, value: try parser.expression(), isOptional: isOptional))
        }
        return try builder.add(.map(entries), at: offset)
    }

    mutating func message(_ name: String, at offset: Int) throws(CompileError) -> Expression.ID {
        try expect(.openBrace)
        var fields: [Expression.Field] = []
        try commaSeparated(until: .closeBrace) { (parser: inout Parser) throws(CompileError) in
            let isOptional = try parser.optionalMark()
            let start = parser.token.start
            let field = try parser.fieldName()
            try parser.expect(.colon)
            fields.append(
                Expression.Field(
                    name: field, value: try parser.expression(), isOptional: isOptional, offset: Int32(start)))
        }
        return try builder.add(.message(name, fields), at: offset)
    }

    /// Items with commas between them; one comma may follow the last, and one may stand alone.
    private mutating func commaSeparated(
        until close: Token.Kind, _ item: (inout Parser) throws(CompileError) -> Void
    ) throws(CompileError) {
        if try take(.comma) { return try expect(close) }
        while token.kind != close {
            try item(&self)
            guard try take(.comma) else { break }
        }
        try expect(close)
    }

    /// The dotted name that a chain of plain selections spells.
    func qualifiedName(_ id: Expression.ID) -> String? {
        switch builder[id].kind {
        case .identifier(let name): name
        case .select(let operand, let field): qualifiedName(operand).map { "\($0).\(field)" }
        default: nil
        }
    }
}
