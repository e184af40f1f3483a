// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What a registry accepts and keeps. Every limit has a default that suits a site of one machine.
public struct RegistryLimits: Sendable {
    /// The most bytes of a blob.
    public var blobBytes: Int64 = 64 << 30
    /// The most bytes of a manifest; the distribution specification asks for 4 MiB at least.
    public var manifestBytes = 4 << 20
    /// How many uploads may be under way in one repository.
    public var uploadsPerRepository = 1000
    /// How many uploads a user, or an address from which nobody says who they are, may have under way.
    public var uploadsPerPusher = 500
    /// How many uploads may be under way altogether.
    public var uploads = 10_000
    /// Bytes of disk that pushes must leave free.
    public var freeSpaceFloor: Int64 = 256 << 20
    /// The most bytes that a repository may hold, each content counted once; nil for any number.
    public var quota: @Sendable (RepositoryName) -> Int64? = { _ in nil }
    /// Manifests and small blobs kept in memory, in bytes.
    public var cacheBytes = 24 << 20
    /// The largest blob that is kept in memory.
    public var cachedBlobBytes: Int64 = 64 << 10
    /// For how long it is believed that a file which looks unchanged is unchanged; then it is read and checked anew.
    public var verificationHours = 24
    /// For how long what nothing names stays, in milliseconds; a client that was told of it may rely on it for three
    /// quarters of that.
    public var grace: Int64 = 24 * 3_600_000
    /// After how many milliseconds without a byte an upload is given up.
    public var uploadIdle: Int64 = 7 * 24 * 3_600_000
    /// For how many milliseconds a tag that was pushed may be pending; 0 for ever.
    public var pendingAge: Int64 = 7 * 24 * 3_600_000
    /// Records that are shorter than this are not compacted.
    public var recordsFloor: Int64 = 64 << 20
    /// How many times longer than the state that they began with records may become before they are compacted.
    public var recordsGrowth: Int64 = 4

    /// How long ago something may have been kept that is asked for, without being kept again.
    var keepInterval: Int64 { grace / 8 }
    /// For how long answers from memory do not look whether something has to be kept. Nothing has without a grace period.
    var memoryInterval: Int64 { grace == 0 ? 24 * 3_600_000 : max(1000, grace / 8) }

    /// The defaults above.
    public init() {}
}
