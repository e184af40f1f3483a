// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Random identifiers (RFC 9562 section 5.4).
public enum RandomUUID {
    /// A new one, in lower case.
    public static func text() -> String {
        var bytes = SecureRandom.bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, digit) in bytes.hex.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
