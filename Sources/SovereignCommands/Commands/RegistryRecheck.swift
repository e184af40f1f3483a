// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry
internal import RegistryRules
internal import RegistryServer

/// `sovereign registry recheck`
struct RegistryRecheck: Command {
    static let configuration = CommandConfiguration(
        "recheck", abstract: "Check every tag under a signature rule again",
        discussion: """
            Verifies every component version that readers see, with its contents, and says which tags hold, which do not, and
            which wait for a version. When the registry is served, its process does it by its own rules and the keys as they
            are now; otherwise --config says where the rules are.

            Nothing changes unless --hide is given: tags that do not hold are taken from sight then, keep what they name, and
            are looked at again when the registry is started the next time. Ends with 3 when a tag does not hold, hidden or
            not.
            """,
        examples: [
            "sovereign registry recheck --root /var/lib/registry",
            "sovereign registry recheck --config /etc/sovereign/registry.yaml -o json",
            "sovereign registry recheck --root /var/lib/registry --hide",
        ])

    @Option(
        help: "the folder of the registry; by default as the configuration says", valueName: "DIR", completion: .folder)
    var root: String?
    @Option(
        help: "the configuration with the rules, for a registry that is not served", valueName: "FILE",
        completion: .file)
    var config: String?
    @Flag(help: "take tags that do not hold from sight") var hide = false
    @Option(short: "o", help: "text or json") var output = AnswerFormat.text

    func run(in context: SovereignContext) async throws {
        let settings = try config.map { path throws(Fault) in try RegistryConfiguration.read(path) }
        guard let folder = root ?? settings?.root else {
            throw UsageError("say which folder: --root DIR, or “root” in the configuration")
        }
        let terminal = context.terminal
        let tags = Guarded<[JSON]>([])
        var report = try await RegistryOperator.run(
            .recheck(isHiding: hide), on: folder, terminal, limits: settings?.limits ?? RegistryLimits(),
            signatures: { registry in
                if let settings {
                    return try SignatureGuard(settings.signatures, over: registry) { terminal.note($0.message) }
                }
                guard !SignatureGuard.hasRules(registry.path) else {
                    throw Fault(
                        .notFound,
                        "nobody serves the registry in \(registry.path), so its signature rules are not known",
                        fix: "name its configuration: --config registry.yaml")
                }
                return nil
            },
            each: { part in tags.withLock { $0 += part["tags"]?.array ?? [] } })
        let found = tags.withLock { $0 }
        let counts = ["holding", "failing", "waiting"].map { report[$0]?.int ?? 0 }
        guard counts.reduce(0, +) == Int64(found.count) else {
            throw Fault(.partial, "not everything that the registry has found arrived here", fix: "ask again")
        }
        if output == .json {
            report["tags"] = .array(found)
            terminal.output(report.pretty())
        } else {
            terminal.output(Self.table(found).text())
            terminal.output("\(counts[0]) hold, \(counts[1]) do not, \(counts[2]) wait\n")
        }
        guard counts[1] == 0 else {
            let hidden = report["hidden"]?.int ?? 0
            throw Fault(
                .unverified,
                "\(counts[1]) tags of \(folder) do not hold\(hide ? ", \(hidden) of them are hidden now" : "")",
                fix: hide
                    ? "push versions that verify, or restore the keys and start the registry again"
                    : "push versions that verify, or take them from sight with --hide")
        }
    }

    private static func table(_ tags: [JSON]) -> Table {
        func time(_ tag: JSON, _ key: String) -> String? {
            tag[key]?.int.map { Timestamp(seconds: $0 / 1000).description }
        }
        var table = Table(columns: ["repository", "tag", "outcome", "by", "why", "since", "until"])
        for tag in tags {
            let signatures = (tag["signatures"]?.array ?? []).map { signature in
                "\(signature["name"]?.string ?? "") (\(signature["by"]?.string ?? ""))"
            }
            let outcome = tag["outcome"]?.string ?? ""
            table.add([
                tag["repository"]?.string ?? "", tag["tag"]?.string ?? "",
                tag["hidden"]?.bool == true ? "\(outcome), hidden" : outcome, signatures.joined(separator: ", "),
                tag["reason"]?.string ?? "", time(tag, "since") ?? "", time(tag, "expires") ?? "",
            ])
        }
        return table
    }
}
