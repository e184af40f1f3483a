// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry

/// What was found out about versions lately, so that not everybody who looks has them verified.
final class SignatureVerdicts: Sendable {
    private struct Known: Sendable {
        let verdict: SignatureVerdict
        /// The rule and its keys as they were then.
        let fingerprint: Digest
        /// How often the repository had changed by then.
        let changes: UInt64
    }
    private let table = Guarded(BoundedTable<TagEntry, Known>(limit: 10_000))
    /// For how long a verdict counts, in milliseconds: what a version refers to may change without it.
    private static let lifetime: Int64 = 300_000

    func find(_ entry: TagEntry, _ fingerprint: Digest, changes: UInt64, now: Int64) -> SignatureVerdict? {
        guard let known = table.withLock({ $0.find(entry) }), known.fingerprint == fingerprint,
            known.changes == changes, (0..<Self.lifetime).contains(now - known.verdict.checked)
        else { return nil }
        return known.verdict
    }

    func set(_ entry: TagEntry, _ verdict: SignatureVerdict, _ fingerprint: Digest, changes: UInt64) {
        table.withLock { $0.set(entry, to: Known(verdict: verdict, fingerprint: fingerprint, changes: changes)) }
    }
}
