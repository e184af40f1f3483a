// SPDX-License-Identifier: Apache-2.0

/// Which traces are recorded.
public struct TraceSampler: Sendable, Hashable {
    /// The part of the traces that are recorded, 0…1, chosen by their identifiers: every service chooses the same ones.
    public let ratio: Double
    /// Whether what the caller decided is followed; the ratio then counts for traces that start here.
    public let followsParent: Bool

    /// A sampler; a ratio outside 0…1 counts as the nearer end, and what is no number as 0.
    public init(ratio: Double, followsParent: Bool) {
        self.ratio = ratio.isNaN ? 0 : min(max(ratio, 0), 1)
        self.followsParent = followsParent
    }

    /// All traces, but those that their caller does not record.
    public static let followingParent = TraceSampler(ratio: 1, followsParent: true)

    /// Whether a span of a trace is recorded.
    func isSampled(_ id: TraceID, parent: TraceContext?) -> Bool {
        if followsParent, let parent { return parent.isSampled }
        if ratio >= 1 { return true }
        // 63 bits of the identifier's second half: the random part in all versions (OpenTelemetry, TraceIdRatioBased).
        return id.low >> 1 < UInt64(ratio * 0x1p63)
    }
}
