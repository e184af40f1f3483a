// SPDX-License-Identifier: Apache-2.0

// What binds strongest: literals, names, parentheses, and what follows them.
extension Parser {
    /// `primary { '.' field | '.' method(…) | '[' index ']' | message literal }`.
    mutating func member() throws(CompileError) -> Expression.ID { try member(of: primary()) }

    mutating func member(of first: Expression.ID) throws(CompileError) -> Expression.ID {
        var operand = first
        while true {
            let offset = token.start
            switch token.kind {
            case .dot:
                try advance()
                operand = try selection(of: operand, at: offset)
            case .openBracket:
                try advance()
                let isOptional = try optionalMark()
                let index = try expression()
                try expect(.closeBracket)
                operand = try builder.add(.call(isOptional ? "_[?_]" : "_[_]", [operand, index]), at: offset)
            case .openBrace:
                guard let name = qualifiedName(operand) else { throw unexpected("an operator") }
                operand = try message(name, at: Int(builder[operand].offset))
            default: return operand
            }
        }
    }

    private mutating func selection(of operand: Expression.ID, at dot: Int) throws(CompileError) -> Expression.ID {
        let isOptional = try optionalMark()
        let name = token
        let field = try fieldName()
        if token.kind == .openParenthesis, name.kind != .quotedIdentifier, !isOptional {
            let arguments = try callArguments()
            return try macroOrCall(field, target: operand, arguments, at: name.start)
        }
        return try builder.add(isOptional ? .optionalSelect(operand, field) : .select(operand, field), at: dot)
    }

    /// The `?` before a field, an index, an element or an entry.
    mutating func optionalMark() throws(CompileError) -> Bool {
        let offset = token.start
        guard try take(.question) else { return false }
        guard hasOptionals else { throw error("optional syntax is not enabled here", at: offset) }
        return true
    }

    @inline(never)
    mutating func fieldName() throws(CompileError) -> String {
        let name = token
        switch name.kind {
        case .identifier, .reserved:
            try advance()
            return text(of: name)
        case .quotedIdentifier:
            try advance()
            return String(text(of: name).dropFirst().dropLast())
        default: throw unexpected("the name of a field")
        }
    }

    private mutating func callArguments() throws(CompileError) -> [Expression.ID] {
        try expect(.openParenthesis)
        var arguments: [Expression.ID] = []
        if try take(.closeParenthesis) { return arguments }
        repeat { arguments.append(try expression()) } while try take(.comma)
        try expect(.closeParenthesis)
        return arguments
    }

    private mutating func primary() throws(CompileError) -> Expression.ID {
        let start = token
        switch start.kind {
        case .int, .uint, .double: return try number(negative: false, from: start.start)
        case .string, .bytes: return try text(start)
        case .true, .false: return try constant(.bool(start.kind == .true))
        case .null: return try constant(.null)
        case .openParenthesis:
            try advance()
            let inner = try expression()
            try expect(.closeParenthesis)
            return inner
        case .openBracket: return try list()
        case .openBrace: return try map()
        case .dot:
            try advance()
            return try name(leadingDot: true, at: start.start)
        case .identifier, .reserved: return try name(leadingDot: false, at: start.start)
        default: throw unexpected("an expression")
        }
    }

    @inline(never)
    private mutating func text(_ literal: Token) throws(CompileError) -> Expression.ID {
        try advance()
        var reader = LiteralReader(source, literal)
        let octets = try reader.read()
        let value = literal.kind == .bytes ? Value.bytes(octets) : .string(String(decoding: octets, as: UTF8.self))
        return try builder.add(.literal(value), at: literal.start)
    }

    @inline(never)
    private mutating func constant(_ value: Value) throws(CompileError) -> Expression.ID {
        let offset = token.start
        try advance()
        return try builder.add(.literal(value), at: offset)
    }

    private mutating func name(leadingDot: Bool, at offset: Int) throws(CompileError) -> Expression.ID {
        guard token.kind == .identifier || token.kind == .reserved else { throw unexpected("a name") }
        guard token.kind == .identifier else {
            throw error("'\(text(of: token))' is a reserved word", at: token.start)
        }
        let name = (leadingDot ? "." : "") + text(of: token)
        try advance()
        guard token.kind == .openParenthesis else { return try builder.add(.identifier(name), at: offset) }
        let arguments = try callArguments()
        return try macroOrCall(name, target: nil, arguments, at: offset)
    }

    @inline(never)
    private mutating func macroOrCall(
        _ name: String, target: Expression.ID?, _ arguments: [Expression.ID], at offset: Int
    ) throws(CompileError) -> Expression.ID {
        for macro in macros.candidates(name, isMethod: target != nil, count: arguments.count) {
            var call = MacroCall(builder: builder.handOver(), target: target, arguments: arguments, offset: offset)
            let expanded = try macro.expand(&call)
            builder = call.builder
            if let expanded { return expanded }
        }
        if let target { return try builder.add(.method(target, name, arguments), at: offset) }
        return try builder.add(.call(name, arguments), at: offset)
    }

    /// A number whose sign, if it has one, was read.
    @inline(never)
    mutating func number(negative: Bool, from offset: Int) throws(CompileError) -> Expression.ID {
        let number = token
        try advance()
        var digits = text(of: number)
        let value: Value?
        switch number.kind {
        case .double:
            value = Double(digits.hasPrefix(".") ? "0" + digits : digits).flatMap {
                $0.isFinite ? .double(negative ? -$0 : $0) : nil
            }
        default:
            if number.kind == .uint { digits.removeLast() }
            let isHex = digits.hasPrefix("0x")
            if isHex { digits.removeFirst(2) }
            if number.kind == .uint {
                value = UInt64(digits, radix: isHex ? 16 : 10).map { .uint($0) }
            } else {
                value = Int64((negative ? "-" : "") + digits, radix: isHex ? 16 : 10).map { .int($0) }
            }
        }
        guard let value else { throw error("'\(text(of: number))' does not fit its type", at: offset) }
        return try builder.add(.literal(value), at: offset)
    }
}
