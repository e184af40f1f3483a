// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Conditions and omissions of kro")
struct KroRuntimeTests {
    @Test(
        "new conditions",
        arguments: [
            (
                "runtime.newCondition({status: 'True', type: 'A', reason: 'R', message: 'M'})",
                "{\"type\": \"A\", \"status\": \"True\", \"reason\": \"R\", \"message\": \"M\"}"
            ),
            ("runtime.newCondition({type: 'A', status: 1 > 0 ? 'True' : 'False'}).status", "\"True\""),
            ("['a', 'b'].map(s, runtime.newCondition({type: s, status: 'Unknown'}).type)", "[\"a\", \"b\"]"),
            (
                "[''].map(t, runtime.newCondition({type: t, status: 'True'}))",
                "error: runtime.newCondition: type must not be empty"
            ),
            (
                "['Maybe'].map(s, runtime.newCondition({type: 'A', status: s}))",
                "error: runtime.newCondition: status must be one of True, False, Unknown (got \"Maybe\")"
            ),
            (
                "runtime.newCondition({type: 'A', status: 'Maybe'})",
                "refused: runtime.newCondition: status must be one of True, False, Unknown (got \"Maybe\")"
            ),
            ("runtime.newCondition({type: 'A'})", "refused: runtime.newCondition: 'status' is required"),
            ("runtime.newCondition({status: 'True'})", "refused: runtime.newCondition: 'type' is required"),
            ("runtime.newCondition([1])", "refused: runtime.newCondition: argument must be a map literal"),
            (
                "runtime.newCondition({type: 'A', type: 'B', status: 'True'})",
                "refused: runtime.newCondition: duplicate key \"type\""
            ),
            (
                "runtime.newCondition({kind: 'A'})",
                "refused: runtime.newCondition: unknown key \"kind\" (allowed: type, status, reason, message)"
            ),
            (
                "runtime.newCondition({'type': 'A'})",
                "refused: runtime.newCondition: keys must be bare identifiers (type, status, reason, message); "
                    + "quoted or computed keys are not allowed"
            ),
            (
                "runtime.newCondition({type: 'A', status: 'True'}).bogus",
                "refused: undefined field 'bogus' of kro.run.Condition"
            ),
        ])
    func newCondition(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }

    @Test(
        "conditions of an object",
        arguments: [
            ("runtime.condition(o, 'Ready').status", "\"True\""), ("runtime.condition(o, 'Ready').reason", "\"\""),
            ("runtime.condition(o, 'Missing').type", "\"\""), ("runtime.condition({}, 'Ready').status", "\"\""),
            ("runtime.condition({'status': {}}, 'Ready').status", "\"\""),
            ("runtime.condition([], 'Ready')", "error: runtime.condition: obj must be an object, got list"),
            ("runtime.condition({'status': 1}, 'Ready')", "error: runtime.condition: obj.status must be an object"),
            (
                "runtime.condition({'status': {'conditions': 1}}, 'Ready')",
                "error: runtime.condition: obj.status.conditions must be a list"
            ),
            (
                "runtime.condition({'status': {'conditions': [1]}}, 'Ready')",
                "error: runtime.condition: unexpected condition element type int"
            ),
        ])
    func condition(expression: String, result: String) {
        let conditions: Value = [["type": "Progressing"], ["type": "Ready", "status": "True", "reason": 5]]
        let object: Value = ["status": ["conditions": conditions]]
        #expect(evaluated(expression, in: .kro, ["o": object]) == result)
    }

    @Test("what omit() yields is told from everything else")
    func omission() throws {
        let program = try Profile.kro.environment().compile("[omit(), null]")
        guard case .list(let values) = try program.evaluate() else { return #expect(Bool(false), "no list") }
        #expect(values.map(\.isOmission) == [true, false])
        #expect(program.resultType == .list(.dyn))
    }
}
