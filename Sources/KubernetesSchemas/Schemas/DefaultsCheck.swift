// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Whether the defaults of a schema are values that it admits.
struct DefaultsCheck {
    private(set) var errors: [FieldError] = []
    /// The steps that are left for the rules, and for all else, of all defaults.
    private var remaining = ValidationLimits.standard.perObject
    private var left = ValidationLimits.standard.steps

    /// - Parameter rules: the rules of the schema, compiled; nil when there are none, or other errors.
    static func errors(of root: SchemaNode, _ rules: RuleNode?, at path: FieldPath) -> [FieldError] {
        var check = DefaultsCheck()
        check.check(root, rules, path, parents: [])
        return check.errors
    }

    /// - Parameter parents: where in metadata the schema is, from the field of the resource on, `[]` for an element of a
    ///   list; empty outside.
    private mutating func check(_ node: SchemaNode, _ rules: RuleNode?, _ path: FieldPath, parents: [String]) {
        guard node.hasDefaults, remaining >= 0 else { return }
        if let value = node.defaultValue { check(value, node, rules, path.child("default"), parents) }
        if let items = node.items {
            let below = parents.isEmpty ? [] : parents + ["[]"]
            check(items, rules?.items, path.child("items"), parents: below)
        }
        for name in node.propertyNames {
            guard let property = node.properties[name] else { continue }
            let isResourceField = node.isEmbeddedResource && ["metadata", "apiVersion", "kind"].contains(name)
            let below = parents.isEmpty ? (isResourceField ? [name] : []) : parents + [name]
            check(property, rules?.properties[name], path.child("properties").key(name), parents: below)
        }
    }

    private mutating func check(
        _ value: JSON, _ node: SchemaNode, _ rules: RuleNode?, _ path: FieldPath, _ parents: [String]
    ) {
        if parents.isEmpty {
            var pruning = Pruning()
            if pruning.prune(value, node, isResource: node.isEmbeddedResource) != nil {
                errors.append(.invalid(path, value, "must not have unknown fields"))
            }
            let embedded = EmbeddedResourceValidator.errors(of: value, node).map { $0.below(path) }
            guard embedded.isEmpty else {
                errors += embedded
                return
            }
        } else if parents[0] == "metadata" {
            // The value is put where it would be: metadata is checked as a whole.
            let metadata = parents.dropFirst().reversed().reduce(value) { inner, name in
                name == "[]" ? .array([inner]) : .object(JSONObject([(name, inner)]))
            }
            let found = ObjectMetadataValidator.errors(of: metadata, at: FieldPath("metadata"))
            guard found.isEmpty else {
                errors.append(.invalid(path, value, "must result in valid metadata: \(found.summary)"))
                return
            }
        }
        let found = KeywordValidator.errors(of: value, node, base: path, left: &left)
        guard found.isEmpty else {
            errors += found
            return
        }
        guard let rules else { return }
        // As an update that changes nothing, and as a new value.
        for old in [value, nil] where remaining >= 0 {
            var limits = ValidationLimits.standard
            limits.perObject = remaining
            var evaluator = RuleEvaluator(limits: limits, at: [.name(path.text)])
            evaluator.run(rules, on: value, old: old, correlation: nil)
            errors += evaluator.errors
            remaining = evaluator.remaining
            if !evaluator.errors.isEmpty { return }
        }
    }
}

extension FieldError {
    /// The same error of a value that stands at a path.
    func below(_ path: FieldPath) -> FieldError {
        let place = field == "<nil>" ? path.text : field.hasPrefix("[") ? path.text + field : path.child(field).text
        return FieldError(reason, place, value: badValue, detail)
    }
}
