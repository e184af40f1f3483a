// SPDX-License-Identifier: Apache-2.0

/// Finds how deep the evaluation of an expression, and the values it makes, can get.
///
/// The tree alone does not tell: what a name is bound to is found where the name is first read, so a chain of
/// `cel.bind` whose values are deep gets as deep as all of them together; and a loop puts what it visits inside of what
/// it yields. Such a name therefore counts as what it stands for.
struct DepthMeter {
    let nodes: [Expression.Node]
    let most: Int32
    /// The first part, in the order of the text, that is too deep.
    private(set) var excess: Expression.ID?
    private var scopes: [(name: String, depth: Int32)] = []

    init(_ nodes: [Expression.Node], most: Int32) { (self.nodes, self.most) = (nodes, most) }

    mutating func depth(of id: Expression.ID) -> Int32 {
        let depth = 1 + inner(id)
        if depth > most, excess == nil { excess = id }
        return min(depth, most)
    }

    private mutating func inner(_ id: Expression.ID) -> Int32 {
        let node = nodes[Int(id.index)]
        // What has only leaves below is not asked, so that names are looked up once.
        guard node.depth > 1 else {
            guard case .identifier(let name) = node.kind, !scopes.isEmpty else { return 0 }
            return scopes.last { $0.name == name }?.depth ?? 0
        }
        switch node.kind {
        case .loop(let loop):
            let range = depth(of: loop.range)
            return within([(loop.variable, range), (loop.secondVariable ?? loop.variable, range)]) { meter in
                let condition = loop.condition.map { meter.depth(of: $0) } ?? 0
                return max(range, condition, loop.result.map { meter.depth(of: $0) } ?? 0)
            }
        case .bind(let name, let value, let body):
            let bound = depth(of: value)
            return max(bound, within([(name, bound)]) { $0.depth(of: body) })
        case .block(let slots, let body):
            let known = scopes.count
            defer { scopes.removeLast(scopes.count - known) }
            var deepest: Int32 = 0
            for (index, slot) in slots.enumerated() {
                let bound = depth(of: slot)
                deepest = max(deepest, bound)
                scopes.append(("@index\(index)", bound))
            }
            return max(deepest, depth(of: body))
        case let kind:
            var deepest: Int32 = 0
            kind.visitChildren { deepest = max(deepest, depth(of: $0)) }
            return deepest
        }
    }

    private mutating func within(
        _ names: [(String, Int32)], _ body: (inout DepthMeter) -> Int32
    ) -> Int32 {
        scopes += names.map { (name: $0.0, depth: $0.1) }
        defer { scopes.removeLast(names.count) }
        return body(&self)
    }
}
