// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// The chain of the entries so far. Holds no more than the last entry and the counts of the present run.
struct EvidenceChain {
    private(set) var last: EvidenceEntry?
    private var beforeLast: Digest?
    /// A line that is no entry: the rest of a write that was killed, if a `recovered` entry says so next.
    private(set) var fragment: (line: EvidenceLineReader.Line, reason: String)?
    private(set) var counts: [String: Int64] = [:]
    private(set) var runs = 0
    private(set) var interruptions = 0

    var nextSequence: Int64 { (last?.sequence ?? 0) + 1 }
    var isOpen: Bool { last.map { $0.kind != .closed } ?? false }

    /// Takes the next line; returns its entry when it is the next of the chain, nil when the line is no entry.
    mutating func take(_ line: EvidenceLineReader.Line) throws(EvidenceBreak) -> EvidenceEntry? {
        let entry: EvidenceEntry
        do {
            entry = try EvidenceEntry(line: line.bytes)
        } catch {
            if let fragment { throw EvidenceBreak(.altered, line: fragment.line.number, fragment.reason) }
            fragment = (line, error.reason)
            return nil
        }
        guard line.isTerminated else {
            if let fragment { throw EvidenceBreak(.altered, line: fragment.line.number, fragment.reason) }
            fragment = (line, "its line end is missing")
            return nil
        }
        let follows = entry.sequence == nextSequence && entry.previous == last?.hash
        if let (bad, reason) = fragment {
            guard follows else { throw EvidenceBreak(.altered, line: bad.number, reason) }
            guard entry.kind == .recovered, Self.fragmentNote(bad.bytes) == entry.data["fragment"] else {
                throw EvidenceBreak(.inserted, line: bad.number, "the lines around it follow each other")
            }
            fragment = nil
        } else if follows, entry.kind == .recovered, entry.data["fragment"] != nil {
            throw EvidenceBreak(.removed, line: line.number, "it speaks of a line that is not there")
        }
        guard follows else { throw diagnosis(entry, line.number) }
        try checkRun(entry, line.number)
        (beforeLast, last) = (last?.hash, entry)
        return entry
    }

    /// Takes the fragment as the line that it is once its end was added.
    mutating func takeEnded(_ line: EvidenceLineReader.Line) throws(EvidenceBreak) -> EvidenceEntry? {
        fragment = nil
        return try take(line)
    }

    /// What a `recovered` entry says of the rest of a killed write.
    static func fragmentNote(_ bytes: [UInt8]) -> JSON {
        ["size": .number(JSONNumber(Int64(bytes.count))), "digest": .string(Digest(of: bytes).description)]
    }

    /// What is wrong when an entry, whole in itself, is not the next one. `removed` may turn out as `reordered`.
    private func diagnosis(_ entry: EvidenceEntry, _ line: Int) -> EvidenceBreak {
        if entry.sequence == nextSequence {
            guard let last else { return EvidenceBreak(.removed, line: line, "it follows an entry that is not there") }
            return EvidenceBreak(
                .altered, line: line - 1,
                "its hash is \(last.hash), and line \(line) follows \(entry.previous?.description ?? "nothing")")
        }
        if entry.sequence > nextSequence {
            return EvidenceBreak(
                .removed, line: line, "its number is \(entry.sequence), and \(nextSequence) should come here")
        }
        if entry.sequence == last?.sequence, entry.hash != last?.hash, entry.previous == beforeLast {
            return EvidenceBreak(.inserted, line: line - 1, "line \(line) has its number, \(entry.sequence), too")
        }
        return EvidenceBreak(
            .inserted, line: line, "its number is \(entry.sequence), and \(nextSequence) should come here")
    }

    /// Runs begin and end in turn, and the last entry counts the others.
    private mutating func checkRun(_ entry: EvidenceEntry, _ line: Int) throws(EvidenceBreak) {
        let isBetweenRuns = last == nil || last?.kind == .closed || last?.kind == .recovered
        switch entry.kind {
        case .opened:
            guard isBetweenRuns else {
                throw EvidenceBreak(.altered, line: line, "a run begins before the one before it ended")
            }
            guard entry.data["format"]?.string == EvidenceEntry.format else {
                throw EvidenceBreak(.altered, line: line, "its format is not \(EvidenceEntry.format)")
            }
            runs += 1
            counts = [:]
        case .recovered:
            guard !isBetweenRuns || entry.data["fragment"] != nil else {
                throw EvidenceBreak(.altered, line: line, "no run was interrupted before it")
            }
            interruptions += 1
        case .closed:
            let expected = JSON.object(
                JSONObject(counts.sorted { $0.key < $1.key }.map { ($0.key, .number(JSONNumber($0.value))) }))
            guard !isBetweenRuns, entry.data["counts"] == expected else {
                throw EvidenceBreak(.altered, line: line, "it does not count the entries of its run")
            }
        default:
            guard !isBetweenRuns else { throw EvidenceBreak(.altered, line: line, "it stands in no run") }
            counts[entry.event, default: 0] += 1
        }
    }
}
