// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// Decides what was asked for and makes it durable; used by the writer's thread alone.
struct RegistryCommitter: @unchecked Sendable {
    // Proof: made for the writer's thread, and not kept by anybody else.
    let database: SQLiteConnection
    let keeper: RecordKeeper
    let blobs: BlobFolder
    let clock: @Sendable () -> Int64
    /// Told of changes that are committed, before they are acknowledged.
    let committed: @Sendable ([RegistryChange]) -> Void
    /// Told of how long the records and the state that they began with are, after each batch.
    let grown: @Sendable (_ length: Int64, _ base: Int64) -> Void
    /// Why nothing can be changed any more, if so.
    let broken: Guarded<Fault?>

    /// Does what was asked for, in its order: changes that stand beside one another together, errands between them.
    func run(_ jobs: [RegistryWriter.Job]) {
        // A log that takes no more is replaced: what the index has is all that was acknowledged.
        if keeper.log.failure != nil { renew() }
        var changes: [RegistryWriter.Change] = []
        for job in jobs {
            switch job {
            case .change(let change): changes.append(change)
            case .errand(let errand):
                if !changes.isEmpty { commit(changes) }
                changes = []
                errand(database, keeper)
            }
        }
        if !changes.isEmpty { commit(changes) }
    }

    private func renew() {
        let path = keeper.draftPath
        do throws(Fault) {
            try FileSystem.removeFile(path)
            var draft = try RecordLogWriter(creating: path)
            let position = try RegistrySnapshot.write(database, to: &draft, segment: keeper.segment + 1)
            try keeper.adopt(draft, position, database) { _ in }
        } catch {
            try? FileSystem.removeFile(path)
        }
    }

    private func commit(_ jobs: [RegistryWriter.Change]) {
        var answers: [@Sendable () -> Void] = []
        var taken: [RegistryWriter.Change] = []
        var changes: [RegistryChange] = []
        let start = keeper.log.length
        do throws(Fault) {
            try database.transaction { () throws(Fault) in
                var (lines, folders, time): ([[UInt8]], Set<String>, Int64) = ([], [], 0)
                for job in jobs {
                    let draft = RegistryDraft(database, blobs, time: clock(), by: job.by)
                    let answer: @Sendable () -> Void
                    var line: [UInt8] = []
                    do throws(Fault) {
                        answer = try database.attempt { () throws(Fault) in
                            let answer = try job.decide(draft)
                            guard !draft.changes.isEmpty else { return answer }
                            line = RegistryRecord(time: draft.time, by: job.by, changes: draft.changes).line
                            guard line.count <= RecordLog.entryLimit else {
                                throw Fault(
                                    .limitExceeded, "too much would change at once", fix: "do it in smaller steps")
                            }
                            return answer
                        }
                    } catch {
                        job.fail(error)
                        continue
                    }
                    answers.append(answer)
                    taken.append(job)
                    guard !line.isEmpty else { continue }
                    changes += draft.changes
                    folders.formUnion(draft.folders)
                    lines.append(line)
                    time = draft.time
                }
                for folder in folders { try FileSystem.synchronize(folder: folder) }
                guard !lines.isEmpty else { return }
                let place = try keeper.log.append(lines)
                try RegistryIndex.setPosition(
                    database,
                    RegistryIndex.Position(segment: keeper.segment, place: place, base: keeper.base, time: time))
            }
        } catch {
            // What the index does not have must not be in the records either, or it would appear at the next start.
            keeper.log.retract(to: start)
            let failure = keeper.log.failure
            broken.withLock { $0 = failure }
            for job in taken { job.fail(error) }
            return
        }
        committed(changes)
        for answer in answers { answer() }
        if !changes.isEmpty { grown(keeper.log.length, keeper.base) }
    }
}
