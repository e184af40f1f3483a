// SPDX-License-Identifier: Apache-2.0

#if !SOVEREIGN_TSAN
    internal import Synchronization
#endif

/// How far clocks somewhere are from UTC, at every moment.
public struct TimeZoneRules: Sendable {
    private enum Source: Sendable {
        case fixed(Int)
        case table(TransitionTable)
    }
    private let source: Source

    /// No offset, ever.
    public static let utc = TimeZoneRules(source: .fixed(0))

    private init(source: Source) { self.source = source }

    /// The rules of an IANA zone such as `Europe/Berlin`; `UTC` and the empty name are UTC and need no file.
    ///
    /// Nil when there is no such zone, when the name could lead out of the folder, or when its file is not a sound
    /// TZif file of version 2 or later.
    /// - Parameter folder: the compiled database; Debian's package `tzdata` installs the usual one.
    public init?(named name: String, folder: String = "/usr/share/zoneinfo") {
        if name.isEmpty || name == "UTC" {
            self = .utc
            return
        }
        guard Self.isName(name), let bytes = readZoneFile("\(folder)/\(name)"),
            let table = TransitionTable(tzif: bytes)
        else { return nil }
        source = .table(table)
    }

    /// The rules in the bytes of a TZif file of version 2 or later; nil when they are not sound.
    public init?(tzif bytes: [UInt8]) {
        guard let table = TransitionTable(tzif: bytes) else { return nil }
        source = .table(table)
    }

    /// A fixed offset `[+-]?HH:MM`, at most 23:59; nil for another text.
    public init?(offset text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        let digits = rest.map { decimalDigit($0).map(Int.init) }
        guard digits.count == 5, rest[rest.startIndex + 2] == UInt8(ascii: ":"),
            let h1 = digits[0], let h2 = digits[1], let m1 = digits[3], let m2 = digits[4],
            h1 * 10 + h2 <= 23, m1 <= 5
        else { return nil }
        let seconds = (h1 * 10 + h2) * 3600 + (m1 * 10 + m2) * 60
        source = .fixed(isNegative ? -seconds : seconds)
    }

    /// The rules of an offset or of a zone in the usual folder; zones are read once and remembered.
    public static func find(_ text: String) -> TimeZoneRules? {
        if let fixed = TimeZoneRules(offset: text) { return fixed }
        if let known = remembered.rules(named: text) { return known }
        guard let rules = TimeZoneRules(named: text) else { return nil }
        remembered.remember(rules, named: text)
        return rules
    }

    /// Seconds east of UTC at a moment in seconds since 1970; outside the years 1…9999 as at their nearest end.
    public func offsetSeconds(at seconds: Int64) -> Int {
        switch source {
        case .fixed(let offset): offset
        case .table(let table):
            table.offset(at: min(max(seconds, Moment.range.lowerBound), Moment.range.upperBound))
        }
    }

    /// Names of zones have letters, digits, `_`, `+` and `-` in parts that `/` separates; none leads up or to the root.
    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 64
            && name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty
                    && part.allSatisfy {
                        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20)
                            || "_+-".utf8.contains($0)
                    }
            }
    }

    private static let remembered = ZoneMemory()
}

/// Zones that were read before, from any thread.
///
/// Under ThreadSanitizer, which cannot see the standard library's lock, nothing is remembered.
private final class ZoneMemory: Sendable {
    #if SOVEREIGN_TSAN
        func rules(named name: String) -> TimeZoneRules? { nil }
        func remember(_ rules: TimeZoneRules, named name: String) {}
    #else
        // More than a program asks for in practice; the database has about 600 names.
        private static let limit = 128
        private let zones = Mutex<[String: TimeZoneRules]>([:])

        func rules(named name: String) -> TimeZoneRules? { zones.withLock { $0[name] } }

        func remember(_ rules: TimeZoneRules, named name: String) {
            zones.withLock { zones in
                if zones.count >= Self.limit { zones.removeAll() }
                zones[name] = rules
            }
        }
    #endif
}
