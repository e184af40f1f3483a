// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Cryptography
internal import Repositories
internal import Transfer
internal import WebClient

/// Where a transfer notes what is done.
struct JournalOptions: ParsableOptions {
    @Option(
        help: "where to note what is done, so that a run after a crash goes on there; none for nowhere",
        valueName: "FILE|none", completion: .file)
    var journal: String?

    init() {}

    /// The journal that was asked for; without a word, the one of this transfer among the user's state. Registries that
    /// are opened from now on note their uploads in it.
    func open(_ fingerprint: Digest, _ context: OCMContext) async throws -> TransferJournal? {
        if journal == "none" { return nil }
        let opened: TransferJournal
        if let journal {
            opened = try await TransferJournal.open(journal, fingerprint: fingerprint)
        } else {
            guard let path = TransferFingerprint.path(fingerprint, context.environment) else { return nil }
            do {
                opened = try await TransferJournal.open(path, fingerprint: fingerprint)
            } catch let fault as Fault {
                // Nobody asked for it, and a transfer does not depend on it.
                context.terminal.note("no journal is kept: \(fault.message)")
                return nil
            }
        }
        let settings = context.connections.http.settings
        let program = try? FileSystem.realPath("/proc/self/exe")
        context.connections.noteUploads(
            in: opened, sender: program.map { KeptUploadSender(program: $0, journal: opened, settings: settings) })
        return opened
    }
}

extension TransferJournal {
    /// The run is over: says what had to start over, and removes the journal when there is nothing left to go on with.
    func end(isDone: Bool, _ context: OCMContext) throws(Fault) {
        let lost = counts.lost
        if lost > 0 {
            context.terminal.note("\(lost) unfinished upload\(lost == 1 ? "" : "s") had to start over")
        }
        if isDone { try remove() }
    }
}
