// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// How much validating one object may do.
public struct ValidationLimits: Sendable {
    /// How many values may be compared with schemas; what a hostile schema multiplies.
    public var steps = 20_000_000
    /// The most steps of one evaluation of one rule.
    public var perCall = 1_000_000
    /// The most steps of all rules for one object.
    public var perObject = 10_000_000

    /// The limits above; those of rules are Kubernetes', in steps of our own evaluator.
    public init() {}
    /// The limits above.
    public static let standard = ValidationLimits()
}

/// What was found when an object was validated.
public struct ValidationResult: Sendable {
    /// Why the object is refused; empty when it is not.
    public let errors: [FieldError]
    /// What is wrong, but was so before, for clients to be told.
    public let warnings: [FieldError]

    /// Whether the object is accepted.
    public var isValid: Bool { errors.isEmpty }
}

extension StructuralSchema {
    /// Validates an object that was pruned and defaulted.
    ///
    /// On an update what is wrong is tolerated where nothing changed: elements of lists of type map are found by their
    /// keys, all other lists count as a whole. Rules about changes run where there is something to compare with.
    ///
    /// Names, labels and other metadata of the object itself are not looked at, but those of embedded resources are.
    /// Time is bounded by the sizes of schema and object, and by the limits of rules.
    ///
    /// - Parameter old: the object before the update; nil when it is created.
    public func validate(_ object: JSON, old: JSON? = nil, limits: ValidationLimits = .standard) -> ValidationResult {
        let correlation = old.map { Correlation(new: object, old: $0, schema: root) }
        var errors = KeywordValidator.errors(
            of: object, root, correlation: correlation, steps: limits.steps)
        errors += EmbeddedResourceValidator.errors(of: object, root)
        let repeated = ListTypeValidator.errors(of: object, root)
        if !repeated.isEmpty, old.map({ ListTypeValidator.errors(of: $0, root).isEmpty }) ?? true { errors += repeated }
        return applyRules(object, old, correlation, errors, limits)
    }

    /// Validates an update of the status subresource: of the keywords only those of `status` are looked at.
    public func validateStatus(_ object: JSON, old: JSON, limits: ValidationLimits = .standard) -> ValidationResult {
        let correlation = Correlation(new: object, old: old, schema: root)
        var errors: [FieldError] = []
        if let status = object["status"], let schema = root.properties["status"] {
            errors = KeywordValidator.errors(
                of: status, schema, base: FieldPath("status"), correlation: correlation.field("status", status),
                steps: limits.steps)
        }
        let repeated = ListTypeValidator.errors(of: object, root)
        if !repeated.isEmpty, ListTypeValidator.errors(of: old, root).isEmpty { errors += repeated }
        return applyRules(object, old, correlation, errors, limits)
    }

    private func applyRules(
        _ object: JSON, _ old: JSON?, _ correlation: Correlation?, _ errors: [FieldError], _ limits: ValidationLimits
    ) -> ValidationResult {
        guard let rules else { return ValidationResult(errors: errors, warnings: []) }
        if errors.contains(where: \.blocksRules) {
            let blocked = FieldError(
                .invalid, "", value: .null,
                "some validation rules were not checked because the object was invalid; correct the existing errors "
                    + "to complete validation")
            return ValidationResult(errors: errors + [blocked], warnings: [])
        }
        var evaluator = RuleEvaluator(limits: limits)
        evaluator.run(rules, on: object, old: old, correlation: correlation)
        return ValidationResult(errors: errors + evaluator.errors, warnings: evaluator.warnings)
    }
}
