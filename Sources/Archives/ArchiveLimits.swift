// SPDX-License-Identifier: Apache-2.0

/// How much an archive from outside may hold; what exceeds a limit is refused with `.limitExceeded`.
public struct ArchiveLimits: Sendable {
    /// The most members of one tar.
    public var entries = 100_000
    /// The most bytes of one member.
    public var entrySize: Int64 = 1 << 40
    /// The most bytes of all members, or of everything one gzip expands to.
    public var totalSize: Int64 = 4 << 40
    /// The most bytes in the path of a member, or in the target of a link.
    public var pathLength = 4096
    /// The most bytes one compressed byte may expand to, counted once 16 MiB have come out.
    public var expansionRatio: Int64 = 1000

    /// Limits that archives of software deliveries stay within.
    public static let standard = ArchiveLimits()

    /// The standard limits, to be changed one by one.
    public init() {}
}
