// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Repositories

/// `ocm config view`
struct ConfigView: Command {
    static let configuration = CommandConfiguration(
        "view", abstract: "Show the configuration that counts, with secrets hidden",
        examples: ["ocm config view --origin"])

    @Flag(help: "say which file each part comes from") var origin = false
    @Option(short: "o", help: "yaml or json") var output = OutputFormat.yaml

    func run(in context: OCMContext) async throws {
        guard origin else {
            return context.present(context.configuration.redacted, as: output) {
                YAML.text(context.configuration.redacted)
            }
        }
        let entries = context.configuration.entries
        let json = JSON.array(entries.map { ["source": .string($0.source), "type": .string($0.type)] })
        context.present(json, as: output == .yaml ? .text : output) {
            var table = Table(columns: ["FILE", "TYPE"])
            for entry in entries { table.add([entry.source, entry.type]) }
            return entries.isEmpty ? "no configuration file was found" : table.text()
        }
    }
}
