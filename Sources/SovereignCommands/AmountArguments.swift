// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import Registry

/// A span of time on the command line: `90s`, `15m`, `24h`, `7d`, or `0`.
struct TimeSpan: ArgumentValue {
    let milliseconds: Int64

    init(hours: Int64) { milliseconds = hours * 3_600_000 }

    init(argument: String) throws {
        let factors: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        if argument == "0" {
            milliseconds = 0
            return
        }
        guard let factor = argument.last.flatMap({ factors[$0] }), let count = Int64(argument.dropLast()),
            (0...1_000_000).contains(count)
        else { throw UsageError("“\(argument)” is no span of time", fix: "write it as 90s, 15m, 24h or 7d") }
        milliseconds = count * factor
    }

    /// As something to wait for; nil for never.
    var interval: Duration? { milliseconds == 0 ? nil : .milliseconds(milliseconds) }

    var argumentText: String {
        switch milliseconds {
        case 0: "0"
        case let time where time % 86_400_000 == 0: "\(time / 86_400_000)d"
        case let time where time % 3_600_000 == 0: "\(time / 3_600_000)h"
        case let time where time % 60_000 == 0: "\(time / 60_000)m"
        default: "\(milliseconds / 1000)s"
        }
    }
}

/// A number of bytes on the command line: `512`, `10MiB`, `4GiB`.
struct ByteSize: ArgumentValue {
    let bytes: Int64

    init(_ bytes: Int64) { self.bytes = bytes }

    init(argument: String) throws {
        guard let count = ByteCount(parsing: argument) else {
            throw UsageError("“\(argument)” is no number of bytes", fix: "write it as 512, 10MiB or 4GiB")
        }
        bytes = count.bytes
    }

    var argumentText: String {
        for (unit, size) in [("GiB", Int64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes > 0 && bytes % size == 0 {
            return "\(bytes / size)\(unit)"
        }
        return "\(bytes)"
    }
}

/// What the repositories of a pattern may hold: `team-a/**=10GiB`.
struct RepositoryQuota: ArgumentValue {
    let pattern: RepositoryPattern
    let bytes: Int64

    static var defaultValueName: String { "PATTERN=BYTES" }

    init(argument: String) throws {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let pattern = RepositoryPattern(String(parts[0])),
            let size = ByteCount(parsing: String(parts[1]))
        else { throw UsageError("“\(argument)” is no quota", fix: "write it as team-a/**=10GiB") }
        (self.pattern, bytes) = (pattern, size.bytes)
    }

    var argumentText: String { "\(pattern)=\(ByteSize(bytes).argumentText)" }

    /// What each repository may hold: as the first pattern says that fits its name.
    static func table(_ quotas: [RepositoryQuota]) -> @Sendable (Registry.RepositoryName) -> Int64? {
        { name in quotas.first { $0.pattern.matches(name.description) }?.bytes }
    }
}

/// How an answer is written.
enum AnswerFormat: String, ArgumentValue, CaseIterable { case text, json }
