// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELWorkbench
internal import CommandLineKit
internal import Documents
internal import Operations
internal import Orchestration

/// `ocm transfer explain FILE [OPERATION]`
struct TransferExplain: Command {
    static let configuration = CommandConfiguration(
        "explain", abstract: "Say why an operation of a specification is there and what it waits for",
        discussion: """
            For each operation: what it does, which of its properties read what of which other operation, who waits for \
            it, and what it is good for in the end. The order is one in which they can run.
            """,
        examples: [
            "ocm transfer explain transfer-spec.yaml localization1",
            "ocm transfer cv ./archive//acme.org/app:1.0.0 ghcr.io/acme --dry-run -o yaml | ocm transfer explain -",
        ])

    @Argument(help: "a YAML or JSON file, - for standard input", valueName: "FILE", completion: .file)
    var file: String
    @Argument(help: "the id of an operation; all are explained without", valueName: "OPERATION") var operation: String?
    @OptionGroup var plugins: PluginOptions
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        let source = file == "-" ? "standard input" : file
        let document = try YAML.document(VariableNotation.contents(file), source: source)
        let (specification, operations) = try await plugins.specification(document, context)
        let graph = try OrchestrationGraph(
            specification, types: operations.map(\.type), together: TransferRun.isGenerated(specification))
        let explanations =
            try operation.map { [try graph.explain($0, in: specification)] }
            ?? (try graph.explanations(in: specification))
        context.present(.array(explanations.map(\.json)), as: output) {
            explanations.map(\.text).joined(separator: "\n\n")
        }
    }
}

extension GraphExplanation {
    fileprivate var json: JSON {
        func list(_ edges: [Edge]) -> JSON {
            .array(edges.map { ["id": .string($0.id), "why": .array($0.reasons.map { .string($0) })] })
        }
        return [
            "id": .string(node.operation.id), "type": .string(node.type.name), "does": .string(node.type.summary),
            "place": .string(place), "waitsFor": list(waitsFor), "neededBy": list(neededBy),
            "goals": .array(goals.map { .string($0) }),
        ]
    }

    fileprivate var text: String {
        var lines = ["\(node.operation.id): \(node.type.name) (\(place))", "  \(node.type.summary)"]
        if waitsFor.isEmpty { lines.append("  waits for nothing") }
        for edge in waitsFor { lines.append("  waits for \(edge.id): \(edge.reasons.joined(separator: "; "))") }
        for edge in neededBy { lines.append("  needed by \(edge.id): \(edge.reasons.joined(separator: "; "))") }
        let ends = goals.filter { $0 != node.operation.id }
        if !ends.isEmpty { lines.append("  for \(ends.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }
}
