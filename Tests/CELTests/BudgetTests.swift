// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Budgets")
struct BudgetTests {
    private static let environment = Profile.standard.environment(variables: ["n": .int, "s": .string])

    private func error(_ text: String, _ limits: EvaluationLimits, _ variables: Variables = ["n": 1000]) throws
        -> EvaluationError?
    {
        let program = try Self.environment.compile(text)
        return #expect(throws: EvaluationError.self) { try program.evaluate(variables, limits: limits) }
    }

    @Test("Steps end a loop, bytes end what grows, and no operator hides it")
    func limits() throws {
        let steps = EvaluationLimits(steps: 1_000, bytes: 1 << 20),
            bytes = EvaluationLimits(steps: 100_000, bytes: 1_000)
        for text in [
            "lists.range(n).all(i, i >= 0)", "lists.range(n).all(i, i >= 0) || true",
            "[1].exists(x, lists.range(n).all(i, i >= 0) || true)",
        ] {
            let found = try error(text, steps)
            #expect(found?.kind == .budget)
            #expect(found?.message == "the expression needs more than the 1000 steps it may take")
        }
        let found = try error("lists.range(n).map(i, string(i)).join(',')", bytes)
        #expect(found?.kind == .budget)
        #expect(found?.message == "the expression makes more than the 1000 bytes it may")
    }

    @Test("A deadline that has passed ends a long loop")
    func deadline() throws {
        let limits = EvaluationLimits(steps: .max >> 1, bytes: .max >> 1, deadline: .after(.zero))
        let found = try error("lists.range(n).all(i, lists.range(n).all(j, lists.range(n).all(k, true)))", limits)
        #expect(found?.kind == .budget)
        #expect(found?.message == "the expression did not end in time")
    }

    @Test("A cancelled task ends a loop that would go on for days")
    func cancellation() async throws {
        let program = try Self.environment.compile(
            "lists.range(n).all(i, lists.range(n).all(j, lists.range(n).all(k, lists.range(n).all(l, true))))")
        let task = Task {
            try program.evaluate(["n": 1_000_000], limits: EvaluationLimits(steps: .max >> 1, bytes: .max >> 1))
        }
        task.cancel()
        let error = await #expect(throws: EvaluationError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
    }

    @Test("Evaluations that share a budget end together")
    func shared() throws {
        let program = try Self.environment.compile("lists.range(n).all(i, i >= 0)")
        var budget = Budget(EvaluationLimits(steps: 10_000, bytes: 1 << 20))
        var done = 0
        while (try? program.evaluate(["n": 100], &budget)) != nil { done += 1 }
        #expect((5..<100).contains(done))
        #expect(budget.spent > 10_000)
    }

    @Test("The same evaluation costs the same, whatever ran before")
    func determinism() throws {
        let program = try Self.environment.compile("lists.range(n).exists(i, s.matches('[a-' + 'z]+' + string(i)))")
        var spent: Set<Int> = []
        for _ in 0..<3 {
            var budget = Budget()
            _ = try program.evaluate(["n": 20, "s": "text"], &budget)
            spent.insert(budget.spent)
        }
        #expect(spent.count == 1)
    }
}
