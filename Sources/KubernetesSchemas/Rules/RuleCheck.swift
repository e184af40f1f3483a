// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// What is wrong with rules that were compiled: their expressions, and where they use `oldSelf`.
struct RuleCheck {
    private let uncorrelatable: [FieldPath: FieldPath]
    private var errors: [FieldError] = []

    static func errors(
        of root: RuleNode, at path: FieldPath, uncorrelatable: [FieldPath: FieldPath]
    ) -> [FieldError] {
        var check = RuleCheck(uncorrelatable)
        check.check(root, path)
        return check.errors
    }

    private init(_ uncorrelatable: [FieldPath: FieldPath]) { self.uncorrelatable = uncorrelatable }

    private mutating func check(_ node: RuleNode, _ path: FieldPath) {
        for name in node.schema.propertyNames {
            if let property = node.properties[name] { check(property, path.child("properties").key(name)) }
        }
        if let values = node.values { check(values, path.child("additionalProperties")) }
        if let items = node.items { check(items, path.child("items")) }
        for (index, compiled) in node.rules.enumerated() {
            check(compiled, path.child("x-kubernetes-validations").index(index), uncorrelatable[path])
        }
    }

    private mutating func check(_ compiled: CompiledRule, _ path: FieldPath, _ uncorrelatable: FieldPath?) {
        let source = JSON.object(compiled.rule.source)
        if let problem = compiled.problem { errors.append(.invalid(path.child("rule"), source, problem)) }
        if let problem = compiled.messageProblem {
            errors.append(.invalid(path.child("messageExpression"), source, problem))
        }
        guard compiled.problem == nil else { return }
        if compiled.usesOldSelf {
            if let uncorrelatable {
                errors.append(
                    .invalid(
                        path.child("rule"), .string(compiled.rule.rule),
                        "oldSelf cannot be used on the uncorrelatable portion of the schema within "
                            + uncorrelatable.text))
            }
        } else if let optional = compiled.rule.optionalOldSelf {
            errors.append(
                .invalid(
                    path.child("optionalOldSelf"), .bool(optional), "may not be set if oldSelf is not used in rule"))
        }
    }
}
