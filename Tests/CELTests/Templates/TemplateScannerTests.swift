// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Template scanner")
struct TemplateScannerTests {
    @Test(
        "Both dialects find the same expressions where quotes do not matter",
        arguments: TemplateDialect.allCases.filter { $0 != .bare })
    func expressions(dialect: TemplateDialect) throws {
        let cases: [(text: String, pieces: [Template.Piece])] = [
            ("", []),
            ("plain", [.text("plain")]),
            ("${a.b}", [.expression("a.b")]),
            ("${}", [.expression("")]),
            ("${length(r.list)}", [.expression("length(r.list)")]),
            ("prefix-${r.f}", [.text("prefix-"), .expression("r.f")]),
            ("${r.f}-suffix", [.expression("r.f"), .text("-suffix")]),
            ("${a}-${b}", [.expression("a"), .text("-"), .expression("b")]),
            ("${a}${b}", [.expression("a"), .expression("b")]),
            ("${r['key']}", [.expression("r['key']")]),
            ("${r.f == \"a\\\"b\"}", [.expression("r.f == \"a\\\"b\"")]),
            ("  ${a}  ", [.text("  "), .expression("a"), .text("  ")]),
            ("${r.map(\n  x,\n  x * 2\n)}", [.expression("r.map(\n  x,\n  x * 2\n)")]),
            ("${outer(\"${inner}\")}", [.expression("outer(\"${inner}\")")]),
            ("${\"text with }} inside\"}", [.expression("\"text with }} inside\"")]),
            ("${\"text with { inside\"}", [.expression("\"text with { inside\"")]),
            ("${c ? {'k': 'v'} : {}}", [.expression("c ? {'k': 'v'} : {}")]),
            ("${incomplete", [.text("${incomplete")]),
            ("${a} ${b} ${c", [.expression("a"), .text(" "), .expression("b"), .text(" ${c")]),
            ("$", [.text("$")]),
            ("$$", [.text("$$")]),
            ("{a} $b }", [.text("{a} $b }")]),
            ("$${a}", [.text("$"), .expression("a")]),
            ("a }${b}} c", [.text("a }"), .expression("b"), .text("} c")]),
            ("größe ${'ä'} €", [.text("größe "), .expression("'ä'"), .text(" €")]),
        ]
        for (text, pieces) in cases {
            let template = try Template(text, dialect: dialect)
            #expect(template.pieces == pieces, "\(text)")
            #expect(template.isPlain == !pieces.contains { if case .expression = $0 { true } else { false } })
        }
    }

    @Test("kro does not know strings in single quotes, OCM does")
    func singleQuotes() throws {
        #expect(try Template("${'}'}", dialect: .kro).pieces == [.expression("'"), .text("'}")])
        #expect(try Template("${'}'}", dialect: .ocmTransform).pieces == [.expression("'}'")])
        #expect(throws: CompileError.self) { try Template("${a == '${b}'}", dialect: .kro) }
        #expect(try Template("${a == '${b}'}", dialect: .ocmTransform).isStandalone)
        #expect(try Template("${'a\\'}'}", dialect: .ocmTransform).pieces == [.expression("'a\\'}'")])
        #expect(try Template("${'a \" }'}", dialect: .ocmTransform).isStandalone)
    }

    @Test("kro lets an expression follow a double quote, OCM does not")
    func afterAQuote() throws {
        #expect(try Template("${\"\"${x}}", dialect: .kro).pieces == [.expression("\"\"${x}")])
        #expect(throws: CompileError.self) { try Template("${\"\"${x}}", dialect: .ocmTransform) }
    }

    @Test("What hides behind an end that is missing is found")
    func afterAMissingEnd() throws {
        #expect(
            try Template("${\"abc ${x}", dialect: .kro).pieces == [.text("${\"abc "), .expression("x")])
        #expect(throws: CompileError.self) { try Template("${\"abc ${x}", dialect: .ocmTransform) }
    }

    @Test(
        "An expression in an expression is refused at its place",
        arguments: TemplateDialect.allCases.filter { $0 != .bare })
    func nested(dialect: TemplateDialect) {
        #expect {
            try Template("ä ${outer(${inner})}", dialect: dialect)
        } throws: { error in
            guard let problem = (error as? CompileError)?.problems.first else { return false }
            return problem.location.column == 11 && problem.message.hasPrefix("nested expressions are not allowed")
        }
        #expect(throws: CompileError.self) { try Template("${incomplete ${complete}", dialect: dialect) }
    }

    @Test("A bare string is one expression, whatever is in it")
    func bare() throws {
        #expect(try Template("'${a}'", dialect: .bare).pieces == [.expression("'${a}'")])
        #expect(try Template("", dialect: .bare).isStandalone)
    }

    @Test("Many expressions without an end are refused soon", .timeLimit(.minutes(1)))
    func manyWithoutAnEnd() {
        let text = String(repeating: "${\"", count: 20_001)
        #expect(throws: CompileError.self) { try Template(text, dialect: .kro) }
        #expect(throws: CompileError.self) { try Template(text, dialect: .ocmTransform) }
    }

    @Test("Many expressions are taken apart in one pass", .timeLimit(.minutes(1)))
    func manyExpressions() throws {
        let text = String(repeating: "a${b}", count: 50_000)
        #expect(try Template(text, dialect: .kro).pieces.count == 100_000)
        #expect(try Template("${" + String(repeating: "{", count: 1_000_000), dialect: .kro).isPlain)
    }
}
