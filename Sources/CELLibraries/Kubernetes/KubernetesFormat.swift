// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL
internal import KubernetesFormats

extension Library {
    /// `format.named(string)`, `format.dns1123Label()` and so on, and `validate(string)` of a `kubernetes.NamedFormat`.
    ///
    /// `validate` gives nothing for a good text, and otherwise a list of what is wrong with it.
    public static let kubernetesFormat = Library(
        "kubernetes.format",
        functions: [
            Function(
                "format.named",
                .function(
                    "format-named", [.string], .optional(FormatValue.type),
                    .string(for: "format.named") { text, _ throws(EvaluationError) in
                        NamedFormat.allCases.first { $0.rawValue.hasSameScalars(as: text) }
                            .map { .some(.opaque(FormatValue($0))) } ?? .none
                    })),
            Function(
                "validate",
                .method(
                    "format-validate", [FormatValue.type, .string], .optional(.list(.string)),
                    .binary { format, text, budget throws(EvaluationError) in
                        let format = try format.expectOpaque(FormatValue.self, by: "validate").format
                        let text = try text.expectString(by: "validate")
                        // What is wrong is said in a few sentences, whatever the text.
                        try budget.allocate(bytes: text.utf8.count + 2048)
                        let problems = format.validate(text)
                        return problems.isEmpty ? .none : .some(.list(problems.map { .string($0) }))
                    })),
        ]
            + NamedFormat.allCases.map { format in
                Function(
                    "format.\(format.rawValue)",
                    .function(
                        "format.\(format.rawValue)", [], FormatValue.type,
                        .nullary { _ throws(EvaluationError) in .opaque(FormatValue(format)) }))
            },
        types: [FormatValue.type])
}

/// A named format that an expression holds.
final class FormatValue: OpaqueValue {
    static let type = CELType.opaque("kubernetes.NamedFormat")
    let format: NamedFormat

    init(_ format: NamedFormat) { self.format = format }

    var text: String { format.rawValue }
    func isEqual(to other: any OpaqueValue) -> Bool { (other as? FormatValue)?.format == format }
}
