// SPDX-License-Identifier: Apache-2.0

/// Finds the types of an expression; cel-spec, “Gradual Type Checking”.
struct Checker {
    let environment: Environment
    let expression: Expression
    var substitution = Substitution()
    var types: [CELType]
    var resolutions: [CheckedExpression.Resolution]
    private var locals: [(name: String, type: CELType)] = []
    private(set) var problems: [CompileError.Problem] = []
    private static let mostProblems = 100

    init(_ environment: Environment, _ expression: Expression) {
        (self.environment, self.expression) = (environment, expression)
        types = Array(repeating: .dyn, count: expression.nodes.count)
        resolutions = Array(repeating: .none, count: expression.nodes.count)
    }

    mutating func check() throws(CompileError) -> CheckedExpression {
        let result = type(of: expression.root)
        guard problems.isEmpty else { throw CompileError(problems) }
        substitution.compress()
        for index in types.indices { types[index] = substitution.complete(types[index]) }
        let resultType = substitution.complete(result)
        guard !substitution.isExhausted else {
            _ = fail("the types of the expression are too large to be found", at: expression.root)
            throw CompileError(problems)
        }
        return CheckedExpression(
            expression: expression, resultType: resultType, types: types, resolutions: resolutions)
    }

    /// Notes a problem; the type of what has one is anything, so that one mistake is told once.
    mutating func fail(_ message: String, at id: Expression.ID) -> CELType {
        if problems.count < Self.mostProblems {
            problems.append(CompileError.Problem(message: message, location: expression.location(of: id)))
        }
        return .dyn
    }

    mutating func show(_ type: CELType) -> String { substitution.complete(type).bounded.description }

    mutating func resolve(_ id: Expression.ID, _ resolution: CheckedExpression.Resolution) {
        resolutions[Int(id.index)] = resolution
    }

    /// The type of a node, found once.
    mutating func type(of id: Expression.ID) -> CELType {
        let found = find(id).bounded
        types[Int(id.index)] = found
        return found
    }

    private mutating func find(_ id: Expression.ID) -> CELType {
        switch expression[id].kind {
        case .literal(let value): return value.literalType
        case .identifier(let name): return identifier(name, id)
        case .select(let operand, let field): return select(operand, field, id)
        case .has(let operand, let field):
            _ = member(field, of: type(of: operand), isOptional: false, isTest: true, id)
            return .bool
        case .optionalSelect(let operand, let field):
            let found = member(field, of: type(of: operand), isOptional: true, isTest: false, id)
            let result = substitution.resolve(found)
            if case .optional = result { return result }
            return .optional(result)
        case .call(let name, let arguments): return call(name, arguments, id)
        case .method(let target, let name, let arguments): return method(target, name, arguments, id)
        case .and(let terms), .or(let terms):
            for term in terms { expect(.bool, term, "a term of a logical operator") }
            return .bool
        case .conditional(let condition, let then, let otherwise):
            return conditional(condition, then, otherwise, id)
        case .list(let elements): return list(elements)
        case .map(let entries): return map(entries)
        case .message(let name, let fields): return message(name, fields, id)
        case .loop(let loop): return self.loop(loop)
        case .bind(let name, let value, let body):
            let bound = type(of: value)
            return withLocals([(name, bound)]) { $0.type(of: body) }
        case .block(let slots, let body):
            var bound: [(String, CELType)] = []
            for (index, slot) in slots.enumerated() {
                let found = withLocals(bound) { $0.type(of: slot) }
                bound.append(("@index\(index)", found))
            }
            return withLocals(bound) { $0.type(of: body) }
        }
    }

    /// Notes a problem unless a part is of the type wanted.
    mutating func expect(_ wanted: CELType, _ id: Expression.ID, _ what: String) {
        let found = type(of: id)
        if !assign(found, to: wanted) {
            _ = fail("\(what) is of type '\(show(found))', not '\(show(wanted))'", at: id)
        }
    }

    mutating func assign(_ a: CELType, to b: CELType) -> Bool {
        substitution.attempt { $0.assign(a, to: b) }
    }

    // MARK: Names

    func local(_ name: String) -> CELType? { locals.last { $0.name == name }?.type }

    mutating func withLocals<Result>(
        _ added: [(String, CELType)], _ body: (inout Checker) -> Result
    ) -> Result {
        locals += added.map { (name: $0.0, type: $0.1) }
        defer { locals.removeLast(added.count) }
        return body(&self)
    }

    /// What a dotted name means outside of macros.
    mutating func global(_ name: String, _ id: Expression.ID) -> CELType? {
        let environment = environment
        let found = environment.container.resolve(name) { candidate -> (CELType, CheckedExpression.Resolution)? in
            if let type = environment.variables[candidate] { return (type, .variable(candidate)) }
            if let type = environment.types[candidate] { return (.type(type), .constant(candidate)) }
            if let value = environment.constants[candidate] { return (value.literalType, .constant(candidate)) }
            return nil
        }
        guard let found else { return nil }
        resolve(id, found.1)
        return found.0
    }

    private mutating func identifier(_ name: String, _ id: Expression.ID) -> CELType {
        if let type = local(name) {
            resolve(id, .local)
            return type
        }
        if let type = global(name, id) { return type }
        return fail(undeclared(name), at: id)
    }

    /// The message for a name that means nothing here, with the nearest that does.
    func undeclared(_ name: String) -> String {
        "undeclared reference to '\(name)'"
            + spelling(name, among: locals.map(\.name) + environment.variables.keys)
    }

    private mutating func select(_ operand: Expression.ID, _ field: String, _ id: Expression.ID) -> CELType {
        // The longest name that is declared counts, unless its first part is a variable of a macro.
        if let name = qualifiedName(id), local(String(name.prefix { $0 != "." })) == nil,
            let type = global(name, id)
        {
            return type
        }
        return member(field, of: type(of: operand), isOptional: false, isTest: false, id)
    }

    func qualifiedName(_ id: Expression.ID) -> String? {
        switch expression[id].kind {
        case .identifier(let name): name
        case .select(let operand, let field): qualifiedName(operand).map { "\($0).\(field)" }
        default: nil
        }
    }
}

extension Value {
    /// The type of a constant.
    var literalType: CELType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }
}
