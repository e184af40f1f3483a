// SPDX-License-Identifier: Apache-2.0

public import Basics

/// One build of a snapshot version: when it was published, and its number. Later builds are greater.
public struct MavenBuild: Comparable, Sendable, CustomStringConvertible {
    /// The snapshot's version without `SNAPSHOT`: `1.0-`.
    public let base: String
    /// `yyyyMMdd.HHmmss` in UTC.
    public let timestamp: String
    /// Counts the builds of the snapshot from 1 on.
    public let number: Int

    /// More builds than a snapshot has; no number that is read gets near the end of integers.
    private static let numberLimit = 999_999_999

    /// A build at a time; nil when the version is no snapshot, or has had all the builds it can have.
    public init?(of snapshot: String, number: Int, time: Timestamp) {
        guard snapshot.hasSuffix("-SNAPSHOT"), (1...Self.numberLimit).contains(number) else { return nil }
        base = String(snapshot.dropLast("SNAPSHOT".count))
        let digits = time.mavenDigits
        timestamp = "\(digits.prefix(8)).\(digits.dropFirst(8))"
        self.number = number
    }

    /// Reads a version such as `1.0-20260102.030405-7`; nil when it is not that of a build.
    public init?(_ version: String) {
        let parts = version.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let stamp = parts.dropLast().last, let last = parts.last else { return nil }
        let isDigits = { (text: Substring) in text.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        let halves = stamp.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[0].utf8.count == 8, halves[1].utf8.count == 6, halves.allSatisfy(isDigits),
            (1...9).contains(last.utf8.count), isDigits(last), let number = Int(last)
        else { return nil }
        base = parts.dropLast(2).joined(separator: "-") + "-"
        guard base.utf8.count > 1 else { return nil }
        (timestamp, self.number) = (String(stamp), number)
    }

    /// The version in the names of its files.
    public var description: String { "\(base)\(timestamp)-\(number)" }
    /// `yyyyMMddHHmmss` in UTC.
    var updated: String { timestamp.replacing(".", with: "") }

    /// Whether a build is older: by its number, then by its time.
    public static func < (a: MavenBuild, b: MavenBuild) -> Bool { (a.number, a.timestamp) < (b.number, b.timestamp) }
}
