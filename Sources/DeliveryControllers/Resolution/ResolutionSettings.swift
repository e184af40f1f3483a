// SPDX-License-Identifier: Apache-2.0

/// How much the resolution does at once and keeps, and what it may reach.
public struct ResolutionSettings: Sendable {
    /// How many component versions and contents are read at a time.
    public var concurrency = 10
    /// How many may wait to be read.
    public var queue = 1000
    /// How long a caller waits before it is told that the work is in progress.
    public var patience = Duration.seconds(5)
    /// How long a component version is kept.
    public var timeToLive = Duration.seconds(1800)
    /// The most bytes of all descriptors that are kept.
    public var descriptorBytes = 64 * 1024 * 1024
    /// The most bytes of all contents that are kept.
    public var contentBytes = 64 * 1024 * 1024
    /// The most bytes of one content.
    public var contentLimit = 2 * 1024 * 1024
    /// How many repositories are kept open, each with its credentials.
    public var openRepositories = 100
    /// How long a failure is remembered, the first time and at most.
    public var firstBackOff = Duration.seconds(1), longestBackOff = Duration.seconds(120)
    /// The folder below which archives may be; nil for no archives, as objects of a cluster name paths of this machine.
    public var archiveFolder: String?
    /// Where large things are unpacked.
    public var temporaryFolder: String?

    /// The settings above.
    public init() {}
}

/// What the resolution has done so far, and what it holds.
public struct ResolutionCounters: Hashable, Sendable {
    /// Answers out of the cache.
    public var cacheHits: UInt64 = 0
    /// Questions that repositories were asked for.
    public var cacheMisses: UInt64 = 0
    /// Questions that joined one which was being answered.
    public var joined: UInt64 = 0
    /// Answers that were failures.
    public var failures: UInt64 = 0
    /// Failures that were not tried again, as it was too early.
    public var rememberedFailures: UInt64 = 0
    /// How many wait to be read, and how many are being read.
    public var queued = 0, running = 0
    /// The bytes of the descriptors and contents that are kept.
    public var descriptorBytes = 0, contentBytes = 0
}
