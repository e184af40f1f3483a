// SPDX-License-Identifier: Apache-2.0

extension Expression {
    /// Which variables, and which parts of them, may be read; variables of macros are not among them. What a graph of
    /// expressions that depend on each other is made of.
    ///
    /// Names are taken as they are written, so what is no variable is among them too: `lists` of `lists.range(3)`, and
    /// `int` of `type(x) == int`.
    public var references: Set<AttributePath> {
        var finder = ReferenceFinder(expression: self)
        finder.visit(root)
        return finder.found
    }
}

extension Environment {
    /// Which variables, and which parts of them, an expression may read: `Expression.references` without the names of
    /// namespaces, types and constants that no variable hides.
    public func references(of expression: Expression) -> Set<AttributePath> {
        expression.references.filter { path in
            if variables[path.variable] != nil { return true }
            let name = path.description
            return constants[name] == nil && !namespaces.contains(name)
        }
    }
}

private struct ReferenceFinder {
    let expression: Expression
    var found: Set<AttributePath> = []
    var locals: [String] = []

    mutating func visit(_ id: Expression.ID) {
        if let (path, indexes) = path(id) {
            if let path { found.insert(path) }
            indexes.forEach { visit($0) }
            return
        }
        switch expression[id].kind {
        case .loop(let loop):
            visit(loop.range)
            within([loop.variable, loop.secondVariable ?? loop.variable]) {
                if let condition = loop.condition { $0.visit(condition) }
                if let result = loop.result { $0.visit(result) }
            }
        case .bind(let name, let value, let body):
            visit(value)
            within([name]) { $0.visit(body) }
        case .block(let slots, let body):
            within(slots.indices.map { "@index\($0)" }) { finder in
                slots.forEach { finder.visit($0) }
                finder.visit(body)
            }
        case let kind:
            var children: [Expression.ID] = []
            kind.visitChildren { children.append($0) }
            children.forEach { visit($0) }
        }
    }

    private mutating func within(_ names: [String], _ body: (inout ReferenceFinder) -> Void) {
        locals += names
        body(&self)
        locals.removeLast(names.count)
    }

    /// The path that a chain of selections spells, without one when it begins with a variable of a macro, and the
    /// indexes in it that are expressions; nil when it is something else.
    private func path(_ id: Expression.ID) -> (path: AttributePath?, indexes: [Expression.ID])? {
        var steps: [AttributePath.Step] = [], indexes: [Expression.ID] = [], next = id
        while true {
            switch expression[next].kind {
            case .identifier(let name):
                let plain = name.hasPrefix(".") ? String(name.dropFirst()) : name
                if plain == name, locals.contains(plain) { return (nil, indexes) }
                return (AttributePath(plain, steps.reversed()), indexes)
            case .select(let operand, let field), .has(let operand, let field), .optionalSelect(let operand, let field):
                steps.append(.field(field))
                next = operand
            case .call("_[_]", let arguments), .call("_[?_]", let arguments):
                switch expression[arguments[1]].kind {
                case .literal(.string(let key)): steps.append(.field(key))
                case .literal(.int(let index)): steps.append(.index(index))
                default:
                    indexes.append(arguments[1])
                    steps.append(.any)
                }
                next = arguments[0]
            default: return nil
            }
        }
    }
}
