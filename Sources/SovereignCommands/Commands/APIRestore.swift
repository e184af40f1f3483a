// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesStore

/// `sovereign api restore`
struct APIRestore: Command {
    static let configuration = CommandConfiguration(
        "restore", abstract: "Make the objects of an API server anew from a snapshot",
        discussion: """
            The server must not run. The snapshot is compared with its digest first (FILE.sha256). What was there is kept
            beside it under a name with “.replaced-”. Clients that watch or list from before are told to begin anew.

            Secrets are opened with the key file as it was when the snapshot was made.
            """,
        examples: ["sovereign api restore backup.db --data /var/lib/sovereign/api --replace"])

    @Argument(help: "the snapshot", valueName: "FILE", completion: .file) var file: String
    @Option(help: "the folder of the server; made when it is not there", valueName: "DIR", completion: .folder)
    var data: String
    @Flag(help: "put it in the place of what is there") var replace = false

    func run(in context: SovereignContext) async throws {
        try FileSystem.makeFolder(data, mode: 0o700)
        let revision = try await ObjectStore.restore(file, to: "\(data)/objects.db", isReplacing: replace)
        context.terminal.output("\(file) is restored to \(data); it goes on with revision \(revision)\n")
        if !FileSystem.exists(APIStore.keys(in: data)) {
            context.terminal.note(
                "before it is started: put the key file of the snapshot at \(APIStore.keys(in: data)), or name it")
        }
    }
}
