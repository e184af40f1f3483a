// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import CELLibraries
internal import Documents

/// An expression that says which things stay: in OCM's language of transformations, with one variable.
///
/// It is compiled, with all mistakes found, before anything is looked at. All evaluations of one filter share a budget.
struct FilterExpression {
    private let program: Program
    private let variable: String
    private let thing: String
    private var budget = Budget()

    /// - Parameters:
    ///   - variable: the name of what is looked at.
    ///   - schema: the JSON schema of it.
    ///   - thing: what messages call it.
    init(_ text: String, variable: String, schema: JSON, of thing: String) throws(Fault) {
        (self.variable, self.thing) = (variable, thing)
        let type = try CELType(schema: schema, name: variable)
        let profile = Profile.ocmTransform
        let environment = CEL.Environment(
            libraries: profile.libraries + [.ocmReferences(of: nil)], variables: [variable: type],
            options: profile.options)
        do throws(CompileError) { program = try environment.compile(text, name: "expression") } catch {
            throw Fault(.invalid, "\(error)", fix: "correct the expression; it reads '\(variable)'")
        }
        switch program.resultType {
        case .bool, .dyn: break
        case let type:
            throw Fault(
                .invalid, "expression:1:1: the expression gives a \(type) where true or false is needed",
                fix: "compare it with something")
        }
    }

    /// Whether something stays.
    mutating func keeps(_ value: JSON, named name: String) throws(Fault) -> Bool {
        let result: Value
        do throws(EvaluationError) {
            result = try program.evaluate([variable: Value(value)], &budget)
        } catch {
            let code: Fault.Code = error.kind == .budget ? .limitExceeded : .invalid
            throw Fault(
                code, "the \(thing) \(name): \(error)",
                fix: "ask with has() for what not every \(thing) has")
        }
        guard case .bool(let keeps) = result else {
            throw Fault(
                .invalid,
                "the \(thing) \(name): the expression gives a \(result.typeName) where true or false is needed",
                fix: "compare it with something")
        }
        return keeps
    }
}
