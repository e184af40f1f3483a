// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Checks values against the keywords of schemas: types, bounds, patterns, choices, conditions.
///
/// Texts are those of Kubernetes' validator, with its habit of naming the value twice.
struct KeywordValidator {
    /// What was found in one value.
    struct Outcome {
        var errors: [FieldError] = []
        /// How many checks were passed: of several schemas that fail, the one that got furthest is told of.
        var matches = 0

        mutating func add(_ other: Outcome) {
            matches += other.matches
            if errors.isEmpty { errors = other.errors } else { errors += other.errors }
        }
    }

    /// How many errors are told; nobody reads more.
    static let mostErrors = 1_000

    /// Where the validated value stands in its object: empty, or `status`.
    let base: FieldPath
    var trail = FieldTrail()
    private let limit: Int
    private var steps = 0

    init(base: FieldPath, limit: Int) { (self.base, self.limit) = (base, limit) }

    /// The errors of a value, each once.
    static func errors(
        of value: JSON, _ schema: SchemaNode, base: FieldPath = FieldPath(), correlation: Correlation? = nil,
        steps: Int = ValidationLimits.standard.steps
    ) -> [FieldError] {
        var left = steps
        return errors(of: value, schema, base: base, correlation: correlation, left: &left)
    }

    /// The same, paid for from what several values share.
    static func errors(
        of value: JSON, _ schema: SchemaNode, base: FieldPath, correlation: Correlation? = nil, left: inout Int
    ) -> [FieldError] {
        var validator = KeywordValidator(base: base, limit: left)
        let found = validator.validate(value, schema, correlation).errors
        if validator.isExhausted {
            return [FieldError(.invalid, base.text, value: "", "validation takes more than \(left) steps")]
        }
        left -= validator.steps
        guard found.count > 1 else { return found }
        var seen: Set<FieldError> = []
        return Array(found.filter { seen.insert($0).inserted }.prefix(mostErrors))
    }

    /// Pays for work, before it is done.
    mutating func spend(_ count: Int) { steps += count }

    var isExhausted: Bool { steps > limit }

    /// The name of the value in messages.
    var name: String { trail.dotted }

    /// The path of the value in errors.
    func path(_ name: String) -> FieldPath { name.isEmpty ? base : base.child(name) }

    mutating func validate(_ value: JSON, _ schema: SchemaNode, _ correlation: Correlation?) -> Outcome {
        spend(1 + schema.choices.count + schema.required.count)
        guard !isExhausted else { return Outcome() }
        var outcome = validateAll(value, schema, correlation)
        if !outcome.errors.isEmpty, let correlation, correlation.isUnchanged { outcome.errors = [] }
        return outcome
    }

    private mutating func validateAll(_ value: JSON, _ schema: SchemaNode, _ correlation: Correlation?) -> Outcome {
        var outcome = Outcome()
        let hasType = !schema.type.isEmpty || schema.isIntOrString
        if hasType || schema.checkedFormat != nil {
            if let error = typeError(value, schema) { outcome.errors.append(error) } else { outcome.matches += 1 }
            if value != .null { outcome.matches += 1 }
        }
        if case .null = value {
            if let error = choiceError(value, schema) { outcome.errors.append(error) }
            return outcome
        }
        if schema.hasConditions { outcome.add(conditions(value, schema, correlation)) }
        // One for the conditions, one for the choices, one for the schema.
        outcome.matches += 4
        switch value {
        case .string(let text):
            if let error = textError(text, schema) { outcome.errors.append(error) }
            outcome.matches += 1
            if let format = schema.checkedFormat, format.isOfTexts {
                if !format.admits(text) { outcome.errors.append(typeMismatch(format.name, text)) }
                outcome.matches += 1
            }
        case .number(let number):
            outcome.errors += numberErrors(number, schema)
            outcome.matches += 2
        case .array(let items):
            outcome.add(validate(items, schema, correlation))
            outcome.matches += 2
        case .object(let object):
            outcome.add(validate(object, schema, correlation))
            outcome.matches += 1
        case .bool, .null: break
        }
        if let error = choiceError(value, schema) { outcome.errors.append(error) }
        return outcome
    }

    private mutating func validate(_ items: [JSON], _ schema: SchemaNode, _ correlation: Correlation?) -> Outcome {
        var outcome = Outcome()
        if let below = schema.items {
            for (index, item) in items.enumerated() {
                trail.steps.append(.index(index))
                outcome.add(validate(item, below, correlation?.element(item)))
                trail.steps.removeLast()
                if outcome.errors.count > 2 * Self.mostErrors { break }
            }
        }
        if let maximum = schema.itemCount.maximum, items.count > maximum {
            outcome.errors.append(.tooMany(path(name), items.count, most: maximum))
        }
        if let minimum = schema.itemCount.minimum, items.count < minimum {
            let name = name
            outcome.errors.append(
                .invalid(path(name), .int(items.count), "\(name) in body should have at least \(minimum) items"))
        }
        return outcome
    }

    private mutating func validate(_ object: JSONObject, _ schema: SchemaNode, _ correlation: Correlation?) -> Outcome {
        var outcome = Outcome()
        if let minimum = schema.propertyCount.minimum, object.count < minimum {
            let name = name
            outcome.errors.append(
                .invalid(
                    path(name), .int(object.count), "\(name) in body should have at least \(minimum) properties"))
        }
        if let maximum = schema.propertyCount.maximum, object.count > maximum {
            outcome.errors.append(.tooMany(path(name), object.count, most: maximum))
        }
        let isRoot = trail.steps.isEmpty
        for (key, value) in object {
            guard outcome.errors.count <= 2 * Self.mostErrors else { break }
            let property = schema.properties[key]
            switch (property, schema.additional) {
            case (let known?, _):
                trail.steps.append(.name(key))
                // The version of an object is that of the request, whatever was stored.
                let isVersion = isRoot && (key == "kind" || key == "apiVersion")
                outcome.add(validate(value, known, isVersion ? nil : correlation?.field(key, value)))
                trail.steps.removeLast()
            case (nil, .values(let values)):
                trail.steps.append(.key(key))
                outcome.add(validate(value, values, correlation?.field(key, value)))
                trail.steps.removeLast()
            case (nil, .allowed(false)):
                let name = name
                outcome.errors.append(
                    .invalid(path(name), .string(key), "\(name).\(key) in body is a forbidden property"))
            case (nil, _): break
            }
        }
        for key in schema.required where object[key] == nil {
            trail.steps.append(.name(key))
            outcome.errors.append(.required(path(name)))
            trail.steps.removeLast()
        }
        return outcome
    }

    private func choiceError(_ value: JSON, _ schema: SchemaNode) -> FieldError? {
        guard !schema.choices.isEmpty, !schema.choices.contains(where: { $0.isDeeplySame(as: value) }) else {
            return nil
        }
        let texts = schema.choices.map { $0.string ?? GoLiteral.text(of: $0) }
        return .notSupported(path(name), value, texts)
    }
}

extension SchemaNode {
    var hasConditions: Bool { !allOf.isEmpty || !anyOf.isEmpty || !oneOf.isEmpty || not != nil }
}

extension JSON {
    static func int(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
}
