// SPDX-License-Identifier: Apache-2.0

import CEL

/// What an expression yields, as the language writes it, or `error: ` and why it yields nothing.
func outcome(
    of text: String, with libraries: [Library], isChecked: Bool = true, limits: EvaluationLimits = .standard
) -> String {
    let environment = Environment(libraries: [.standard, .optionals, .bindings] + libraries)
    do {
        let program = try isChecked ? environment.compile(text) : environment.compileUnchecked(text)
        return try program.evaluate(limits: limits).literalText
    } catch let error as CompileError {
        return "error: \(error.problems.first?.message ?? "")"
    } catch let error as EvaluationError {
        return "error: \(error.message)"
    } catch {
        return "error: \(error)"
    }
}
