// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import Testing

private final class Nothing: OmittedValue {
    static let type = CELType.opaque("nothing")
    var text: String { "omit()" }
    func isEqual(to other: any OpaqueValue) -> Bool { true }
}

@Suite("Omissions")
struct OmissionTests {
    private static let environment: Environment = {
        let omit = Function(
            "omit", .function("omit", [], .dyn, .nullary { _ throws(EvaluationError) in .opaque(Nothing()) }))
        return Environment(libraries: [.standard, .optionals, Library("omit", functions: [omit])])
    }()

    private func rendered(_ document: JSON, _ dialect: TemplateDialect = .kro) throws -> JSON {
        try TemplateTree(document, dialect: dialect, environment: Self.environment)
            .compile(in: Self.environment).render()
    }

    @Test("A field or element whose whole value is an omission is left out")
    func leftOut() throws {
        let document: JSON = [
            "a": "${omit()}", "b": "${1 > 2 ? 'x' : omit()}", "c": ["${omit()}", 1, "${2}", "${omit()}"],
            "d": ["e": "${omit()}"], "f": "${null}",
        ]
        #expect(try rendered(document) == ["c": [1, 2], "d": [:], "f": nil])
    }

    @Test("An omission anywhere else is an error", arguments: ["n-${omit()}", "${[omit()]}", "${{'a': omit()}}"])
    func elsewhere(text: String) {
        #expect(throws: TemplateError.self) { try rendered(["a": .string(text)]) }
        #expect(throws: TemplateError.self) { try rendered(["a": .string(text)], .ocmTransform) }
    }

    @Test("A whole document cannot be left out")
    func document() { #expect(throws: TemplateError.self) { try rendered("${omit()}") } }
}
