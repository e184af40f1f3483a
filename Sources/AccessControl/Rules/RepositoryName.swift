// SPDX-License-Identifier: Apache-2.0

/// Names of repositories as the distribution specification writes them.
public enum RepositoryName {
    /// The most bytes of a name.
    public static let sizeLimit = 255

    /// Whether a text is a name: segments of lower-case letters and digits, joined within by `.`, `_`, `__` or dashes.
    ///
    /// Rules are asked about nothing else, so that no spelling of a path finds a pattern made for another.
    public static func isValid(_ text: String) -> Bool {
        guard (1...sizeLimit).contains(text.utf8.count) else { return false }
        var separator: [UInt8] = [], isAtStart = true
        for byte in text.utf8 {
            if (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) {
                guard separator.isEmpty || isSeparator(separator) else { return false }
                (separator, isAtStart) = ([], false)
            } else if byte == UInt8(ascii: "/") {
                guard !isAtStart, separator.isEmpty else { return false }
                isAtStart = true
            } else {
                guard !isAtStart, ".-_".utf8.contains(byte) else { return false }
                separator.append(byte)
            }
        }
        return !isAtStart && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes.first {
        case UInt8(ascii: "."): bytes.count == 1
        case UInt8(ascii: "_"): bytes.count <= 2 && bytes.allSatisfy { $0 == UInt8(ascii: "_") }
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }
}
