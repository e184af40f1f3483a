// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries
internal import Documents
internal import Kubernetes

/// A rule that is ready to run.
struct CompiledRule: Sendable {
    let rule: ValidationRule
    /// Nil when the rule has no text, or could not be compiled.
    let program: Program?
    /// Why it could not be compiled.
    let problem: String?
    let usesOldSelf: Bool
    let messageProgram: Program?
    let messageProblem: String?
    /// The path behind that of the value; empty when errors are at the value itself.
    let fieldPath: String
}

/// The rules of a schema and of those below it; schemas without rules are left out.
final class RuleNode: Sendable {
    let schema: SchemaNode
    /// The type of `self`.
    let type: CELType
    let rules: [CompiledRule]
    let properties: [String: RuleNode]
    let values: RuleNode?
    let items: RuleNode?

    private init(_ schema: SchemaNode, _ type: CELType, isResource: Bool) {
        (self.schema, self.type) = (schema, type)
        rules = schema.rules.isEmpty ? [] : RuleCompiler(type).compile(schema)
        var properties: [String: RuleNode] = [:]
        if case .object(let object) = type {
            for (name, property) in schema.properties where property.hasRules {
                guard let fieldType = object.fields[name] else { continue }
                properties[name] = RuleNode(property, fieldType, isResource: property.isEmbeddedResource)
            }
        }
        self.properties = properties
        if case .values(let values) = schema.additional, values.hasRules, case .map(_, let type) = type {
            self.values = RuleNode(values, type, isResource: values.isEmbeddedResource)
        } else {
            values = nil
        }
        if let items = schema.items, items.hasRules, case .list(let type) = type {
            self.items = RuleNode(items, type, isResource: items.isEmbeddedResource)
        } else {
            items = nil
        }
    }

    /// The rules of a whole schema; nil when there are none that could run.
    convenience init?(_ schema: SchemaNode, isResource: Bool) {
        guard schema.hasRules, let type = schema.expressionType("object", isResource: isResource) else { return nil }
        self.init(schema, type, isResource: isResource)
    }
}

/// Compiles the rules of one schema.
struct RuleCompiler {
    private static let base = Profile.kubernetes.environment()
    private let type: CELType

    init(_ type: CELType) { self.type = type }

    func compile(_ schema: SchemaNode) -> [CompiledRule] {
        let plain = Self.base.adding(variables: ["self": type, "oldSelf": type])
        let optional =
            schema.rules.contains { $0.optionalOldSelf == true }
            ? Self.base.adding(variables: ["self": type, "oldSelf": .optional(type)]) : plain
        return schema.rules.map { compile($0, $0.optionalOldSelf == true ? optional : plain, schema) }
    }

    private func compile(_ rule: ValidationRule, _ environment: Environment, _ schema: SchemaNode) -> CompiledRule {
        var (program, message): (Program?, Program?)
        var (problem, messageProblem): (String?, String?)
        if !rule.rule.trimmed.isEmpty {
            switch Self.program(rule.rule, .bool, environment) {
            case .success(let compiled): program = compiled
            case .failure(.text(let text)): problem = "compilation failed: \(text)"
            case .failure(.type): problem = "cel expression must evaluate to a bool"
            }
        }
        if program != nil, !rule.messageExpression.isEmpty {
            switch Self.program(rule.messageExpression, .string, environment) {
            case .success(let compiled): message = compiled
            case .failure(.text(let text)): messageProblem = "messageExpression compilation failed: \(text)"
            case .failure(.type): messageProblem = "messageExpression must evaluate to a string"
            }
        }
        var path = ""
        if !rule.fieldPath.isEmpty, case .success(let found) = RulePath.resolve(rule.fieldPath, in: schema) {
            path = found.path.text
        }
        return CompiledRule(
            rule: rule, program: program, problem: problem,
            usesOldSelf: program?.references.contains { $0.variable == "oldSelf" } ?? false, messageProgram: message,
            messageProblem: messageProblem, fieldPath: path)
    }

    private enum Refusal: Error { case text(String), type }

    private static func program(
        _ text: String, _ result: CELType, _ environment: Environment
    ) -> Result<Program, Refusal> {
        do throws(CompileError) {
            let program = try environment.compile(text)
            return program.resultType == result ? .success(program) : .failure(.type)
        } catch {
            return .failure(.text(error.problems.map { "ERROR: \($0)" }.joined(separator: "\n")))
        }
    }
}
