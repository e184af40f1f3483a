// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import RegistryServer

/// `sovereign registry config`
struct RegistryConfig: Command {
    static let configuration = CommandConfiguration(
        "config", abstract: "Check a registry's configuration, or show what one can hold",
        examples: [
            "sovereign registry config registry.yaml", "sovereign registry config --schema > registry.schema.json",
            "sovereign registry config --reference",
        ])

    @Argument(help: "the configuration to check", valueName: "FILE", completion: .file) var file: String?
    @Flag(help: "print the JSON schema of configurations") var schema = false
    @Flag(help: "print every setting with its meaning and an example, as a table in Markdown") var reference = false

    func run(in context: SovereignContext) async throws {
        if schema { return context.terminal.output(RegistrySchema.json.pretty()) }
        if reference { return context.terminal.output(RegistrySchema.reference) }
        guard let file else { throw UsageError("name a configuration, or say --schema or --reference") }
        let settings = try RegistryConfiguration.read(file)
        let certificate = settings.tls == nil ? "plain HTTP" : "TLS"
        context.terminal.output(
            "\(file) is right: \(settings.root ?? "a folder named by --root") on \(settings.listen), \(certificate)\n")
    }
}
