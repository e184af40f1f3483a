// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesStore

/// `sovereign api rotate-keys`
struct APIRotateKeys: Command {
    static let configuration = CommandConfiguration(
        "rotate-keys", abstract: "Seal the Secrets of an API server with a new key",
        discussion: """
            The server must not run. All Secrets are sealed anew, then the old keys are forgotten. When it is stopped in
            between nothing is lost: do it again. Snapshots from before need the old keys: --keep-old keeps them in the file.
            """,
        examples: ["sovereign api rotate-keys --data /var/lib/sovereign/api"])

    @Option(help: "the folder of the server", valueName: "DIR", completion: .folder) var data: String
    @Option(help: "the key file, when it is not in the folder", valueName: "FILE", completion: .file)
    var sealingKeys: String?
    @Flag(help: "keep the old keys, which open what was sealed with them") var keepOld = false

    func run(in context: SovereignContext) async throws {
        let keys = sealingKeys ?? APIStore.keys(in: data)
        let count = try await ObjectStore.rotateKeys(APIStore.path(in: data), keys: keys, isKeeping: keepOld)
        context.terminal.output("a new key seals; \(count) values were sealed anew\n")
    }
}
