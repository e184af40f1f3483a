// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Documents
import TestInputs
import Testing

@Suite("Hostile expressions")
struct HostileExpressionTests {
    private static let document = JSONObject((0..<1000).map { ("key\($0)", JSON.null) })
    private static let variables: Variables = ["m": .map(MapValue(document)), "n": .map(MapValue(document))]
    private static let environments = Dictionary(
        uniqueKeysWithValues: Profile.all.map {
            ($0.name, $0.environment(variables: ["x": .dyn, "m": .map(.string, .dyn), "n": .dyn]))
        })

    /// A tenth of the standard limits where nothing is optimised; `make hostile-cel` measures with all of them.
    #if DEBUG
        private static let limits = EvaluationLimits(steps: 200_000, bytes: 8 << 20)
    #else
        private static let limits = EvaluationLimits.standard
    #endif

    @Test("What is meant to use up time or memory is stopped, or costs little", arguments: HostileExpression.all)
    func ends(_ row: HostileExpression) throws {
        let environment = try #require(Self.environments[row.profile])
        let program: Program
        do throws(CompileError) {
            program = try row.isChecked ? environment.compile(row.text) : environment.compileUnchecked(row.text)
        } catch {
            let message = error.problems[0].message
            guard case .refused(let wanted) = row.end else {
                Issue.record("refused: \(message)")
                return
            }
            #expect(wanted.isEmpty || message.contains(wanted))
            #expect(error.problems.count <= 100)
            #expect(error.description.utf8.count < 100_000)
            return
        }
        var budget = Budget(Self.limits)
        do throws(EvaluationError) {
            let value = try program.evaluate(Self.variables, &budget)
            guard case .cheap(let wanted) = row.end else {
                Issue.record("yields a value of \(value.typeName)")
                return
            }
            #expect(wanted.isEmpty || value.literalText.contains(wanted))
        } catch {
            switch row.end {
            case .refused: Issue.record("runs and fails: \(error.message)")
            case .exhausted: #expect(error.kind == .budget)
            case .cheap(let wanted):
                // What is cheap beside the standard limits may be too much for others.
                if error.kind == .budget, Self.limits.steps < EvaluationLimits.standard.steps { break }
                #expect(error.kind != .budget || wanted.isEmpty)
                #expect(wanted.isEmpty || error.message.contains(wanted))
            }
            #expect(error.description.utf8.count < 10_000)
        }
        if case .exhausted = row.end {
            #expect(budget.spent > Self.limits.steps || budget.allocated > Self.limits.bytes)
        } else if Self.limits.steps == EvaluationLimits.standard.steps {
            #expect(budget.spent <= row.steps || budget.spent > Self.limits.steps)
        }
    }
}
