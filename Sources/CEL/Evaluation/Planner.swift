// SPDX-License-Identifier: Apache-2.0

/// Makes nodes of an expression: names become slots, calls the one form that fits, constants their result.
struct Planner {
    let environment: Environment
    let expression: Expression
    let checked: CheckedExpression?
    private var scopes: [(name: String, meaning: Meaning)] = []
    private var localCount = 0
    private var boundCount = 0
    /// What preparing the program may take; what is beyond it is found when the program runs.
    var budget = Budget(EvaluationLimits(steps: 1_000_000, bytes: 4 << 20))
    /// How many parts each part has, as far as that was asked.
    private var sizes: [Int] = []

    private enum Meaning {
        case local(Int)
        case bound(Int, any Node)
    }

    /// A program for an expression.
    static func plan(
        _ expression: Expression, checked: CheckedExpression?, in environment: Environment
    ) throws(CompileError) -> Program {
        var planner = Planner(environment: environment, expression: expression, checked: checked)
        let root = try planner.node(expression.root)
        return Program(
            root: root, expression: expression, environment: environment, resultType: checked?.resultType ?? .dyn,
            locals: planner.localCount, bound: planner.boundCount)
    }

    private init(environment: Environment, expression: Expression, checked: CheckedExpression?) {
        (self.environment, self.expression, self.checked) = (environment, expression, checked)
    }

    var bad: BadPresenceTest { environment.options.failsOnBadPresenceTest ? .fails : .isMissing }

    @inline(never)
    func offset(_ id: Expression.ID) -> Int32 { expression.nodes[Int(id.index)].offset }

    @inline(never)
    func error(_ message: String, at id: Expression.ID) -> CompileError {
        CompileError(message, at: Int(offset(id)), in: expression.source)
    }

    mutating func nodes(_ ids: [Expression.ID]) throws(CompileError) -> [any Node] {
        var result: [any Node] = []
        result.reserveCapacity(ids.count)
        for id in ids { result.append(try node(id)) }
        return result
    }

    mutating func node(_ id: Expression.ID) throws(CompileError) -> any Node {
        let at = offset(id)
        switch expression[id].kind {
        case .literal(let value): return ConstantNode(value)
        case .identifier(let name): return self.name(name, id)
        case .select(let operand, let field):
            if let resolved = resolvedName(id) { return resolved }
            return select(try node(operand), field, isOptional: false, at)
        case .has(let operand, let field): return try has(operand, field, at)
        case .optionalSelect(let operand, let field):
            return select(try node(operand), field, isOptional: true, at)
        case .call(let name, let arguments): return try call(name, arguments, id)
        case .method(let target, let name, let arguments): return try method(target, name, arguments, id)
        case .and(let terms): return try chain(terms) { AndNode($0, $1) }
        case .or(let terms): return try chain(terms) { OrNode($0, $1) }
        case .conditional(let condition, let then, let otherwise):
            return try conditional(condition, then, otherwise)
        case .list(let elements): return try list(elements, at)
        case .map(let entries): return try map(entries, at)
        case .message(let name, let fields): return try message(name, fields, id)
        case .loop(let loop): return try self.loop(loop, at)
        case .bind(let name, let value, let body): return try bind(name, value, body)
        case .block(let slots, let body): return try block(slots, body)
        }
    }

    // MARK: Parts with parts
    // Functions of their own: what recursion takes of the stack is what the largest case takes.

    @inline(never)
    private mutating func chain(
        _ terms: [Expression.ID], _ join: (any Node, any Node) -> any Node
    ) throws(CompileError) -> any Node {
        balanced(try nodes(terms)[...], join)
    }

    /// The terms of a chain as a tree whose depth grows with the logarithm of their number.
    private func balanced(_ terms: ArraySlice<any Node>, _ join: (any Node, any Node) -> any Node) -> any Node {
        guard terms.count > 1 else { return terms[terms.startIndex] }
        let middle = terms.startIndex + terms.count / 2
        return join(balanced(terms[..<middle], join), balanced(terms[middle...], join))
    }

    @inline(never)
    private mutating func has(_ operand: Expression.ID, _ field: String, _ at: Int32) throws(CompileError) -> any Node {
        HasNode(try node(operand), field, bad, at: at)
    }

    @inline(never)
    private mutating func conditional(
        _ condition: Expression.ID, _ then: Expression.ID, _ otherwise: Expression.ID
    ) throws(CompileError) -> any Node {
        ConditionalNode(try node(condition), try node(then), try node(otherwise))
    }

    @inline(never)
    private mutating func list(_ elements: [Expression.Element], _ at: Int32) throws(CompileError) -> any Node {
        var planned: [(node: any Node, isOptional: Bool)] = []
        for element in elements { planned.append((try node(element.value), element.isOptional)) }
        return fold(ListNode(planned, at: at), planned.map(\.node))
    }

    @inline(never)
    private mutating func map(_ entries: [Expression.Entry], _ at: Int32) throws(CompileError) -> any Node {
        var planned: [MapNode.Entry] = []
        for entry in entries { planned.append((try node(entry.key), try node(entry.value), entry.isOptional)) }
        let node = MapNode(planned, acceptsAnyKey: environment.options.acceptsAnyMapKey, at: at)
        return fold(node, planned.flatMap { [$0.key, $0.value] })
    }

    @inline(never)
    private mutating func message(
        _ name: String, _ fields: [Expression.Field], _ id: Expression.ID
    ) throws(CompileError) -> any Node {
        guard let type = environment.container.resolve(name, { MessageType(rawValue: $0) }) else {
            throw error("undeclared reference to '\(name)': there is no such message", at: id)
        }
        var planned: [MessageNode.Field] = []
        for field in fields {
            guard type.fields[field.name] != nil else {
                throw error("undefined field '\(field.name)' of \(name)", at: field.value)
            }
            planned.append((field.name, try node(field.value), field.isOptional))
        }
        return MessageNode(type, planned, at: offset(id))
    }

    @inline(never)
    private mutating func bind(
        _ name: String, _ value: Expression.ID, _ body: Expression.ID
    ) throws(CompileError) -> any Node {
        let bound = BoundNode(nextBound(), try node(value))
        scopes.append((name, .bound(bound.slot, bound)))
        defer { scopes.removeLast() }
        return BindNode(bound.slot..<bound.slot + 1, try node(body))
    }

    @inline(never)
    private mutating func block(_ slots: [Expression.ID], _ body: Expression.ID) throws(CompileError) -> any Node {
        let first = boundCount
        for (index, slot) in slots.enumerated() {
            let bound = BoundNode(nextBound(), try node(slot))
            scopes.append(("@index\(index)", .bound(bound.slot, bound)))
        }
        defer { scopes.removeLast(slots.count) }
        return BindNode(first..<boundCount, try node(body))
    }

    private mutating func nextBound() -> Int {
        defer { boundCount += 1 }
        return boundCount
    }

    @inline(never)
    private mutating func loop(_ loop: Expression.Loop, _ at: Int32) throws(CompileError) -> any Node {
        let range = try node(loop.range)
        let slot = localCount, hasTwo = loop.secondVariable != nil
        // A map's loops with one variable still hold key and value.
        localCount += 2
        scopes.append((loop.variable, .local(slot)))
        if let second = loop.secondVariable { scopes.append((second, .local(slot + 1))) }
        defer { scopes.removeLast(hasTwo ? 2 : 1) }
        var condition: (any Node)?, result: (any Node)?
        if let id = loop.condition { condition = try node(id) }
        if let id = loop.result { result = try node(id) }
        // Most operators are free by themselves, so a turn costs by how many there are.
        let price = 1 + ([loop.condition, loop.result].compactMap { $0.map { size(of: $0) } }.reduce(0, +) / 3)
        return switch loop.yield {
        case .all, .exists, .existsOne:
            QuantifierNode(loop.yield, range, condition!, slot: slot, hasTwo: hasTwo, price: price, at: at)
        case .filtered, .list:
            ListLoopNode(range, condition, result, slot: slot, hasTwo: hasTwo, price: price, at: at)
        case .map, .mergedMap:
            MapLoopNode(
                range, condition, result!, isMerging: loop.yield == .mergedMap, slot: slot, price: price, at: at)
        }
    }

    /// How many parts a part has.
    private mutating func size(of id: Expression.ID) -> Int {
        // Children stand before their parents.
        for index in sizes.count..<max(sizes.count, Int(id.index) + 1) {
            var size = 1
            expression.nodes[index].kind.visitChildren { size = min(size + sizes[Int($0.index)], 1 << 30) }
            sizes.append(size)
        }
        return sizes[Int(id.index)]
    }

    // MARK: Names

    private func local(_ name: String) -> (any Node)? {
        guard let found = scopes.last(where: { $0.name == name }) else { return nil }
        switch found.meaning {
        case .local(let slot): return LocalNode(slot)
        case .bound(_, let node): return node
        }
    }

    @inline(never)
    private func name(_ name: String, _ id: Expression.ID) -> any Node {
        local(name) ?? resolvedName(id) ?? dynamicName([name], id)
    }

    /// What a dotted name outside of macros means: as checked, or to be found when it runs; nil for a selection from
    /// something else.
    @inline(never)
    private func resolvedName(_ id: Expression.ID) -> (any Node)? {
        if let checked {
            switch checked.resolution(of: id) {
            case .variable(let name):
                return VariableNode(name, hint: environment.slots[name] ?? .max, at: offset(id))
            case .constant(let name): return environment.constants[name].map { ConstantNode($0) }
            default: return nil
            }
        }
        guard let parts = nameParts(id), local(parts[0]) == nil else { return nil }
        return dynamicName(parts, id)
    }

    func nameParts(_ id: Expression.ID) -> [String]? {
        var parts: [String] = [], next = id
        while case .select(let operand, let field) = expression[next].kind {
            parts.append(field)
            next = operand
        }
        guard case .identifier(let name) = expression[next].kind else { return nil }
        return [name] + parts.reversed()
    }

    @inline(never)
    private func dynamicName(_ parts: [String], _ id: Expression.ID) -> any Node {
        let container = environment.container
        // Each with a part of one array, or long names would take memory by the square.
        var candidates: [(name: String, fields: ArraySlice<String>)] = []
        var name = ""
        for (index, part) in parts.enumerated() {
            name += index == 0 ? part : ".\(part)"
            candidates += container.candidates(name).reversed().map { ($0, parts[(index + 1)...]) }
        }
        candidates.reverse()
        let constants = environment.constants
        let constant = container.resolve(name) { constants[$0] }
        return DynamicNameNode(candidates, constant: constant, bad, at: offset(id))
    }

    /// A field of an operand: one more step where the operand is a path.
    @inline(never)
    private func select(_ operand: any Node, _ field: String, isOptional: Bool, _ at: Int32) -> any Node {
        if let path = PathNode.beginning(at: operand, bad) {
            return path.adding(field, isOptional: isOptional, at: at)
        }
        return isOptional
            ? OptionalSelectNode(operand, field, bad, at: at)
            : SelectNode(operand, field, bad, at: at)
    }

    func isLocal(_ name: String) -> Bool { scopes.contains { $0.name == name } }

    // MARK: Constants

    /// The result of an operation whose arguments are constants, found now; where it fails it stays, to fail when it
    /// runs.
    @inline(never)
    mutating func fold(_ operation: any Node, _ arguments: [any Node]) -> any Node {
        guard arguments.allSatisfy({ $0 is ConstantNode }) else { return operation }
        var frame = Frame(
            Variables(), locals: 0, bound: 0, budget: Budget(EvaluationLimits(steps: 2_000, bytes: 16_384)))
        let value = try? operation.evaluate(&frame)
        do throws(EvaluationError) { try budget.take(frame.budget) } catch { return operation }
        guard let value else { return operation }
        return ConstantNode(value)
    }
}
