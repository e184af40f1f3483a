// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

/// A version that an expression holds.
final class VersionValue: OpaqueValue {
    static let type = CELType.opaque("kubernetes.Semver")
    let version: SemanticVersion

    init(_ text: String, normalize: Bool) throws(EvaluationError) {
        guard let text = normalize ? Self.normalize(text) : text else {
            throw .invalid("short version cannot contain PreRelease/Build meta data")
        }
        guard let version = Self.parse(text) else {
            throw .invalid("\(String(text.prefix(100)).quoted) is not a semantic version: write MAJOR.MINOR.PATCH")
        }
        self.version = version
    }

    var text: String { version.description }

    func isEqual(to other: any OpaqueValue) -> Bool {
        guard let other = other as? VersionValue else { return false }
        return !(version < other.version) && !(other.version < version)
    }

    /// Reads a version that is written in full; nil for any other text.
    static func parse(_ text: String) -> SemanticVersion? {
        let core = text.utf8.prefix { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }
        guard let first = core.first, (0x30...0x39).contains(first), core.count(where: { $0 == UInt8(ascii: ".") }) == 2
        else { return nil }
        return SemanticVersion(text)
    }

    /// Drops a leading `v` and leading zeros and adds the numbers that are missing, as Kubernetes does; nil for a short
    /// version with something behind its numbers.
    static func normalize(_ text: String) -> String? {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "v") { rest = rest.dropFirst() }
        var parts = rest.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false).map {
            part in
            guard part.count > 1 else { return String(Substring(part)) }
            let digits = part.drop { $0 == UInt8(ascii: "0") }
            let startsWithDigit = digits.first.map { (0x30...0x39).contains($0) } ?? false
            return (startsWithDigit ? "" : "0") + String(Substring(digits))
        }
        if parts.count < 3 {
            guard let last = parts.last, !last.utf8.contains(where: { "+-".utf8.contains($0) }) else { return nil }
            parts += repeatElement("0", count: 3 - parts.count)
        }
        return parts.joined(separator: ".")
    }
}
