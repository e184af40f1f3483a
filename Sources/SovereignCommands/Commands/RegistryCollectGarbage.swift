// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry
internal import RegistryServer

/// `sovereign registry gc`
struct RegistryCollectGarbage: Command {
    static let configuration = CommandConfiguration(
        "gc", abstract: "Remove what nothing in a registry needs",
        discussion: """
            Works beside pushes: when the registry is served, its process does it, asked through the socket in the folder.

            Removed are blobs that no manifest of their repository names, contents that no repository holds, and uploads to
            which nothing was added for long; with --untagged also manifests that no tag, no index and no subject keeps. What
            came, was asked for or lost its tag within the grace period stays.
            """,
        examples: [
            "sovereign registry gc --root /var/lib/registry --dry-run",
            "sovereign registry gc --root /var/lib/registry --untagged --grace 48h -o json",
        ])

    @Option(help: "the folder of the registry", valueName: "DIR", completion: .folder) var root: String
    @Flag(help: "find garbage and change nothing") var dryRun = false
    @Option(help: "for how long what nothing names stays; by default as the registry is served, or 24h") var grace:
        TimeSpan?
    @Flag(help: "remove manifests too that no tag, index or subject keeps") var untagged = false
    @Option(help: "after how long without a byte uploads are given up; 7d by default", valueName: "TIME")
    var uploadIdle: TimeSpan?
    @Flag(help: "count the time since the last change of the registry by this machine's clock") var trustClock = false
    @Option(short: "o", help: "text or json") var output = AnswerFormat.text

    func run(in context: SovereignContext) async throws {
        var options = GarbageOptions()
        (options.isDryRun, options.includesUntagged, options.isClockTrusted) = (dryRun, untagged, trustClock)
        (options.grace, options.uploadIdle) = (grace?.milliseconds, uploadIdle?.milliseconds)
        let report = try await RegistryOperator.run(.garbage(options), on: root, context.terminal)
        guard output == .text else { return context.terminal.output(report.pretty()) }
        let rows = [
            ("manifests", dryRun ? "manifests that would go" : "manifests removed"),
            ("links", dryRun ? "blobs that would leave their repositories" : "blobs that left their repositories"),
            ("contents", dryRun ? "contents that would go" : "contents removed"),
            ("uploads", dryRun ? "uploads that would be given up" : "uploads given up"),
            ("leftovers", "leftovers of failed pushes"), ("waiting", "garbage that is too young"),
            ("quarantine", "damaged contents in quarantine"),
        ]
        for (key, title) in rows { context.terminal.output("\(title): \(RegistryOperator.count(report, key))\n") }
        if report["heldBack"]?.bool == true {
            context.terminal.note(
                "no contents are removed, since records were lost: look at LOST-RECORDS in \(root), and remove that file"
            )
        }
    }
}
