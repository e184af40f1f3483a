// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes

extension KeywordValidator {
    /// Checks `anyOf`, `oneOf`, `allOf` and `not`.
    mutating func conditions(_ value: JSON, _ schema: SchemaNode, _ correlation: Correlation?) -> Outcome {
        var outcome = Outcome()
        if !schema.anyOf.isEmpty { outcome.add(anyOf(value, schema.anyOf, correlation)) }
        if !schema.oneOf.isEmpty { outcome.add(oneOf(value, schema.oneOf, correlation)) }
        if !schema.allOf.isEmpty {
            var valid = 0
            for part in schema.allOf {
                let result = validate(value, part, correlation)
                if result.errors.isEmpty { valid += 1 }
                outcome.add(result)
            }
            if valid < schema.allOf.count {
                let none = valid == 0 ? ". None validated" : ""
                outcome.errors.append(refusal("must validate all the schemas (allOf)\(none)"))
            }
        }
        // What did not change is not tolerated here: it would pass, and so be refused.
        if let not = schema.not, validate(value, not, nil).errors.isEmpty {
            outcome.errors.append(refusal("must not validate the schema (not)"))
        }
        return outcome
    }

    private mutating func anyOf(_ value: JSON, _ parts: [SchemaNode], _ correlation: Correlation?) -> Outcome {
        var best: Outcome?
        for part in parts {
            let result = validate(value, part, correlation)
            if result.errors.isEmpty { return result }
            if best.map({ result.matches > $0.matches }) ?? true { best = result }
        }
        var outcome = Outcome(errors: [refusal("must validate at least one schema (anyOf)")])
        if let best { outcome.add(best) }
        return outcome
    }

    private mutating func oneOf(_ value: JSON, _ parts: [SchemaNode], _ correlation: Correlation?) -> Outcome {
        var first: Outcome?, best: Outcome?, valid = 0
        for part in parts {
            let result = validate(value, part, correlation)
            if result.errors.isEmpty {
                valid += 1
                first = first ?? result
            } else if best.map({ result.matches > $0.matches }) ?? true {
                best = result
            }
        }
        if valid == 1, let first { return first }
        let found = valid == 0 ? "Found none valid" : "Found \(valid) valid alternatives"
        var outcome = Outcome(errors: [refusal("must validate one and only one schema (oneOf). \(found)")])
        if valid == 0, let best { outcome.add(best) }
        return outcome
    }

    /// An error about the object as a whole that names the value, as Kubernetes has it for conditions.
    private func refusal(_ detail: String) -> FieldError {
        .invalid(base, "", "\(goQuoted(name)) \(detail)")
    }
}
