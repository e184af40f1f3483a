// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CEL

@Suite("Parser")
struct ParserTests {
    @Test(
        "A broken expression is refused at its place",
        arguments: [
            ("1 +", 1, 4), ("(a", 1, 3), ("a.in", 1, 3), ("'a\nb'", 1, 1), ("has(x)", 1, 5), ("for", 1, 1),
        ])
    func refusal(text: String, line: Int, column: Int) {
        var macros = MacroTable()
        Macro.standard.forEach { macros.add($0) }
        #expect {
            var parser = try Parser(SourceText(text), macros: macros, hasOptionals: true, limits: ExpressionLimits())
            _ = try parser.parse()
        } throws: { error in
            guard let location = (error as? CompileError)?.problems.first?.location else { return false }
            return location.line == line && location.column == column
        }
    }
}
