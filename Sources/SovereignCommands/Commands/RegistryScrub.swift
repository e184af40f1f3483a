// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry
internal import RegistryServer

/// `sovereign registry scrub`
struct RegistryScrub: Command {
    static let configuration = CommandConfiguration(
        "scrub", abstract: "Read every content of a registry and compare it with its digest",
        discussion: """
            Damaged contents are put into quarantine and are not served until they are pushed again; sound copies that lie
            there are brought back. When the registry is served, its process does it. Ends with an error when contents are
            lost.
            """,
        examples: ["sovereign registry scrub --root /var/lib/registry --rate 50MiB"])

    @Option(help: "the folder of the registry", valueName: "DIR", completion: .folder) var root: String
    @Option(help: "how much is read in a second; all that the disk gives by default", valueName: "BYTES")
    var rate: ByteSize?
    @Option(short: "o", help: "text or json") var output = AnswerFormat.text

    func run(in context: SovereignContext) async throws {
        var options = ScrubOptions()
        options.bytesPerSecond = rate?.bytes
        let report = try await RegistryOperator.run(.scrub(options), on: root, context.terminal)
        if output == .json {
            context.terminal.output(report.pretty())
        } else {
            let rows = [
                ("checked", "contents read"), ("damaged", "found damaged"), ("missing", "found missing"),
                ("repaired", "repaired"), ("lost", "lost"), ("unheld", "files that no repository holds"),
            ]
            for (key, title) in rows { context.terminal.output("\(title): \(RegistryOperator.count(report, key))\n") }
            for digest in report["lost"]?["digests"]?.array ?? [] {
                context.terminal.output("lost: \(digest.string ?? "")\n")
            }
        }
        let lost = report["lost"]?["count"]?.int ?? 0
        guard lost == 0 else {
            throw Fault(.corrupt, "\(lost) contents of \(root) are lost", fix: "push them again from their origin")
        }
    }
}
