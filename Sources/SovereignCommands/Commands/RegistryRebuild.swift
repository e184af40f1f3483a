// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Registry

/// `sovereign registry rebuild`
struct RegistryRebuild: Command {
    static let configuration = CommandConfiguration(
        "rebuild", abstract: "Make the index of a registry anew from its records",
        discussion: """
            The records are the truth and the index follows from them. Damaged records are named and passed over, and what
            they said is lost. The registry must not be running.
            """,
        examples: ["sovereign registry rebuild --root /var/lib/registry"])

    @Option(help: "the folder of the registry", valueName: "DIR", completion: .folder) var root: String

    func run(in context: SovereignContext) async throws {
        let damage = try RegistryFolder.rebuild(root)
        for line in damage { context.terminal.note(line) }
        guard damage.isEmpty else {
            throw Fault(.partial, "the index is made anew without \(damage.count) damaged records")
        }
        context.terminal.output("the index of \(root) is made anew\n")
    }
}
