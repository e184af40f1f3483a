// SPDX-License-Identifier: Apache-2.0

/// A part of a URL with its own rule for the characters that stand for themselves, as Go's `net/url` has them.
enum URLPart {
    case path, host, zone, user, query, fragment

    /// Whether a byte must be percent-encoded here.
    func mustEscape(_ byte: UInt8) -> Bool {
        if (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-_.~".utf8.contains(byte) {
            return false
        }
        // Go is laxer than RFC 3986 in hosts and stricter elsewhere; escaped paths depend on it.
        let plain =
            switch self {
            case .path: "$&+,/:;=@"
            case .host, .zone: "!$&'()*+,;=:[]<>\""
            case .user: "$&+,;="
            case .query: ""
            case .fragment: "$&+,/:;=?@!()*"
            }
        return !plain.utf8.contains(byte)
    }

    /// Decodes percent escapes, and `+` in queries; nil for a broken escape or a byte that may not stand here.
    func unescape(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hexadecimalDigit),
                    let low = rest.popFirst().flatMap(hexadecimalDigit)
                else { return nil }
                let value = high << 4 | low
                // Hosts may only escape what is not ASCII (RFC 3986 section 3.2.2), zones what could stand plainly.
                if self == .host && value < 0x80 && value != UInt8(ascii: "%") { return nil }
                if self == .zone && value != UInt8(ascii: "%") && value != 0x20 && mustEscape(value) { return nil }
                decoded.append(value)
            case UInt8(ascii: "+") where self == .query: decoded.append(0x20)
            default:
                if (self == .host || self == .zone) && byte < 0x80 && mustEscape(byte) { return nil }
                decoded.append(byte)
            }
        }
        return decoded
    }

    /// Percent-encodes what must be, with capital digits.
    func escape(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte in
            mustEscape(byte) ? [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]] : [byte]
        }
    }

    /// Encoded text as it was written when every byte of it may stand here, otherwise encoded anew.
    func normalized(_ encoded: ArraySlice<UInt8>, decoded: [UInt8]) -> [UInt8] {
        let mayStand = encoded.allSatisfy { !mustEscape($0) || "!$&'()*+,;=:@[]%".utf8.contains($0) }
        return mayStand ? Array(encoded) : escape(decoded)
    }
}
