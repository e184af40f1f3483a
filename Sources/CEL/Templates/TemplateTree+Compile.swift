// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension TemplateTree {
    /// Checks all expressions, each distinct one once, and makes them ready to run.
    ///
    /// - Parameters:
    ///   - environment: the one the tree was read with, and the variables.
    ///   - expected: the type of the whole document; each string with expressions has to fit its place there, see
    ///     `CELType.mismatch(with:)`. What holds no expressions is not looked at. In OCM's dialect a field that the
    ///     type does not require is left out when its value is null.
    /// - Throws: all problems: what the checker finds, expressions between text that are no strings where the dialect
    ///   takes only these, and what does not fit its place.
    public func compile(
        in environment: Environment, expected: CELType? = nil
    ) throws(TemplateError) -> CompiledTemplateTree {
        var compiler = TemplateCompiler(self, environment, isChecked: true)
        if let expected { compiler.expect(expected, of: shape, at: JSONPointer()) }
        return try compiler.compile()
    }

    /// Makes all expressions ready to run without checking them: names and types are found when they run.
    public func compileUnchecked(in environment: Environment) throws(TemplateError) -> CompiledTemplateTree {
        var compiler = TemplateCompiler(self, environment, isChecked: false)
        return try compiler.compile()
    }
}

private struct TemplateCompiler {
    private let tree: TemplateTree
    private let environment: Environment
    private let isChecked: Bool
    private let isSameLanguage: Bool
    private var problems: TemplateProblems
    private var programs: [Program] = []
    private var known: [MapKey: Result<Int, CompileError>] = [:]
    private var comparison = TypeComparison()
    private var expected: [CELType?]
    /// Which leaves stand where OCM leaves out what is null: in a field that its schema knows and does not require.
    private var isOptional: [Bool]

    init(_ tree: TemplateTree, _ environment: Environment, isChecked: Bool) {
        (self.tree, self.environment, self.isChecked) = (tree, environment, isChecked)
        isSameLanguage = environment.libraries.map(\.name) == tree.libraries
        problems = TemplateProblems(tree.place)
        expected = Array(repeating: nil, count: tree.leaves.count)
        isOptional = Array(repeating: false, count: tree.leaves.count)
    }

    mutating func compile() throws(TemplateError) -> CompiledTemplateTree {
        var compiled: [CompiledTemplateTree.Leaf] = []
        for (index, leaf) in tree.leaves.enumerated() {
            do throws(CompileError) {
                let content = try content(of: leaf)
                compiled.append(
                    CompiledTemplateTree.Leaf(
                        pointer: leaf.pointer, template: leaf.template, references: leaf.references,
                        resultType: resultType(content), content: content, isLeftOutWhenNull: isOptional[index]))
                check(content, leaf, expected[index])
            } catch {
                problems.add(error, at: leaf.pointer)
            }
        }
        try problems.throwIfAny()
        return CompiledTemplateTree(
            document: tree.document, dialect: tree.dialect, leaves: compiled, shape: tree.shape, programs: programs,
            place: tree.place)
    }

    // MARK: Expressions

    private mutating func content(of leaf: TemplateTree.Leaf) throws(CompileError) -> CompiledTemplateTree.Content {
        if leaf.template.isStandalone { return .value(try program(leaf.template.expressions[0])) }
        var parts: [CompiledTemplateTree.Part] = []
        for piece in leaf.template.pieces {
            switch piece {
            case .text(let text): parts.append(.text(text))
            case .expression(let text): parts.append(.program(try program(text)))
            }
        }
        return .text(parts)
    }

    private mutating func program(_ text: String) throws(CompileError) -> Int {
        let key = MapKey.string(text)
        if let known = known[key] { return try known.get() }
        do throws(CompileError) {
            let expression = try read(text)
            programs.append(
                isChecked
                    ? try environment.program(environment.check(expression))
                    : try environment.program(unchecked: expression))
        } catch {
            known[key] = .failure(error)
            throw error
        }
        known[key] = .success(programs.count - 1)
        return programs.count - 1
    }

    private func read(_ text: String) throws(CompileError) -> Expression {
        if isSameLanguage, let known = tree.expressions[.string(text)] { return known }
        return try environment.parse(text, name: "<expression>")
    }

    private func resultType(_ content: CompiledTemplateTree.Content) -> CELType {
        switch content {
        case .value(let index): programs[index].resultType
        case .text: .string
        }
    }

    private mutating func check(
        _ content: CompiledTemplateTree.Content, _ leaf: TemplateTree.Leaf, _ wanted: CELType?
    ) {
        if case .text(let parts) = content, tree.dialect == .kro {
            for case .program(let index) in parts {
                var substitution = Substitution()
                let program = programs[index], found = program.resultType
                guard !substitution.assign(found, to: .string) else { continue }
                problems.add(
                    "an expression within text is a string, and this one is of type '\(found)'; write string(…)",
                    at: leaf.pointer, program.expression.location(of: program.expression.root))
            }
        }
        guard let wanted, let found = comparison.mismatch(of: resultType(content), with: wanted) else { return }
        var location: SourceLocation?
        if case .value(let index) = content {
            location = programs[index].expression.location(of: programs[index].expression.root)
        }
        problems.add("the value does not fit its field: \(found)", at: leaf.pointer, location)
    }

    // MARK: Places

    /// Finds what is expected of each leaf.
    mutating func expect(_ type: CELType, of shape: TemplateTree.Shape, at pointer: JSONPointer) {
        switch (shape, type) {
        case (.plain, _), (_, .dyn), (_, .parameter), (_, .unknown): break
        case (.leaf(let index), _): expected[index] = type
        case (_, .nullable(let inner)), (_, .optional(let inner)): expect(inner, of: shape, at: pointer)
        case (.object(let members), .map(_, let value)):
            for (key, member) in members { expect(value, of: member, at: pointer.appending(key)) }
        case (.object(let members), .object(let object)):
            for (key, member) in members {
                if case .plain = member { continue }
                if let known = object.fields[key] {
                    if case .leaf(let index) = member, tree.dialect == .ocmTransform {
                        isOptional[index] = !object.required.contains(key)
                    }
                    expect(known, of: member, at: pointer.appending(key))
                } else if !object.allowsOtherFields {
                    problems.add("undefined field '\(key)' of \(object.name)", at: pointer.appending(key))
                }
            }
        case (.array(let elements), .list(let element)):
            for (index, shape) in elements.enumerated() { expect(element, of: shape, at: pointer.appending(index)) }
        case (.object, _): problems.add("this is an object, and its schema says '\(type)'", at: pointer)
        case (.array, _): problems.add("this is an array, and its schema says '\(type)'", at: pointer)
        }
    }
}
