// SPDX-License-Identifier: Apache-2.0

public import Cryptography
public import Documents

/// How contents are read again.
public struct ScrubOptions: Sendable {
    /// How many bytes are read in a second at the most; nil for as many as the disk gives.
    public var bytesPerSecond: Int64?

    /// As fast as the disk is.
    public init() {}
}

/// What reading every content again has shown.
public struct ScrubReport: Sendable, Equatable {
    /// The most digests of each list; the counts go on.
    public static let listLimit = 1000

    /// Contents with a number of them and the digests of the first ones.
    public struct Found: Sendable, Equatable {
        /// How many.
        public var count: Int64 = 0
        /// The digests of the first ones.
        public var digests: [Digest] = []

        mutating func add(_ digest: Digest) {
            count += 1
            if digests.count < ScrubReport.listLimit { digests.append(digest) }
        }

        var json: JSON {
            [
                "count": .number(JSONNumber(count)),
                "digests": .array(digests.map { .string($0.description) }),
            ]
        }
    }
    /// Contents that were read.
    public var checked = GarbageReport.Count()
    /// Contents whose files have other bytes; they were put aside now.
    public var damaged = Found()
    /// Contents whose files are not there; they are marked now.
    public var missing = Found()
    /// Contents that are there again: a sound file was under its name, or in quarantine.
    public var repaired = Found()
    /// Contents that are damaged or missing after all, so that they have to be pushed again.
    public var lost = Found()
    /// Files that no repository holds: garbage that is to be collected.
    public var unheld = GarbageReport.Count()

    /// The report as a document.
    public var json: JSON {
        [
            "checked": checked.json, "damaged": damaged.json, "missing": missing.json, "repaired": repaired.json,
            "lost": lost.json, "unheld": unheld.json,
        ]
    }
}
