// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents

/// Checks a log without a network: that every entry is what was written, and that none is missing or added.
///
/// Without a key, a log whose every entry somebody wrote anew looks whole, and so does one that lost its last runs
/// altogether; the first shows with a key, the second by a hash that was noted elsewhere.
public struct EvidenceVerifier: Sendable {
    private let path: String
    private let limits: EvidenceLimits

    /// A verifier of the log in a file.
    public init(_ path: String, limits: EvidenceLimits = .standard) { (self.path, self.limits) = (path, limits) }

    /// Reads the whole log; what it holds in memory does not grow with the log.
    ///
    /// - Parameters:
    ///   - key: the key that must have signed the end of the last run; signatures that it made before are checked too.
    ///   - noted: the hash of an entry, noted elsewhere, that must be in the log.
    ///   - body: gets every entry, once it is known to follow the one before.
    /// - Throws: `.corrupt`, naming the line and whether it was altered, removed, inserted, reordered or truncated;
    ///   `.unverified` when the signature is missing or wrong.
    public func verify(
        key: PublicKey? = nil, noted: Digest? = nil, _ body: (EvidenceEntry) throws(Fault) -> Void = { _ in }
    ) throws(Fault) -> EvidenceSummary {
        var isNoted = noted == nil
        var entries: Int64 = 0
        let chain = try follow { entry throws(Fault) in
            entries += 1
            isNoted = isNoted || entry.hash == noted
            if entry.kind == .closed, let key { try check(entry, key) }
            try body(entry)
        }
        let lines = Int(entries) + (chain.fragment == nil ? 0 : 1)
        if let fragment = chain.fragment {
            guard fragment.line.isTerminated else {
                throw EvidenceBreak(.truncated, line: lines, "the last line ends in the middle").fault(path)
            }
            throw EvidenceBreak(.altered, line: fragment.line.number, fragment.reason).fault(path)
        }
        guard let last = chain.last else {
            throw EvidenceBreak(.truncated, line: 0, "it holds no entry").fault(path)
        }
        guard last.kind == .closed else {
            throw EvidenceBreak(
                .truncated, line: lines, "the last run has no end; it was killed, or entries were cut off"
            ).fault(path)
        }
        let signer: Digest? = try EvidenceSignature(last)?.key
        if let key, signer != key.fingerprint {
            throw Fault(
                .unverified, "the last entry of \(path) is not signed with the key \(key.summary)",
                fix: "give the key of the last run; if it is this one, the end of the log was cut off or replaced")
        }
        guard isNoted else {
            throw Fault(
                .unverified, "\(path) has no entry with the hash \(noted?.description ?? "")",
                fix: "the log is another one, was cut off before that entry, or was written anew")
        }
        return EvidenceSummary(
            entries: entries, runs: chain.runs, interruptions: chain.interruptions, lastHash: last.hash,
            signer: signer, isSignatureVerified: key != nil)
    }

    /// Follows the chain to its end, wherever that is.
    func follow(_ body: (EvidenceEntry) throws(Fault) -> Void = { _ in }) throws(Fault) -> EvidenceChain {
        var reader = try EvidenceLineReader(path, limits: limits)
        var chain = EvidenceChain()
        while let line = try reader.next() {
            let entry: EvidenceEntry?
            do {
                entry = try chain.take(line)
            } catch {
                guard error.damage == .removed else { throw error.fault(path) }
                throw try isFurtherOn(chain, &reader)
                    ? EvidenceBreak(.reordered, line: error.line, error.reason).fault(path) : error.fault(path)
            }
            if let entry { try body(entry) }
        }
        return chain
    }

    /// Whether the entry that should come next stands somewhere behind: the difference of reordered and removed.
    private func isFurtherOn(_ chain: EvidenceChain, _ reader: inout EvidenceLineReader) throws(Fault) -> Bool {
        while let line = try reader.next() {
            guard let entry = try? EvidenceEntry(line: line.bytes) else { continue }
            if entry.sequence == chain.nextSequence && entry.previous == chain.last?.hash { return true }
        }
        return false
    }

    /// A signature of this key must be right wherever it stands; those of other keys are covered by the chain.
    private func check(_ entry: EvidenceEntry, _ key: PublicKey) throws(Fault) {
        guard let signature = try EvidenceSignature(entry), signature.key == key.fingerprint else { return }
        guard try signature.isValid(over: entry, key: key) else {
            throw Fault(
                .unverified,
                "entry \(entry.sequence) of \(path) has a signature that the key \(key.summary) did not make",
                fix: "the log was written anew, or the signature was altered; compare it with a copy")
        }
    }
}

/// What a whole log says of itself.
public struct EvidenceSummary: Sendable {
    /// How many entries there are.
    public let entries: Int64
    /// How many runs wrote them.
    public let runs: Int
    /// How many runs were killed, so that their end is missing, and were followed by another.
    public let interruptions: Int
    /// The hash of the last entry. Noted elsewhere, it shows later whether the log still goes as far.
    public let lastHash: Digest
    /// The fingerprint of the key that says it signed the last entry; nil without a signature.
    public let signer: Digest?
    /// Whether that signature was verified with a key.
    public let isSignatureVerified: Bool
}
