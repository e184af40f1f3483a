// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Finds the strings with expressions in a document and reads them, each distinct expression once.
struct TemplateReader {
    private let dialect: TemplateDialect
    private let environment: Environment
    /// Names that look like a variable where a function of a namespace is called: `lists` in `lists.range(3)`.
    private(set) var problems: TemplateProblems
    private(set) var leaves: [TemplateTree.Leaf] = []
    private(set) var expressions: [MapKey: Expression] = [:]
    private var references: [MapKey: Set<AttributePath>] = [:]
    private var count = 0
    private var isOverLimit = false
    /// Where the value stands that is read now.
    private var path: [String] = []

    init(_ dialect: TemplateDialect, _ environment: Environment, _ problems: TemplateProblems) {
        (self.dialect, self.environment, self.problems) = (dialect, environment, problems)
    }

    mutating func read(_ value: JSON) -> TemplateTree.Shape {
        guard path.count <= DocumentLimits.standard.depth else {
            problems.add("values are nested deeper than \(DocumentLimits.standard.depth) levels", at: pointer)
            return .plain(value)
        }
        switch value {
        case .string(let text): return read(text)
        case .object(let object):
            let members = object.map { (key: $0.key, value: read($0.value, below: $0.key)) }
            return members.allSatisfy { $0.value.isPlain } ? .plain(value) : .object(members)
        case _ where dialect == .bare:
            problems.add("a status field is an expression or an object, and no \(value.kindName)", at: pointer)
            return .plain(value)
        case .array(let items):
            let elements = items.enumerated().map { read($1, below: String($0)) }
            return elements.allSatisfy(\.isPlain) ? .plain(value) : .array(elements)
        default: return .plain(value)
        }
    }

    private var pointer: JSONPointer { JSONPointer(path) }

    private mutating func read(_ value: JSON, below key: String) -> TemplateTree.Shape {
        path.append(key)
        defer { path.removeLast() }
        return read(value)
    }

    private mutating func read(_ text: String) -> TemplateTree.Shape {
        do throws(CompileError) {
            let template = try Template(text, dialect: dialect)
            if template.isPlain { return .plain(.string(text)) }
            var found: Set<AttributePath> = []
            let expressions = template.expressions
            count += expressions.count
            guard count <= TemplateTree.mostExpressions else {
                if !isOverLimit {
                    isOverLimit = true
                    problems.add("the document has more than \(TemplateTree.mostExpressions) expressions", at: pointer)
                }
                return .plain(.string(text))
            }
            for text in expressions { found.formUnion(try references(of: text)) }
            leaves.append(TemplateTree.Leaf(pointer: pointer, template: template, references: found))
            return .leaf(leaves.count - 1)
        } catch {
            problems.add(error, at: pointer)
            return .plain(.string(text))
        }
    }

    private mutating func references(of text: String) throws(CompileError) -> Set<AttributePath> {
        // Texts that Unicode calls equivalent are different expressions, which `String` as a key would confuse.
        let key = MapKey.string(text)
        if let known = references[key] { return known }
        let expression = try environment.parse(text, name: "<expression>")
        let found = environment.references(of: expression)
        (expressions[key], references[key]) = (expression, found)
        return found
    }
}

extension TemplateTree.Shape {
    fileprivate var isPlain: Bool { if case .plain = self { true } else { false } }
}
