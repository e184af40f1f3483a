// SPDX-License-Identifier: Apache-2.0

package import RegularExpressions

// A few letters can spell a large pattern: `(a{99}){99}`. So what counts is the size of its program.
extension Budget {
    /// Pays for a pattern that was compiled.
    package mutating func prepare(_ expression: RegularExpression) throws(EvaluationError) {
        try spend(64 + 6 * expression.instructionCount)
    }

    /// Pays for a search, before it is done: in the worst case all of the program is looked at for each byte, and most
    /// of the time a fixed number of instructions.
    package mutating func search(_ text: String, for expression: RegularExpression) throws(EvaluationError) {
        try spend((1 + text.utf8.count >> 4) &* max(4, expression.instructionCount >> 1))
    }
}
