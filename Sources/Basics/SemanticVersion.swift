// SPDX-License-Identifier: Apache-2.0

/// A version by Semantic Versioning 2.0.0, read in the relaxed form the field writes:
/// an optional leading `v`, and minor and patch may be missing.
public struct SemanticVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Major, minor and patch; missing ones are 0.
    public let major: UInt64, minor: UInt64, patch: UInt64
    /// The dot-separated parts behind `-`.
    public let prerelease: [String]
    /// The text behind `+`; it does not order.
    public let build: String?
    /// The text as it was written.
    public let description: String

    /// Parses `[v]MAJOR[.MINOR[.PATCH]][-PRERELEASE][+BUILD]`; nil when the text is not of that form.
    public init?(_ text: String) {
        var rest = text.utf8.first == UInt8(ascii: "v") ? text.dropFirst() : text[...]
        var build: String?
        if let plus = rest.firstIndex(of: "+") {
            build = String(rest[rest.index(after: plus)...])
            rest = rest[..<plus]
            guard let build, build.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isWord)
            else {
                return nil
            }
        }
        var prerelease: [String] = []
        if let dash = rest.firstIndex(of: "-") {
            let parts = rest[rest.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.allSatisfy({ Self.isWord($0) && (!Self.isNumber($0) || Self.isCanonical($0)) }) else {
                return nil
            }
            prerelease = parts.map(String.init)
            rest = rest[..<dash]
        }
        let numbers = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(numbers.count), numbers.allSatisfy({ Self.isNumber($0) && Self.isCanonical($0) }) else {
            return nil
        }
        let values = numbers.map { UInt64($0) }
        guard !values.contains(nil) else { return nil }
        major = values[0] ?? 0
        minor = values.count > 1 ? values[1] ?? 0 : 0
        patch = values.count > 2 ? values[2] ?? 0 : 0
        (self.prerelease, self.build, description) = (prerelease, build, text)
    }

    /// The order of section 11: a prerelease comes before its release; build metadata does not count.
    public static func < (a: SemanticVersion, b: SemanticVersion) -> Bool {
        if (a.major, a.minor, a.patch) != (b.major, b.minor, b.patch) {
            return (a.major, a.minor, a.patch) < (b.major, b.minor, b.patch)
        }
        if a.prerelease.isEmpty || b.prerelease.isEmpty { return !a.prerelease.isEmpty && b.prerelease.isEmpty }
        for (x, y) in zip(a.prerelease, b.prerelease) where x != y {
            switch (isNumber(x[...]), isNumber(y[...])) {
            case (true, true): return x.count != y.count ? x.count < y.count : x < y
            case (true, false): return true
            case (false, true): return false
            case (false, false): return x.utf8.lexicographicallyPrecedes(y.utf8)
            }
        }
        return a.prerelease.count < b.prerelease.count
    }

    private static func isWord(_ part: Substring) -> Bool {
        !part.isEmpty
            && part.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            }
    }
    private static func isNumber(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    private static func isCanonical(_ part: Substring) -> Bool { part == "0" || part.utf8.first != 0x30 }
}
