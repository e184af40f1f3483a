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

    /// The defaults above.
    public init() {}
}
