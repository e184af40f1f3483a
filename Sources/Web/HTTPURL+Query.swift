// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension HTTPURL {
    /// This URL with more query items behind those it has, percent-encoded.
    public func appendingQuery(_ items: [(String, String)]) -> HTTPURL {
        let more = items.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        let joined = [query ?? "", more].filter { !$0.isEmpty }.joined(separator: "&")
        return HTTPURL(origin: origin, path: path, query: joined.isEmpty ? query : joined)
    }

    /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
    public static func encode(_ text: String) -> String {
        escape(text.utf8) { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._~".utf8.contains(byte)
        }
    }

    /// Percent-encodes what is not ASCII and leaves the rest as it was written.
    static func escaped(_ text: Substring) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? String(text) : escape(text.utf8) { $0 < 0x80 }
    }

    private static func escape(_ bytes: some Sequence<UInt8>, keeping isPlain: (UInt8) -> Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            if isPlain(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
