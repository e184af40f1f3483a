// SPDX-License-Identifier: Apache-2.0

// Operators and functions.
extension Planner {
    @inline(never)
    mutating func call(
        _ name: String, _ arguments: [Expression.ID], _ id: Expression.ID
    ) throws(CompileError) -> any Node {
        if name == "_+_" { return try sum(id) }
        if let first = name.utf8.first, first == UInt8(ascii: "_") || first == UInt8(ascii: "@") || name.hasSuffix("_"),
            let node = try operation(name, arguments, id)
        {
            return node
        }
        let planned = try nodes(arguments)
        let overloads = try self.overloads(name, isMethod: false, count: planned.count, id)
        return try call(name, planned, overloads, id)
    }

    @inline(never)
    mutating func method(
        _ target: Expression.ID, _ name: String, _ arguments: [Expression.ID], _ id: Expression.ID
    ) throws(CompileError) -> any Node {
        if let checked, case .namespaced(let full, let overloads) = checked.resolution(of: id) {
            return try call(full, try nodes(arguments), overloads, id)
        }
        if checked == nil, let parts = nameParts(target), !isLocal(parts[0]) {
            let functions = environment.functions
            let full = (parts + [name]).joined(separator: ".")
            if let resolved = environment.container.resolve(full, { functions[$0] == nil ? nil : $0 }) {
                let planned = try nodes(arguments)
                return try call(
                    resolved, planned, try overloads(resolved, isMethod: false, count: planned.count, id), id)
            }
        }
        let planned = [try node(target)] + (try nodes(arguments))
        if planned.count == 2, name == "or" || name == "orValue", environment.hasOptionals {
            if name == "orValue", let path = planned[0] as? PathNode, path.isOptional {
                return PathOrNode(path, planned[1])
            }
            return OptionalOrNode(planned[0], planned[1], isUnwrapping: name == "orValue", at: offset(id))
        }
        return try call(name, planned, try overloads(name, isMethod: true, count: planned.count, id), id)
    }

    /// The forms that may fit: those that the checker found, or all with this many parameters.
    @inline(never)
    private func overloads(
        _ name: String, isMethod: Bool, count: Int, _ id: Expression.ID
    ) throws(CompileError) -> [Overload] {
        if let checked, case .overloads(let found) = checked.resolution(of: id) { return found }
        let functions = environment.functions
        let known = isMethod ? functions[name] : environment.container.resolve(name) { functions[$0] }
        return (known ?? []).filter { $0.isMethod == isMethod && $0.parameters.count == count }
    }

    @inline(never)
    private mutating func call(
        _ name: String, _ arguments: [any Node], _ overloads: [Overload], _ id: Expression.ID
    ) throws(CompileError) -> any Node {
        let at = offset(id)
        guard overloads.count == 1 else { return fold(CallNode(name, arguments, overloads, at: at), arguments) }
        var implementation = overloads[0].implementation
        if let specialize = overloads[0].specialize {
            let constants = arguments.map { ($0 as? ConstantNode)?.value }
            if constants.contains(where: { $0 != nil }) {
                do throws(EvaluationError) {
                    implementation = try specialize(constants, &budget) ?? implementation
                } catch  where error.isFinal {
                    // What cannot be prepared any more is done when it runs, and paid for then.
                } catch {
                    throw self.error(error.message, at: id)
                }
            }
        }
        switch implementation {
        case .unary(let body) where arguments.count == 1:
            return fold(UnaryCallNode(arguments[0], at: at, body), arguments)
        case .binary(let body) where arguments.count == 2:
            return fold(BinaryCallNode(arguments[0], arguments[1], at: at, body), arguments)
        default:
            var special = overloads[0]
            special = Overload(
                id: special.id, isMethod: special.isMethod, parameters: special.parameters, result: special.result,
                implementation: implementation)
            return fold(CallNode(name, arguments, [special], at: at), arguments)
        }
    }

    /// A chain of `+` as one node.
    @inline(never)
    private mutating func sum(_ id: Expression.ID) throws(CompileError) -> any Node {
        var terms: [Expression.ID] = [], offsets: [Int32] = [], next = id
        while case .call("_+_", let arguments) = expression[next].kind {
            terms.append(arguments[1])
            offsets.append(offset(next))
            next = arguments[0]
        }
        terms.append(next)
        let planned = try nodes(terms.reversed())
        if planned.count == 2 {
            return fold(AddTwoNode(planned[0], planned[1], at: offsets[0], extra: extra("_+_")), planned)
        }
        return fold(AddNode(planned, at: offsets.reversed(), extra: extra("_+_")), planned)
    }

    /// Forms of an operator that libraries bring.
    @inline(never)
    private func extra(_ name: String) -> [Overload] {
        (environment.functions[name] ?? []).filter {
            if case .builtin = $0.implementation { false } else { true }
        }
    }

    @inline(never)
    private mutating func operation(
        _ name: String, _ arguments: [Expression.ID], _ id: Expression.ID
    ) throws(CompileError) -> (any Node)? {
        let at = offset(id)
        if arguments.count == 1 {
            guard name == "!_" || name == "-_" else { return nil }
            let operand = try node(arguments[0])
            return fold(name == "!_" ? NotNode(operand) : NegateNode(operand, extra: extra(name), at: at), [operand])
        }
        guard arguments.count == 2 else { return nil }
        let left = try node(arguments[0]), right = try node(arguments[1])
        let operation: any Node
        switch name {
        case "_==_", "_!=_":
            if let constant = right as? ConstantNode {
                operation = EqualConstantNode(left, constant.value, isEqual: name == "_==_")
            } else {
                operation = EqualNode(left, right, isEqual: name == "_==_")
            }
        case "@in":
            if let constant = right as? ConstantNode, case .list(let list) = constant.value,
                let node = InConstantsNode(left, list)
            {
                operation = node
            } else {
                operation = InNode(left, right, at: at)
            }
        case "_[_]": operation = IndexNode(left, right, isOptional: false, bad, at: at)
        case "_[?_]": operation = IndexNode(left, right, isOptional: true, bad, at: at)
        default:
            if let sign = CompareNode.Sign(rawValue: name) {
                operation = CompareNode(sign, left, right, at: at)
            } else if let sign = ArithmeticNode.Sign(rawValue: name) {
                operation = ArithmeticNode(sign, left, right, extra: extra(name), at: at)
            } else {
                return nil
            }
        }
        return fold(operation, [left, right])
    }
}
