// SPDX-License-Identifier: Apache-2.0

/// Reads an expression by precedence climbing; cel-spec, “Syntax”.
struct Parser {
    var lexer: Lexer
    var token: Token
    var builder: ExpressionBuilder
    let macros: MacroTable
    let hasOptionals: Bool
    private var depth: Int32 = 0

    var source: SourceText { lexer.source }

    init(_ source: SourceText, macros: MacroTable, hasOptionals: Bool, limits: ExpressionLimits) throws(CompileError) {
        guard source.bytes.count <= limits.codePoints || source.text.unicodeScalars.count <= limits.codePoints else {
            throw CompileError(
                "the expression is longer than the \(limits.codePoints) code points accepted", at: 0, in: source)
        }
        lexer = Lexer(source)
        builder = ExpressionBuilder(source: source, limits: limits)
        (self.macros, self.hasOptionals) = (macros, hasOptionals)
        token = Token(.end, 0, 0)
        try advance()
    }

    /// The whole text as one expression.
    mutating func parse() throws(CompileError) -> Expression {
        let root = try expression()
        guard token.kind == .end else { throw unexpected("the end") }
        if builder.hasScopes {
            var meter = DepthMeter(builder.nodes, most: builder.limits.depth)
            _ = meter.depth(of: root)
            if let excess = meter.excess { throw builder.tooDeep(at: Int(builder[excess].offset)) }
        }
        return Expression(source: source, nodes: builder.nodes, root: root)
    }

    // MARK: Tokens

    @inline(never)
    mutating func advance() throws(CompileError) { token = try lexer.next() }

    mutating func take(_ kind: Token.Kind) throws(CompileError) -> Bool {
        guard token.kind == kind else { return false }
        try advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind) throws(CompileError) {
        guard token.kind == kind else { throw unexpected(kind.spelled) }
        try advance()
    }

    @inline(never)
    func text(of token: Token) -> String {
        String(decoding: source.bytes[token.start..<token.end], as: UTF8.self)
    }

    @inline(never)
    func error(_ message: String, at offset: Int) -> CompileError { CompileError(message, at: offset, in: source) }

    @inline(never)
    func unexpected(_ wanted: String) -> CompileError {
        let found: String =
            switch token.kind {
            case .end: "the expression ends"
            case .identifier, .reserved, .int, .uint, .double, .quotedIdentifier: "found '\(text(of: token))'"
            default: "found \(token.kind.spelled)"
            }
        return error("\(found) where \(wanted) is expected", at: token.start)
    }

    // MARK: Operators

    /// `or [ '?' or ':' expression ]`.
    mutating func expression() throws(CompileError) -> Expression.ID {
        depth += 1
        defer { depth -= 1 }
        guard depth <= builder.limits.depth else {
            throw builder.tooDeep(at: token.start)
        }
        let condition = try binary(0)
        let offset = token.start
        guard try take(.question) else { return condition }
        let then = try binary(0)
        try expect(.colon)
        let otherwise = try expression()
        return try builder.add(.conditional(condition, then, otherwise), at: offset)
    }

    /// Operators that bind at least as strongly as `level`; they group to the left.
    private mutating func binary(_ level: Int) throws(CompileError) -> Expression.ID {
        var left = try unary()
        while let (name, strength) = token.kind.binaryOperator, strength >= level {
            let offset = token.start, kind = token.kind
            if strength < 2 {
                // A chain of one logical operator is one node, so that its length does not make it deep.
                var terms = [left]
                while try take(kind) { terms.append(try binary(strength + 1)) }
                left = try builder.add(kind == .and ? .and(terms) : .or(terms), at: offset)
                continue
            }
            try advance()
            let right = try binary(strength + 1)
            left = try builder.add(.call(name, [left, right]), at: offset)
        }
        return left
    }

    /// `!` and `-` in a row; an even number of them is none.
    private mutating func unary() throws(CompileError) -> Expression.ID {
        let offset = token.start, sign = token.kind
        guard sign == .not || sign == .minus else { return try member() }
        var count = 0
        var last = offset
        while token.kind == sign {
            last = token.start
            try advance()
            count += 1
        }
        if sign == .minus, [.int, .double].contains(token.kind) {
            // The sign right before a number belongs to it.
            let operand = try member(of: number(negative: true, from: last))
            count -= 1
            return count % 2 == 0 ? operand : try builder.add(.call("-_", [operand]), at: offset)
        }
        let operand = try member()
        guard count % 2 == 1 else { return operand }
        return try builder.add(.call(sign == .not ? "!_" : "-_", [operand]), at: offset)
    }
}

extension Token.Kind {
    /// The operator's name and how strongly it binds.
    fileprivate var binaryOperator: (String, Int)? {
        switch self {
        case .or: ("_||_", 0)
        case .and: ("_&&_", 1)
        case .less: ("_<_", 2)
        case .lessOrEqual: ("_<=_", 2)
        case .greater: ("_>_", 2)
        case .greaterOrEqual: ("_>=_", 2)
        case .equal: ("_==_", 2)
        case .notEqual: ("_!=_", 2)
        case .in: ("@in", 2)
        case .plus: ("_+_", 3)
        case .minus: ("_-_", 3)
        case .star: ("_*_", 4)
        case .slash: ("_/_", 4)
        case .percent: ("_%_", 4)
        default: nil
        }
    }
}
