// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries

/// What an expression yields as a literal; or the first line of what is wrong with it, behind `error: ` when it runs
/// and behind `refused: ` before.
func evaluated(_ text: String, in profile: Profile, _ variables: [String: Value] = [:]) -> String {
    let program: Program
    do {
        program = try profile.environment(variables: variables.mapValues { _ in .dyn }).compile(text)
    } catch {
        return "refused: \(error.problems[0].message)"
    }
    do {
        return try program.evaluate(Variables(variables)).literalText
    } catch {
        return "error: \(error.message)"
    }
}
