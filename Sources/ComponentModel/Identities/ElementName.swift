// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The name of a resource, source or reference: at least two of `a-z 0-9 - _ +`, a letter or digit at both ends.
public struct ElementName: Hashable, Sendable, CustomStringConvertible {
    /// The name as it is written; it is safe as a part of a file name.
    public let text: String
    /// The same as `text`.
    public var description: String { text }

    /// The most bytes of a name.
    public static let lengthLimit = 255

    /// Checks the grammar of the OCM specification, “Element identity”.
    public init(_ text: String) throws(Fault) {
        guard Self.isValid(text, extra: []) else {
            throw Fault(
                .invalid, "“\(text.prefix(100))” is not a name of an element",
                fix: "use at least two of a-z, 0-9, “-”, “_” and “+”, with a letter or digit at both ends")
        }
        self.text = text
    }

    /// Whether a text follows the grammar, with more characters allowed in between.
    static func isValid(_ text: String, extra: Set<UInt8>) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        let bytes = text.utf8
        guard (2...lengthLimit).contains(bytes.count), let first = bytes.first, let last = bytes.last,
            isAlphanumeric(first), isAlphanumeric(last)
        else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2B || extra.contains($0) }
    }
}
