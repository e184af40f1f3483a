// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELLibraries
internal import Documents

/// Checks the properties of operations, with and without expressions, against the schemas of their kinds.
struct PropertyChecker {
    private let specification: OrchestrationSpecification
    private let operations: [ReadOperation]

    init(_ specification: OrchestrationSpecification, _ operations: [ReadOperation]) {
        (self.specification, self.operations) = (specification, operations)
    }

    func check() throws(Fault) -> [OrchestrationGraph.Node] {
        var problems = SpecificationProblems(specification.document)
        var variables: [String: CELType] = [
            "environment": CELType(inferredFrom: specification.environment, name: "environment")
        ]
        var properties: [String: CELType] = [:]
        for read in operations {
            let id = read.operation.id
            let wanted = try CELType(schema: read.type.properties, name: "\(id).spec")
            properties[id] = wanted
            variables[id] = try variable(of: read, properties: wanted.filled(from: read.operation.properties))
        }
        let environment = Profile.transformation.environment(variables: variables)
        var nodes: [OrchestrationGraph.Node] = []
        for read in operations {
            let wanted = properties[read.operation.id]!
            do throws(TemplateError) {
                let compiled = try read.tree.compile(in: environment, expected: wanted)
                checkPlain(compiled, wanted, read, &problems)
                nodes.append(
                    OrchestrationGraph.Node(
                        operation: read.operation, type: read.type, properties: compiled,
                        dependencies: read.dependencies, group: read.group))
            } catch {
                problems.add(error.description)
            }
        }
        try problems.throwIfAny()
        return nodes
    }

    /// What an operation's name stands for: its properties as `spec`, what it yields as `outputs` and `output`, and
    /// each output by its own name, as specifications write all of these.
    private func variable(of read: ReadOperation, properties: CELType) throws(Fault) -> CELType {
        let outputs = try CELType(schema: read.type.outputs, name: "\(read.operation.id).outputs")
        var fields: [String: CELType] = [:]
        if case .object(let object) = outputs { fields = object.fields }
        fields.merge(["spec": properties, "outputs": outputs, "output": outputs]) { $1 }
        return .object(ObjectType(name: read.operation.id, fields: fields))
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

extension CELType {
    /// The type of properties in which every one whose schema takes anything has the type of what is written there, so
    /// that a misspelt path into it is found.
    fileprivate func filled(from properties: JSON) -> CELType {
        guard case .object(let object) = self else { return self }
        var fields = object.fields
        for (name, type) in fields where type == .dyn {
            guard let value = properties[name] else { continue }
            fields[name] = CELType(inferredFrom: value.withoutExpressions, name: "\(object.name).\(name)")
        }
        return .object(
            ObjectType(
                name: object.name, fields: fields, allowsOtherFields: object.allowsOtherFields,
                required: object.required))
    }
}

extension JSON {
    /// The value with null, of which nothing is known, for every text with an expression.
    fileprivate var withoutExpressions: JSON {
        switch self {
        case .string(let text): text.firstRange(of: "${") == nil ? self : .null
        case .array(let items): .array(items.map(\.withoutExpressions))
        case .object(let object): .object(JSONObject(object.map { ($0.key, $0.value.withoutExpressions) }))
        default: self
        }
    }
}
