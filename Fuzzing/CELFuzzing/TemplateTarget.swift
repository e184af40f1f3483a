// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries
internal import Documents

/// Calls templates with a document of the fuzzer: the first byte names a dialect, the rest is JSON, or else one string.
///
/// What has to hold, beyond not crashing and not running on: the pieces of a template spell it, and a document without
/// expressions stays as it is.
public enum TemplateTarget {
    private static let environments: [TemplateDialect: Environment] = [
        .kro: Profile.kro.environment(variables: ["schema": .dyn, "x": .int]),
        .ocmTransform: Profile.ocmTransform.environment(variables: ["schema": .dyn, "x": .int]),
        .bare: Profile.ocmResource.environment(variables: ["schema": .dyn, "x": .int]),
    ]
    private static let variables: Variables = ["schema": ["spec": ["name": "app", "list": [1, 2]]], "x": 7]

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 4096 else { return }
        let dialect = TemplateDialect.allCases[Int(first) % TemplateDialect.allCases.count]
        let rest = Array(bytes.dropFirst()), text = String(decoding: rest, as: UTF8.self)
        if let template = try? Template(text, dialect: dialect), dialect != .bare {
            let spelled = template.pieces.map { piece in
                switch piece {
                case .text(let text): text
                case .expression(let text): "${\(text)}"
                }
            }
            precondition(spelled.joined().utf8.elementsEqual(text.utf8), "the pieces spell another text")
        }
        let document = (try? JSON(parsing: rest, source: "the template")) ?? .string(text)
        render(document, dialect)
    }

    private static func render(_ document: JSON, _ dialect: TemplateDialect) {
        let environment = environments[dialect]!
        do {
            let tree = try TemplateTree(document, dialect: dialect, environment: environment)
            _ = tree.references
            let limits = EvaluationLimits(steps: 20_000, bytes: 1 << 18)
            if let unchecked = try? tree.compileUnchecked(in: environment) {
                _ = try? unchecked.render(variables, limits: limits)
            }
            let compiled = try tree.compile(in: environment, expected: .map(.string, .dyn))
            let result = try compiled.render(variables, limits: limits)
            precondition(!tree.isPlain || result == document, "a plain document changes")
        } catch {
            precondition(!error.description.isEmpty)
        }
    }
}
