// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Operations
internal import Orchestration

/// `ocm transfer operations [NAME]`
struct TransferOperations: Command {
    static let configuration = CommandConfiguration(
        "operations", abstract: "List the operations that specifications can use, with what they take and yield",
        examples: ["ocm transfer operations", "ocm transfer operations uploader.resource.oci/v1alpha1"])

    @Argument(help: "a kind of operation, or how its name begins", valueName: "NAME") var name: String?
    @Flag(help: "print the reference as Markdown") var markdown = false
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    func run(in context: OCMContext) async throws {
        let all = Orchestration.Operation.builtIn.map(\.type)
        let types = all.filter { type in name.map { type.name.hasPrefix($0) } ?? true }
        guard !types.isEmpty else {
            let near = Spelling.nearest(to: name ?? "", among: all.map(\.name))
            throw Fault(
                .notFound, "there is no operation “\(name ?? "")”",
                fix: near.map { "did you mean \($0)?" } ?? "`ocm transfer operations` lists all")
        }
        if markdown { return context.print(OperationReference(types: types).markdown) }
        context.present(.array(types.map(\.json)), as: output) {
            guard types.count > 1 else { return OperationReference(types: types).markdown }
            var table = Table(columns: ["OPERATION", "DOES"])
            for type in types {
                table.add([type.name, type.summary.split(separator: "\n").joined(separator: " ")])
            }
            return table.text()
        }
    }
}

extension OperationType {
    fileprivate var json: JSON {
        [
            "name": .string(name), "summary": .string(summary), "properties": properties, "outputs": outputs,
            "example": .string(example),
        ]
    }
}
