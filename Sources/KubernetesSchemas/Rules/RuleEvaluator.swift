// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Documents
internal import Kubernetes

/// Runs the rules of a schema on an object, and on what stood in its place before.
struct RuleEvaluator {
    private(set) var errors: [FieldError] = []
    /// What the rules say of values that did not change.
    private(set) var warnings: [FieldError] = []
    private var trail = FieldTrail()
    private let limits: ValidationLimits
    /// The steps that are left; negative when nothing runs any more.
    private(set) var remaining: Int

    /// What decides whether a broken rule is told of as a warning only.
    private struct Ratchet {
        var current: Correlation?
        var parent: Correlation?

        var isUnchanged: Bool { (current ?? parent)?.isUnchanged ?? false }

        func field(_ name: String, _ value: JSON) -> Ratchet {
            guard let current else { return self }
            if parent == nil, name == "apiVersion" || name == "kind" { return Ratchet() }
            return Ratchet(current: current.field(name, value), parent: current)
        }

        func element(_ value: JSON) -> Ratchet {
            guard let current else { return self }
            return Ratchet(current: current.element(value), parent: current)
        }
    }

    init(limits: ValidationLimits, at steps: [FieldTrail.Step] = []) {
        (self.limits, remaining) = (limits, limits.perObject)
        trail.steps = steps
    }

    /// Runs all rules.
    ///
    /// - Parameter old: what was there before; nil when there was nothing.
    mutating func run(_ rules: RuleNode, on value: JSON, old: JSON?, correlation: Correlation?) {
        evaluate(rules, value, old, Ratchet(current: correlation))
    }

    private mutating func evaluate(_ node: RuleNode, _ value: JSON, _ old: JSON?, _ ratchet: Ratchet) {
        if case .null = value { return }
        if !node.rules.isEmpty { check(node, value, old == .null ? nil : old, ratchet) }
        switch value {
        case .object(let object):
            guard node.values != nil || !node.properties.isEmpty else { return }
            for (key, value) in object {
                guard remaining >= 0, errors.count < KeywordValidator.mostErrors else { return }
                let before = old?[key]
                if let property = node.properties[key] {
                    trail.steps.append(.name(key))
                    evaluate(property, value, before, ratchet.field(key, value))
                    trail.steps.removeLast()
                } else if let values = node.values {
                    trail.steps.append(.key(key))
                    evaluate(values, value, before, ratchet.field(key, value))
                    trail.steps.removeLast()
                }
            }
        case .array(let elements):
            guard let items = node.items else { return }
            let known = old.flatMap { node.schema.correlatesItems ? KeyedList($0, keys: node.schema.listMapKeys) : nil }
            for (index, element) in elements.enumerated() {
                guard remaining >= 0, errors.count < KeywordValidator.mostErrors else { return }
                trail.steps.append(.index(index))
                evaluate(items, element, known?[element], ratchet.element(element))
                trail.steps.removeLast()
            }
        default: break
        }
    }

    private mutating func check(_ node: RuleNode, _ value: JSON, _ old: JSON?, _ ratchet: Ratchet) {
        let path = trail.path
        let type = JSON.string(node.schema.type)
        guard remaining > 0 else { return fail(path, type, Self.outOfBudget) }
        let selfValue = Value(document: value, as: node.type)
        let oldValue = old.map { Value(document: $0, as: node.type) }
        for compiled in node.rules {
            guard let program = compiled.program else {
                if let problem = compiled.problem { fail(path, type, "rule compile error: \(problem)", isFinal: false) }
                continue
            }
            let isOptional = compiled.rule.optionalOldSelf == true
            if compiled.usesOldSelf, oldValue == nil, !isOptional { continue }
            var variables: Variables = ["self": selfValue]
            if isOptional { variables["oldSelf"] = oldValue.map { .some($0) } ?? Value.none }
            if !isOptional, let oldValue { variables["oldSelf"] = oldValue }
            let (result, failure) = run(program, variables)
            guard remaining >= 0 else { return fail(path, type, Self.outOfBudget) }
            if let failure {
                let isFinal = failure.kind == .budget || failure.kind == .cancelled
                fail(path, type, Self.text(of: failure, compiled.rule), isFinal: isFinal)
                if isFinal { return }
            } else if case .bool(false)? = result {
                report(compiled, node, value, path, variables, ratchet)
                guard remaining >= 0 else { return }
            }
        }
    }

    private static let outOfBudget =
        "validation failed due to running out of cost budget, no further validation rules will be run"

    private mutating func fail(_ path: FieldPath, _ type: JSON, _ detail: String, isFinal: Bool = true) {
        errors.append(.invalid(path, type, detail))
        if isFinal { remaining = -1 }
    }

    /// The value of an expression, paid for from what is left for the object.
    private mutating func run(_ program: Program, _ variables: Variables) -> (Value?, EvaluationError?) {
        let steps = min(limits.perCall, remaining)
        var budget = Budget(EvaluationLimits(steps: steps, bytes: EvaluationLimits.standard.bytes))
        do throws(EvaluationError) {
            let value = try program.evaluate(variables, &budget)
            remaining -= max(1, budget.spent)
            return (value, nil)
        } catch {
            let isObjectsEnd = error.kind == .budget && steps < limits.perCall
            remaining = isObjectsEnd ? -1 : max(0, remaining - max(1, budget.spent))
            return (nil, error)
        }
    }

    private static func text(of failure: EvaluationError, _ rule: ValidationRule) -> String {
        switch failure.kind {
        case .noSuchOverload:
            "'\(failure.message)': call arguments did not match a supported operator, function or macro signature "
                + "for rule: \(rule.name)"
        case .budget, .cancelled:
            "'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call "
                + "cost exceeds limit for rule: \(rule.name)"
        default: "\(failure.message) evaluating rule: \(rule.name)"
        }
    }

    /// Tells of a rule that is broken.
    private mutating func report(
        _ compiled: CompiledRule, _ node: RuleNode, _ value: JSON, _ path: FieldPath, _ variables: Variables,
        _ ratchet: Ratchet
    ) {
        let place = compiled.fieldPath.isEmpty ? path : path.child(compiled.fieldPath)
        var detail = compiled.rule.failureText
        if let program = compiled.messageProgram {
            let (result, failure) = run(program, variables)
            if remaining < 0 || failure?.kind == .budget || failure?.kind == .cancelled {
                let words =
                    remaining < 0
                    ? "messageExpression evaluation failed due to running out of cost budget, no further validation "
                        + "rules will be run"
                    : "no further validation rules will be run due to call cost exceeds limit for messageExpression: "
                        + goQuoted(compiled.rule.messageExpression)
                return fail(place, .string(node.schema.type), words)
            }
            if case .string(let text)? = result { detail = Self.usable(text) ?? detail }
        }
        let isComposite = node.schema.type == "object" || node.schema.type == "array"
        let reason = compiled.rule.reason.flatMap(FieldError.Reason.init(rawValue:)) ?? .invalid
        let error = FieldError(
            reason, place.text, value: isComposite ? JSON?.none : value, reason == .duplicate ? "" : detail)
        if !compiled.usesOldSelf, ratchet.isUnchanged { warnings.append(error) } else { errors.append(error) }
    }

    /// A message of an expression: one line, not too long; nil for any other.
    private static func usable(_ text: String) -> String? {
        let text = text.trimmed
        return text.isEmpty || text.utf8.count > 5 * 1024 || text.utf8.contains(0x0A) ? nil : text
    }
}
