// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Documents
import TestInputs
import Testing

@Suite("Deep values")
struct DeepValueTests {
    /// What small stacks are elsewhere; without optimisation a call takes several times as much.
    #if DEBUG
        private static let stack = 4 << 20
    #else
        private static let stack = 512 << 10
    #endif

    @Test("The deepest expressions run on a small stack", arguments: HostileExpression.deepest)
    func smallStack(_ row: HostileExpression) {
        let text = row.text
        onSmallStack(Self.stack) {
            let environment = Profile.kro.environment(variables: ["x": .dyn])
            for isChecked in [true, false] {
                let program = try? isChecked ? environment.compile(text) : environment.compileUnchecked(text)
                guard let value = try? program?.evaluate(["x": 1]) else { continue }
                _ = value.literalText
                var budget = Budget()
                _ = try? value.equals(value, &budget)
                _ = try? value.document(budget: &budget)
            }
        }
    }

    @Test("The deepest expressions yield what they say", arguments: HostileExpression.deepest)
    func values(_ row: HostileExpression) async throws {
        let result = await Task.detached {
            let environment = Profile.kro.environment(variables: ["x": .dyn])
            return Result { try environment.compile(row.text).evaluate(["x": 1]).literalText }
        }.value
        guard case .cheap(let wanted) = row.end else { return }
        do {
            let text = try result.get()
            #expect(text == wanted)
        } catch let error as EvaluationError {
            #expect(error.message.contains(wanted))
        }
    }

    @Test("A chain of names is as deep as all that they stand for")
    func chains() throws {
        let environment = Profile.kro.environment()
        func chain(_ depth: Int) -> String {
            HostileExpressionTests.chain(of: 10, each: depth)
        }
        #expect(try environment.compile(chain(10)).evaluate().literalText.hasPrefix("[[["))
        #expect(throws: CompileError.self) { try environment.compile(chain(30)) }
    }

    @Test("A document as deep as documents may be is read, compared and written on a small stack")
    func documents() throws {
        let bytes = Array(HostileExpression.nested("[", 250, "1", "]").utf8)
        let json = try JSON(parsing: bytes, source: "the document")
        let environment = Profile.kro.environment(variables: ["x": .dyn])
        let program = try environment.compile("[json.unmarshal(json.marshal(x)) == x, size(json.marshal([[x]])) > 0]")
        onSmallStack(Self.stack) { #expect((try? program.evaluate(["x": Value(json)]).literalText) == "[true, true]") }
    }
}

extension HostileExpressionTests {
    /// Names, each bound to the one before it within brackets.
    static func chain(of count: Int, each depth: Int) -> String {
        let names = (0..<count).map { "n\($0)" }
        var text = "cel.bind(n0, 1, "
        for (name, before) in zip(names.dropFirst(), names) {
            text += "cel.bind(\(name), "
            text += String(repeating: "[", count: depth) + before + String(repeating: "]", count: depth) + ", "
        }
        return text + names[count - 1] + String(repeating: ")", count: count)
    }
}
