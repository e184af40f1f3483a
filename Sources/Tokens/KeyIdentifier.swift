// SPDX-License-Identifier: Apache-2.0

/// The names of keys, `kid` in keys and tokens (RFC 7515 section 4.1.4).
///
/// A name is looked up among trusted keys and used for nothing else; still nothing is accepted that could mean more to
/// whatever shows or stores it.
public enum KeyIdentifier {
    /// The most bytes of a name.
    public static let sizeLimit = 128

    /// Whether a text is a name: letters, digits and `-._~:=+/@` of ASCII, without `..` and `//`.
    public static func isValid(_ text: String) -> Bool {
        guard (1...sizeLimit).contains(text.utf8.count) else { return false }
        var before: UInt8 = 0
        for byte in text.utf8 {
            let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
            guard isPlain || "-._~:=+/@".utf8.contains(byte) else { return false }
            guard byte != before || byte != UInt8(ascii: ".") && byte != UInt8(ascii: "/") else { return false }
            before = byte
        }
        return true
    }
}
