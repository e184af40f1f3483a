// SPDX-License-Identifier: Apache-2.0

import CEL

/// What an expression yields, as the language writes it, or why it yields nothing.
func outcome(
    of text: String, _ variables: Variables = Variables(), in environment: Environment = .everything,
    isChecked: Bool = false
) -> String {
    do {
        let program = try isChecked ? environment.compile(text) : environment.compileUnchecked(text)
        return try program.evaluate(variables).literalText
    } catch let error as CompileError {
        return "refused: \(error.problems[0].message)"
    } catch let error as EvaluationError {
        return "fails: \(error.message)"
    } catch {
        return "\(error)"
    }
}

extension Environment {
    /// All of the language without the extensions of others.
    static let everything = Environment(
        libraries: [.standard, .optionals, .bindings, .twoVariableComprehensions, .blocks])
}
