// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents
internal import Glibc

/// A log of what was verified, moved and refused, to which one run appends at a time.
///
/// Bytes are only ever added. Each entry holds the hash of the one before, so that what is changed later shows. What
/// was written is flushed to the disk in groups, whenever a version is committed, and at the end. Once a write failed,
/// every further one does: who reports must stop.
public final class EvidenceLog: Sendable {
    private struct State: Sendable {
        var sequence: Int64
        var previous: Digest?
        var counts: [String: Int64] = [:]
        var unflushed = 0
        var hasEnded = false
        var failure: Fault?
    }

    /// The most entries that a power cut may take.
    private static let groupSize = 64

    private let path: String
    private let file: FileHandle
    private let lock: FileLock
    private let key: PrivateKey?
    private let limits: EvidenceLimits
    private let clock: @Sendable () -> Timestamp
    private let state: Guarded<State>

    /// Opens or creates the log and writes the first entry of the run.
    ///
    /// A log that is there is verified first. A last line that a kill cut in two stays as it is; an entry says how long
    /// it is and which digest it has.
    ///
    /// - Parameter key: signs the last entry, so that it shows when the end is cut off.
    /// - Throws: `.conflict` while another run writes to it, `.corrupt` when the chain is broken.
    public init(
        appendingTo path: String, run: EvidenceRun, key: PrivateKey? = nil, limits: EvidenceLimits = .standard,
        clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) throws(Fault) {
        (self.path, self.key, self.limits, self.clock) = (path, key, limits, clock)
        if let entry = try FileSystem.entry(at: path), entry.kind != .file {
            throw Fault(.invalid, "\(path) is not a file, so no log can be kept there", fix: "name a file")
        }
        let isNew = !FileSystem.exists(path)
        file = try FileHandle(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, "append to")
        guard let lock = try FileLock(path) else {
            throw Fault(
                .conflict, "another run is writing to \(path)", fix: "wait for it, or name another file")
        }
        self.lock = lock
        if isNew { try FileSystem.synchronize(folder: FileSystem.folder(of: path)) }
        let chain = try EvidenceVerifier(path, limits: limits).follow()
        state = Guarded(State(sequence: chain.last?.sequence ?? 0, previous: chain.last?.hash))
        try recover(chain)
        try record(run.event)
    }

    /// Where events of the run go.
    public var observer: EvidenceObserver { { [self] event throws(Fault) in try record(event) } }

    /// Appends an entry. Safe to call from several threads; entries have one order.
    ///
    /// Throws when it cannot be written, and ever after.
    public func record(_ event: EvidenceEvent) throws(Fault) {
        try state.withLock { state throws(Fault) in
            guard !state.hasEnded else { throw Fault(.internal, "the log of evidence \(path) is closed") }
            try append(event.kind, EvidenceText.redacted(event.data), &state)
        }
    }

    /// Ends the run: counts its entries, signs if there is a key, and waits until all would survive a power cut.
    ///
    /// - Parameter failure: why the run failed; nil when it is done.
    /// - Returns: the hash of the last entry, which is worth noting elsewhere.
    @discardableResult
    public func close(failure: String? = nil) throws(Fault) -> Digest {
        try state.withLock { state throws(Fault) in
            guard !state.hasEnded else { throw Fault(.internal, "the log of evidence \(path) is closed") }
            var data: JSONObject = [
                "outcome": .string(failure == nil ? "done" : "failed"),
                "counts": .object(
                    JSONObject(state.counts.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) })),
            ]
            if let failure { data["reason"] = .string(EvidenceText.redacted(failure)) }
            try append(.closed, data, &state)
            state.hasEnded = true
            return state.previous ?? Digest(of: [])
        }
    }

    /// Ends what a kill left: half a line, a line without its end, a run without its last entry.
    private func recover(_ chain: EvidenceChain) throws(Fault) {
        var data: JSONObject = [:]
        if let (line, reason) = chain.fragment {
            guard !line.isTerminated else {
                throw EvidenceBreak(.altered, line: line.number, reason).fault(path)
            }
            try file.write([0x0A])
            var whole = chain
            let ended = EvidenceLineReader.Line(number: line.number, bytes: line.bytes, isTerminated: true)
            if (try? EvidenceEntry(line: line.bytes)) != nil {
                // Only the line end was missing: the entry counts.
                do { _ = try whole.takeEnded(ended) } catch { throw error.fault(path) }
                state.withLock { ($0.sequence, $0.previous) = (whole.last?.sequence ?? 0, whole.last?.hash) }
                guard whole.isOpen, whole.last?.kind != .recovered else { return }
            } else {
                data["fragment"] = EvidenceChain.fragmentNote(line.bytes)
            }
        } else {
            guard chain.isOpen, chain.last?.kind != .recovered else { return }
        }
        try record(EvidenceEvent(.recovered, data))
    }

    private func append(_ kind: EvidenceEvent.Kind, _ data: JSONObject, _ state: inout State) throws(Fault) {
        if let failure = state.failure { throw failure }
        do throws(Fault) {
            let entry = try entry(kind, data, state)
            let line = try entry.line
            guard line.count <= limits.lineLength else {
                throw Fault(.limitExceeded, "an entry has \(line.count) bytes, more than a log of evidence takes")
            }
            try file.write(line[...])
            (state.sequence, state.previous) = (entry.sequence, entry.hash)
            count(kind, &state)
            if state.unflushed >= Self.groupSize || kind == .versionCommitted || kind == .opened || kind == .closed {
                try file.synchronize()
                state.unflushed = 0
            }
        } catch {
            let failure = error.during("no evidence can be kept in \(path)")
            state.failure = failure
            throw failure
        }
    }

    private func entry(_ kind: EvidenceEvent.Kind, _ data: JSONObject, _ state: State) throws(Fault) -> EvidenceEntry {
        func make(_ data: JSONObject) throws(Fault) -> EvidenceEntry {
            try EvidenceEntry(
                sequence: state.sequence + 1, time: clock().description, event: kind.rawValue, data: data,
                previous: state.previous)
        }
        let entry = try make(data)
        guard kind == .closed, let key else { return entry }
        var signed = data
        signed["signature"] = try EvidenceSignature(key, over: entry).json
        return try EvidenceEntry(
            sequence: entry.sequence, time: entry.time, event: entry.event, data: signed, previous: entry.previous)
    }

    private func count(_ kind: EvidenceEvent.Kind, _ state: inout State) {
        state.unflushed += 1
        switch kind {
        case .opened: state.counts = [:]
        case .recovered, .closed: break
        default: state.counts[kind.rawValue, default: 0] += 1
        }
    }
}
