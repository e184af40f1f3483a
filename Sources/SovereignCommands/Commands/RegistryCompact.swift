// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Registry
internal import RegistryServer

/// `sovereign registry compact`
struct RegistryCompact: Command {
    static let configuration = CommandConfiguration(
        "compact", abstract: "Write the records of a registry anew, without what is past",
        discussion: """
            Records hold every change; a new segment begins with all that is true, with times and authors, and the old one is
            removed. It happens by itself when records become much longer than what they say. When the registry is served,
            its process does it, beside pushes.
            """,
        examples: ["sovereign registry compact --root /var/lib/registry"])

    @Option(help: "the folder of the registry", valueName: "DIR", completion: .folder) var root: String

    func run(in context: SovereignContext) async throws {
        _ = try await RegistryOperator.run(.compact, on: root, context.terminal)
        context.terminal.output("the records of \(root) are compacted\n")
    }
}
