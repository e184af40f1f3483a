// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A version of a component: Semantic Versioning in the relaxed form, `1.2.3`, `v1.2`, `1.0.0-rc.1+build.7`.
public struct ComponentVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The version as it is written.
    public let text: String
    /// The version as numbers and words.
    public let semantic: SemanticVersion
    /// The same as `text`.
    public var description: String { text }

    /// What stands for `+` in a tag, where `+` is not allowed.
    static let buildMark = ".build-"
    /// The most characters of a tag (OCI distribution specification, “Pulling manifests”).
    static let tagLengthLimit = 128

    /// Checks that the text is a version, and that it fits into a tag.
    public init(_ text: String) throws(Fault) {
        guard let semantic = SemanticVersion(text) else {
            throw Fault(
                .invalid, "“\(text.prefix(150))” is not a version",
                fix: "write it as 1.2.3, with -rc.1 or +build.7 if needed")
        }
        (self.text, self.semantic) = (text, semantic)
        guard tag.utf8.count <= Self.tagLengthLimit else {
            throw Fault(
                .invalid,
                "the version “\(text.prefix(40))…” needs a tag of more than \(Self.tagLengthLimit) characters",
                fix: "choose a shorter version")
        }
    }

    /// Reads a tag: the last `.build-` stands for `+`.
    ///
    /// Throws `.invalid` for a tag that encodes no version. The version in the descriptor decides: compare with it.
    public init(tag: String) throws(Fault) {
        guard !tag.contains("+") else {
            throw Fault(.invalid, "“\(tag.prefix(150))” is not a tag", fix: "write .build- for “+”")
        }
        guard let mark = tag.ranges(of: Self.buildMark).last else {
            try self.init(tag)
            return
        }
        try self.init(tag.replacingCharacters(in: mark, with: "+"))
    }

    /// The version as a tag: `+` becomes `.build-`.
    public var tag: String { text.replacing("+", with: Self.buildMark) }

    /// The order of Semantic Versioning section 11; versions that are equal there order by their text.
    public static func < (a: ComponentVersion, b: ComponentVersion) -> Bool {
        if a.semantic < b.semantic { return true }
        if b.semantic < a.semantic { return false }
        return a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    /// Versions are equal when their texts are.
    public static func == (a: ComponentVersion, b: ComponentVersion) -> Bool { a.text == b.text }
    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}

extension VersionConstraint {
    /// Whether a component's version satisfies the constraint.
    public func allows(_ version: ComponentVersion) -> Bool { allows(version.semantic) }
}
