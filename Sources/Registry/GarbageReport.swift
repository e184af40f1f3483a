// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What a collection of garbage is to do.
public struct GarbageOptions: Sendable {
    /// Whether to find garbage only.
    public var isDryRun = false
    /// For how long what nothing names stays, in milliseconds; nil for the registry's own limit.
    public var grace: Int64?
    /// Whether manifests are garbage that no tag, no index and no subject keeps.
    public var includesUntagged = false
    /// Whether to go by this machine's clock, and not only by what has passed for sure.
    public var isClockTrusted = false
    /// After how many milliseconds without a byte uploads are given up; nil for the registry's own limit.
    public var uploadIdle: Int64?

    /// Collects what is garbage by the limits of the registry, and keeps untagged manifests.
    public init() {}
}

/// How far a collection of garbage is.
public struct GarbageProgress: Sendable {
    /// Its parts in their order.
    public enum Part: String, Sendable, CaseIterable {
        case manifests, links, contents, uploads
    }
    /// The part that it is at.
    public let part: Part
    /// What it has found so far.
    public let report: GarbageReport
}

/// What a collection of garbage removed, or would have.
public struct GarbageReport: Sendable, Equatable {
    /// A number of things, and their bytes.
    public struct Count: Sendable, Equatable {
        /// How many.
        public var count: Int64 = 0
        /// How many bytes they have together.
        public var bytes: Int64 = 0

        mutating func add(_ size: Int64) {
            count += 1
            bytes += size
        }

        var json: JSON { ["count": .number(JSONNumber(count)), "bytes": .number(JSONNumber(bytes))] }
    }
    /// Whether nothing was changed. What would follow from removing manifests is not counted then.
    public var isDryRun = false
    /// Manifests that nothing kept.
    public var manifests = Count()
    /// Blobs that no manifest of their repository named, and that do not belong to it any more.
    public var links = Count()
    /// Contents that no repository held: these bytes are free now.
    public var contents = Count()
    /// Uploads that were given up.
    public var uploads = Count()
    /// Files that were left by pushes that failed.
    public var leftovers = Count()
    /// Contents that no repository holds, and that are too young to go.
    public var waiting = Count()
    /// Whether no contents were removed since records were lost, as the file `LOST-RECORDS` of the registry says.
    public var isHeldBack = false
    /// Contents whose files have times to which no clock has come: they are as young as if they had come now.
    public var redated: Int64 = 0
    /// What lies in quarantine; it is never removed.
    public var quarantine = Count()

    /// The report as a document.
    public var json: JSON {
        [
            "dryRun": .bool(isDryRun), "manifests": manifests.json, "links": links.json, "contents": contents.json,
            "uploads": uploads.json, "leftovers": leftovers.json, "waiting": waiting.json,
            "heldBack": .bool(isHeldBack), "redated": .number(JSONNumber(redated)), "quarantine": quarantine.json,
        ]
    }
}
