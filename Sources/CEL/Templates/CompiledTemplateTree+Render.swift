// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

extension CompiledTemplateTree {
    /// The document with the values of its expressions.
    ///
    /// A string that is one expression becomes its value, as `Value.document` writes it; what is an omission, as of kro's
    /// `omit()`, leaves out its field or element. Text around expressions stays, and the result is a string. Each
    /// distinct expression runs once, and all share one budget. A document without expressions is returned as it is.
    ///
    /// - Throws: why there is no value, for every string for which there is none; once the budget is used up or the task
    ///   was cancelled nothing more is tried.
    public func render(
        _ variables: Variables = Variables(), limits: EvaluationLimits = .standard, form: DocumentForm = DocumentForm()
    ) throws(TemplateError) -> JSON {
        guard !leaves.isEmpty else { return document }
        var renderer = TemplateRenderer(self, variables, Budget(limits), form)
        let result = renderer.render(shape)
        try renderer.problems.throwIfAny()
        return result ?? .null
    }
}

private struct TemplateRenderer {
    private let tree: CompiledTemplateTree
    private let variables: Variables
    private let form: DocumentForm
    private var budget: Budget
    private var values: [Result<Value, EvaluationError>?]
    private(set) var problems: TemplateProblems
    private var isOver = false

    init(_ tree: CompiledTemplateTree, _ variables: Variables, _ budget: Budget, _ form: DocumentForm) {
        (self.tree, self.variables, self.budget, self.form) = (tree, variables, budget, form)
        values = Array(repeating: nil, count: tree.programs.count)
        problems = TemplateProblems(tree.place)
    }

    /// Nil for what is left out, and after a problem.
    mutating func render(_ shape: TemplateTree.Shape) -> JSON? {
        guard !isOver else { return nil }
        switch shape {
        case .plain(let json): return json
        case .leaf(let index):
            let leaf = tree.leaves[index]
            do throws(EvaluationError) { return try render(leaf) } catch {
                isOver = error.isFinal
                problems.add(error.message, at: leaf.pointer, error.location ?? place(of: leaf), cause: error)
                return nil
            }
        case .object(let members):
            var object = JSONObject()
            for (key, member) in members { object[key] = render(member) }
            return .object(object)
        case .array(let elements): return .array(elements.compactMap { render($0) })
        }
    }

    /// Where the expression begins whose value cannot be written.
    private func place(of leaf: CompiledTemplateTree.Leaf) -> SourceLocation? {
        guard case .value(let index) = leaf.content else { return nil }
        let expression = tree.programs[index].expression
        return expression.location(of: expression.root)
    }

    private mutating func render(_ leaf: CompiledTemplateTree.Leaf) throws(EvaluationError) -> JSON? {
        switch leaf.content {
        case .value(let index):
            let value = try value(of: index)
            guard value.isOmission else {
                let json = try value.document(form, budget: &budget)
                if leaf.isLeftOutWhenNull, json == .null { return nil }
                return json
            }
            guard !leaf.pointer.parts.isEmpty else { throw .invalid("a whole document cannot be left out") }
            return nil
        case .text(let parts):
            var result = ""
            for part in parts {
                switch part {
                case .text(let text):
                    try budget.allocate(bytes: text.utf8.count)
                    result += text
                case .program(let index): try append(value(of: index), index, to: &result)
                }
            }
            return .string(result)
        }
    }

    private mutating func append(_ value: Value, _ program: Int, to text: inout String) throws(EvaluationError) {
        guard tree.dialect == .kro else { return try GoText.append(value, to: &text, &budget) }
        guard case .string(let string) = value else {
            throw EvaluationError(
                .noSuchOverload, "an expression within text is a string, and this one is of type \(value.typeName)")
        }
        try budget.allocate(bytes: string.utf8.count)
        text += string
    }

    private mutating func value(of program: Int) throws(EvaluationError) -> Value {
        if let known = values[program] { return try known.get() }
        do throws(EvaluationError) {
            let value = try tree.programs[program].evaluate(variables, &budget)
            values[program] = .success(value)
            return value
        } catch {
            values[program] = .failure(error)
            throw error
        }
    }
}
