// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import TestInputs
import Testing

@Suite("Damaged templates")
struct TemplateFuzzTests {
    private static let samples = [
        "${schema.spec.name}", "n-${a}-${b}", "${outer(\"${inner}\")}", "${c ? {'k': \"v}\"} : {}}",
        "${'}'} ${\"\\\"}\"}",
        "${incomplete ${complete}", "a ${x.map(y, {'a': y})} ${\"${z}\"} b", "${'ä'} $${b} ${",
    ].map { Array($0.utf8) }

    @Test(
        "The pieces of a string put together are the string",
        arguments: TemplateDialect.allCases.filter { $0 != .bare })
    func pieces(dialect: TemplateDialect) {
        var mutator = ByteMutator(
            samples: Self.samples, tokens: ["${", "}", "{", "\"", "'", "\\", "$", "a"], seed: 7)
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            guard let template = try? Template(text, dialect: dialect) else { continue }
            let joined = template.pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .expression(let text): "${\(text)}"
                }
            }
            #expect(joined.joined().utf8.elementsEqual(text.utf8))
        }
    }

    @Test("Whatever is left of a template is read, refused or rendered")
    func trees() {
        let environment = Environment(libraries: [.standard, .optionals])
        var mutator = ByteMutator(
            samples: Self.samples, tokens: ["${", "}", "{", "\"", "'", "1", "+", "[", "]"], seed: 11)
        var rendered = 0
        for index in 0..<3_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            let dialect = TemplateDialect.allCases[index % 3]
            let document: JSON = ["a": .string(text), "b": ["c": .string(text)]]
            guard let tree = try? TemplateTree(document, dialect: dialect, environment: environment),
                let compiled = try? tree.compileUnchecked(in: environment)
            else { continue }
            if (try? compiled.render(["a": 1, "b": "x"])) != nil { rendered += 1 }
        }
        #expect(rendered > 100)
    }
}
