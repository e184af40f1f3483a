// SPDX-License-Identifier: Apache-2.0

/// A condition on versions in the language the field uses: `>=1.2.0, <2`, `~1.2`, `^1.4`, `1.x`, `1.0 - 2.0`, `||`.
///
/// As in the Go library the other tools use, a prerelease satisfies a comparison only where the constraint itself
/// names a prerelease.
public struct VersionConstraint: Hashable, Sendable, CustomStringConvertible {
    /// The text as it was written.
    public let description: String
    private let alternatives: [[Bound]]

    private struct Bound: Hashable, Sendable {
        enum Relation: Hashable, Sendable { case less, lessOrEqual, equal, notEqual, greaterOrEqual, greater }
        let relation: Relation
        let version: SemanticVersion

        func allows(_ other: SemanticVersion) -> Bool {
            switch relation {
            case .less: other < version
            case .lessOrEqual: !(version < other)
            case .equal: !(other < version) && !(version < other)
            case .notEqual: other < version || version < other
            case .greaterOrEqual: !(other < version)
            case .greater: version < other
            }
        }
    }

    /// Parses a constraint; nil when the text is none.
    public init?(_ text: String) {
        description = text
        var alternatives: [[Bound]] = []
        for part in text.split(separator: "||", omittingEmptySubsequences: false) {
            guard let bounds = Self.bounds(part.trimmed) else { return nil }
            alternatives.append(bounds)
        }
        guard !alternatives.isEmpty else { return nil }
        self.alternatives = alternatives
    }

    /// Whether a version satisfies the constraint.
    public func allows(_ version: SemanticVersion) -> Bool {
        alternatives.contains { bounds in
            let namesPrerelease = bounds.contains { !$0.version.prerelease.isEmpty }
            guard version.prerelease.isEmpty || namesPrerelease else { return false }
            return bounds.allSatisfy { $0.allows(version) }
        }
    }

    private static func bounds(_ text: String) -> [Bound]? {
        guard !text.isEmpty else { return nil }
        let words = text.split(separator: " ")
        if words.count == 3, words[1] == "-", let low = SemanticVersion(String(words[0])),
            let high = Wildcard(String(words[2]))
        {
            return [
                Bound(relation: .greaterOrEqual, version: low),
                high.upper ?? Bound(relation: .lessOrEqual, version: high.base),
            ]
        }
        var bounds: [Bound] = []
        var pending = ""
        for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
            // An operator may stand apart from its version.
            if word.allSatisfy({ "<>=!~^".contains($0) }) {
                pending += word
                continue
            }
            guard let more = bound(pending + word) else { return nil }
            bounds += more
            pending = ""
        }
        return pending.isEmpty && !bounds.isEmpty ? bounds : nil
    }

    private static func bound(_ text: String) -> [Bound]? {
        let symbol = String(text.prefix { "<>=!~^".contains($0) })
        guard let wildcard = Wildcard(String(text.dropFirst(symbol.count))) else { return nil }
        let base = wildcard.base, from = Bound(relation: .greaterOrEqual, version: base)
        switch symbol {
        case "", "=": return wildcard.range ?? [Bound(relation: .equal, version: base)]
        case "!=": return [Bound(relation: .notEqual, version: base)]
        case ">":
            return [
                wildcard.upper.map { Bound(relation: .greaterOrEqual, version: $0.version) }
                    ?? Bound(relation: .greater, version: base)
            ]
        case ">=", "=>": return [from]
        case "<": return [Bound(relation: .less, version: base)]
        case "<=", "=<": return [wildcard.upper ?? Bound(relation: .lessOrEqual, version: base)]
        case "~", "~>":
            guard wildcard.parts > 0 else { return [from] }
            let next = wildcard.parts == 1 ? "\(base.major + 1)" : "\(base.major).\(base.minor + 1)"
            return SemanticVersion(next).map { [from, Bound(relation: .less, version: $0)] }
        case "^":
            guard wildcard.parts > 0 else { return [from] }
            let next =
                base.major > 0 || wildcard.parts == 1
                ? "\(base.major + 1)"
                : base.minor > 0 || wildcard.parts == 2 ? "0.\(base.minor + 1)" : "0.0.\(base.patch + 1)"
            return SemanticVersion(next).map { [from, Bound(relation: .less, version: $0)] }
        default: return nil
        }
    }

    /// A version some of whose numbers are left open: `1.x`, `1`, `*`.
    private struct Wildcard {
        let base: SemanticVersion
        /// How many numbers are given.
        let parts: Int

        init?(_ text: String) {
            let bare = text.hasPrefix("v") ? String(text.dropFirst()) : text
            let numbers = bare.split(separator: ".", omittingEmptySubsequences: false)
            let given = numbers.prefix { !["x", "X", "*"].contains($0) }
            guard given.count < numbers.count || numbers.count < 3, !bare.contains("-"), !bare.contains("+") else {
                guard let version = SemanticVersion(text) else { return nil }
                (base, parts) = (version, 3)
                return
            }
            guard !bare.isEmpty, numbers.count <= 3,
                numbers.dropFirst(given.count).allSatisfy({ ["x", "X", "*"].contains($0) }),
                let version = SemanticVersion(given.isEmpty ? "0" : given.joined(separator: "."))
            else { return nil }
            (base, parts) = (version, given.count)
        }

        /// The first version behind those the wildcard stands for.
        var upper: Bound? {
            switch parts {
            case 1: SemanticVersion("\(base.major + 1)").map { Bound(relation: .less, version: $0) }
            case 2: SemanticVersion("\(base.major).\(base.minor + 1)").map { Bound(relation: .less, version: $0) }
            default: nil
            }
        }

        var range: [Bound]? {
            if parts == 0 { return [Bound(relation: .greaterOrEqual, version: base)] }
            return upper.map { [Bound(relation: .greaterOrEqual, version: base), $0] }
        }
    }
}
