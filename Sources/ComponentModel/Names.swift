// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The name of a component: a DNS domain and a path, `acme.org/sovereign/notes`; at most 255 characters.
public struct ComponentName: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let text: String
    /// The name.
    public var description: String { text }

    /// Checks a name by the grammar of the OCM specification, “Component identity”.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= 255, Self.isName(text) else {
            throw Fault(
                .invalid, "“\(text)” is no component name",
                fix: "write a domain and a path in lower case, such as acme.org/team/product")
        }
        self.text = text
    }

    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return false }
        let labels = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last, top.utf8.count >= 2, top.utf8.allSatisfy(isLetter) else { return false }
        guard labels.dropLast().allSatisfy({ isWord($0, withUnderscore: false) }) else { return false }
        return parts.dropFirst().allSatisfy { part in
            part.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isWord($0, withUnderscore: true) }
        }
    }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isWord(_ word: Substring, withUnderscore: Bool) -> Bool {
        guard let first = word.utf8.first, isLetter(first) else { return false }
        return word.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D || (withUnderscore && $0 == 0x5F) }
    }
}

/// The version of a component: relaxed semantic versioning, `1.0.0`, `v2.1`, `1.0.0-rc.1+build.7`.
public struct ComponentVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The version as it was written.
    public let text: String
    /// The version as it was written.
    public var description: String { text }
    /// The version for comparisons.
    public let semantic: SemanticVersion

    /// Checks a version.
    public init(_ text: String) throws(Fault) {
        guard let semantic = SemanticVersion(text) else {
            throw Fault(.invalid, "“\(text)” is no version", fix: "write it as MAJOR.MINOR.PATCH, such as 1.0.0 or 1.0.0-rc.1")
        }
        (self.text, self.semantic) = (text, semantic)
    }

    /// The order of semantic versioning; versions it holds equal are ordered by their text.
    public static func < (a: ComponentVersion, b: ComponentVersion) -> Bool {
        if a.semantic < b.semantic { return true }
        return !(b.semantic < a.semantic) && a.text < b.text
    }

    /// The OCI tag of the version: `+`, which tags may not hold, becomes `.build-`.
    public var tag: String { text.replacing("+", with: ".build-") }

    /// The version a tag stands for; the last `.build-` becomes `+`.
    public init(tag: String) throws(Fault) {
        guard let marker = tag.ranges(of: ".build-").last else {
            try self.init(tag)
            return
        }
        try self.init("\(tag[..<marker.lowerBound])+\(tag[marker.upperBound...])")
    }
}

/// Name and version of a component.
public struct ComponentVersionIdentity: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The component.
    public let name: ComponentName
    /// The version.
    public let version: ComponentVersion
    /// `name:version`.
    public var description: String { "\(name):\(version)" }
    /// Names a component version.
    public init(name: ComponentName, version: ComponentVersion) { (self.name, self.version) = (name, version) }
    /// By name, then by version.
    public static func < (a: Self, b: Self) -> Bool {
        a.name == b.name ? a.version < b.version : a.name.text < b.name.text
    }
}

/// The rules for names of resources, sources and references, and for keys of extra identities.
enum ElementName {
    /// At least two characters: lower-case letters and digits, joined by `-`, `_`, `+`.
    static func isValid(_ text: String) -> Bool {
        let isEdge: (UInt8) -> Bool = { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        guard text.utf8.count >= 2, let first = text.utf8.first, let last = text.utf8.last, isEdge(first), isEdge(last) else {
            return false
        }
        return text.utf8.allSatisfy { isEdge($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2B }
    }
}
