// SPDX-License-Identifier: Apache-2.0

import CEL

/// Evaluates the expressions of one stranger, all from one budget.
struct Sandbox {
    enum Answer: Equatable {
        case value(String)
        /// The expression is wrong or has no value.
        case refused
        /// What the stranger may spend is spent.
        case exhausted
    }

    private let environment: Environment
    private var budget: Budget

    init(steps: Int, bytes: Int, seconds: Int) {
        var options = Environment.Options()
        options.limits.codePoints = 2_000
        options.limits.depth = 50
        environment = Environment(libraries: [.standard], options: options)
        budget = Budget(EvaluationLimits(steps: steps, bytes: bytes, deadline: .after(.seconds(seconds))))
    }

    /// How many steps have been taken.
    var steps: Int { budget.spent }

    mutating func answer(_ text: String) -> Answer {
        do {
            return .value(try environment.compile(text).evaluate([:], &budget).literalText)
        } catch let error as EvaluationError where error.kind == .budget {
            return .exhausted
        } catch {
            return .refused
        }
    }
}
