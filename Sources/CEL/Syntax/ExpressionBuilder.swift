// SPDX-License-Identifier: Apache-2.0

/// Makes the nodes of one expression, children before parents.
struct ExpressionBuilder {
    private(set) var nodes: [Expression.Node] = []
    /// Whether there are names that stand for other parts.
    private(set) var hasScopes = false
    let limits: ExpressionLimits
    let source: SourceText

    init(source: SourceText, limits: ExpressionLimits) {
        self.source = source
        self.limits = limits
        // Most expressions are a path of some names; what is reserved stays with the expression.
        nodes.reserveCapacity(min(64, source.bytes.count / 10 + 2))
    }

    subscript(id: Expression.ID) -> Expression.Node { nodes[Int(id.index)] }

    @inline(never)
    mutating func add(_ kind: Expression.Kind, at offset: Int) throws(CompileError) -> Expression.ID {
        var depth: Int32 = 0
        kind.visitChildren { depth = max(depth, nodes[Int($0.index)].depth) }
        guard depth < limits.depth else { throw tooDeep(at: offset) }
        guard nodes.count < limits.nodes else {
            throw CompileError("the expression has more than \(limits.nodes) parts", at: offset, in: source)
        }
        switch kind {
        case .loop, .bind, .block: hasScopes = true
        default: break
        }
        nodes.append(Expression.Node(kind: kind, offset: Int32(offset), depth: depth + 1))
        return Expression.ID(index: Int32(nodes.count - 1))
    }

    func tooDeep(at offset: Int) -> CompileError {
        CompileError("the expression is nested deeper than \(limits.depth) levels", at: offset, in: source)
    }

    /// The builder with all nodes, which this one gives away: who holds the only copy adds to it without copying it.
    mutating func handOver() -> ExpressionBuilder {
        let whole = self
        nodes = []
        return whole
    }
}

/// How much of a foreign expression is accepted.
public struct ExpressionLimits: Sendable {
    /// The most code points of the text.
    public var codePoints = 100_000
    /// How deep it may be nested, by parentheses or by operators in a row; a bound name counts as what it stands for.
    public var depth: Int32 = 250
    /// The most nodes, macros expanded.
    public var nodes = 200_000

    /// The limits above.
    public init() {}
}

extension Expression.Kind {
    /// Visits the nodes right below, in the order in which they were written.
    func visitChildren(_ visit: (Expression.ID) -> Void) {
        switch self {
        case .literal, .identifier: break
        case .select(let operand, _), .has(let operand, _), .optionalSelect(let operand, _): visit(operand)
        case .call(_, let arguments), .and(let arguments), .or(let arguments): arguments.forEach(visit)
        case .method(let target, _, let arguments):
            visit(target)
            arguments.forEach(visit)
        case .conditional(let condition, let then, let otherwise):
            visit(condition)
            visit(then)
            visit(otherwise)
        case .list(let elements): elements.forEach { visit($0.value) }
        case .map(let entries):
            for entry in entries {
                visit(entry.key)
                visit(entry.value)
            }
        case .message(_, let fields): fields.forEach { visit($0.value) }
        case .loop(let loop):
            visit(loop.range)
            if let condition = loop.condition { visit(condition) }
            if let result = loop.result { visit(result) }
        case .bind(_, let value, let body):
            visit(value)
            visit(body)
        case .block(let slots, let body):
            slots.forEach(visit)
            visit(body)
        }
    }
}
