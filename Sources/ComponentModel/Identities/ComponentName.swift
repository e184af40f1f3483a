// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The name of a component, `acme.org/sovereign/notes`: a DNS domain and at least one path segment, all lower case.
public struct ComponentName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name as it is written.
    public let text: String
    /// The same as `text`.
    public var description: String { text }

    /// The most bytes of a name.
    public static let lengthLimit = 255

    /// Checks the grammar of the OCM specification, “Component names”.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.lengthLimit else {
            throw Fault(
                .invalid, "the component name “\(text.prefix(60))…” has more than \(Self.lengthLimit) bytes",
                fix: "choose a shorter name")
        }
        let segments = text.split(separator: "/", omittingEmptySubsequences: false)
        guard segments.count >= 2, let domain = segments.first, Self.isDomain(domain),
            segments.dropFirst().allSatisfy(Self.isSegment)
        else {
            throw Fault(
                .invalid, "“\(text)” is not a component name",
                fix: "write a domain and a path in lower case, such as acme.org/product")
        }
        self.text = text
    }

    /// The order of the bytes.
    public static func < (a: ComponentName, b: ComponentName) -> Bool {
        a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let last = labels.last, last.utf8.count >= 2, last.utf8.allSatisfy(isLetter) else {
            return false
        }
        return labels.dropLast().allSatisfy { isWord($0, allowsUnderscore: false) }
    }

    private static func isSegment(_ text: Substring) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isWord($0, allowsUnderscore: true) }
    }

    private static func isWord(_ text: Substring, allowsUnderscore: Bool) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy {
            isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                || (allowsUnderscore && $0 == UInt8(ascii: "_"))
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
}
