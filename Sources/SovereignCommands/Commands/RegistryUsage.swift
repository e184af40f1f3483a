// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry

/// `sovereign registry usage`
struct RegistryUsage: Command {
    static let configuration = CommandConfiguration(
        "usage", abstract: "Show what the repositories of a registry hold",
        discussion: "Reads the registry's index, whether it is served or not.",
        examples: ["sovereign registry usage --root /var/lib/registry -o json"])

    @Option(help: "the folder of the registry", valueName: "DIR", completion: .folder) var root: String
    @Option(name: "quota", help: "the quotas that it is served with") var quotas: [RepositoryQuota] = []
    @Option(short: "o", help: "text or json") var output = AnswerFormat.text
    private static let page = 1000

    func run(in context: SovereignContext) async throws {
        var limits = RegistryLimits()
        limits.quota = RepositoryQuota.table(quotas)
        var (last, isFirst): (RepositoryName?, Bool) = (nil, true)
        // Written as it is read: there can be many.
        if output == .json { context.terminal.output("[") }
        var table = Table(columns: ["repository", "bytes", "quota", "blobs", "manifests", "tags"])
        while true {
            let page = try RegistryFolder.usage(of: root, limits: limits, after: last, limit: Self.page)
            for usage in page {
                if output == .json {
                    context.terminal.output(isFirst ? "\n" : ",\n")
                    context.terminal.write(usage.json.encoded()[...])
                } else {
                    table.add([
                        "\(usage.repository)", "\(ByteCount(usage.bytes))",
                        usage.quota.map { "\(ByteCount($0))" } ?? "-",
                        "\(usage.blobs)", "\(usage.manifests)", "\(usage.tags)",
                    ])
                }
                isFirst = false
            }
            last = page.last?.repository
            if page.count < Self.page { break }
        }
        context.terminal.output(output == .json ? "\n]\n" : table.text())
    }
}
