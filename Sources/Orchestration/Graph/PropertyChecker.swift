// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Documents

/// Checks the properties of operations, with and without expressions, against the schemas of their kinds.
struct PropertyChecker {
    private let specification: OrchestrationSpecification

    init(_ specification: OrchestrationSpecification) { self.specification = specification }

    func check(_ operations: [ReadOperation]) throws(Fault) -> [OrchestrationGraph.Node] {
        var problems = SpecificationProblems(specification.document)
        let language = GraphLanguage(specification, try OperationTypes(operations), operations)
        var nodes: [OrchestrationGraph.Node] = []
        nodes.reserveCapacity(operations.count)
        for read in operations {
            do throws(TemplateError) {
                let compiled = try language.compile(read.tree, read.type)
                checkPlain(compiled, language.types.properties(of: read.type), read, &problems)
                nodes.append(
                    OrchestrationGraph.Node(
                        operation: read.operation, type: read.type, dependencies: read.dependencies, group: read.group,
                        language: language))
            } catch {
                problems.add(error.description)
            }
        }
        try problems.throwIfAny()
        return nodes
    }

    /// What holds no expressions: properties that are not known, of another type, or missing.
    private func checkPlain(
        _ compiled: CompiledTemplateTree, _ wanted: CELType, _ read: ReadOperation,
        _ problems: inout SpecificationProblems
    ) {
        guard case .object(let object) = wanted else { return }
        let operation = read.operation, fix = "`ocm transfer operations \(read.type.name)` says what it takes"
        let given = (operation.properties.object ?? [:]).map(\.key)
        let unknown = object.allowsOtherFields ? [] : given.filter { object.fields[$0] == nil }
        for name in unknown {
            let near = Spelling.nearest(to: name, among: object.fields.keys.filter { !given.contains($0) })
            problems.add(
                "\(operation.type) takes no '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""),
                at: operation.propertiesPointer.appending(name), fix: fix)
        }
        if unknown.isEmpty, let mismatch = compiled.resultType(name: "properties").mismatch(with: wanted) {
            add(mismatch, read, fix: fix, &problems)
        }
        for name in object.required.sorted() where compiled.document[name] == nil {
            problems.add("\(operation.type) needs '\(name)'", at: operation.pointer, fix: fix)
        }
    }

    /// Says which property has another type, at its own line.
    private func add(
        _ mismatch: TypeMismatch, _ read: ReadOperation, fix: String, _ problems: inout SpecificationProblems
    ) {
        let path = mismatch.path.drop { $0 == "." }, name = String(path.prefix { $0 != "." && $0 != "[" })
        let operation = read.operation, value = operation.properties[name]
        guard let value else {
            return problems.add("\(operation.type): \(mismatch)", at: operation.propertiesPointer, fix: fix)
        }
        var hint = fix
        switch value {
        case .number, .bool: hint = "write it in quotes if it is to be a text; else \(fix)"
        case .string(let text) where text.firstRange(of: "${") != nil && !text.contains("}"):
            hint = "close the expression with }"
        default: break
        }
        problems.add(
            "\(operation.type): \(mismatch)", at: operation.propertiesPointer.appending(name), fix: hint)
    }
}
