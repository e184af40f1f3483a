// SPDX-License-Identifier: Apache-2.0

/// An absolute URI of any scheme or an absolute path, taken apart as Go's `net/url` does it.
///
/// `HTTPURL` is for what this program requests; this type is for URLs that users write and ask about. Two are equal
/// when their texts are, byte by byte.
public struct URLReference: Hashable, Sendable, CustomStringConvertible {
    /// The scheme in lower case; empty for a path.
    public let scheme: String
    /// What follows the scheme of a URI without a path, such as `a@example.org` in `mailto:a@example.org`.
    public let opaque: String
    /// The host with its port, decoded; brackets stand around IPv6 addresses. May be empty.
    public let host: String
    /// The path, percent-encoded where it must be.
    public let escapedPath: String
    /// What stands behind `?`, as it was written.
    public let rawQuery: String
    /// The URL as Go writes it: lower-case scheme, encoded parts.
    public let description: String

    init(scheme: String, opaque: String, host: String, escapedPath: String, rawQuery: String, description: String) {
        (self.scheme, self.opaque, self.host) = (scheme, opaque, host)
        (self.escapedPath, self.rawQuery, self.description) = (escapedPath, rawQuery, description)
    }

    /// The host without port and without the brackets of an IPv6 address.
    public var hostname: String {
        let name = host.utf8.prefix(host.utf8.count - portLength)
        guard name.first == UInt8(ascii: "["), name.last == UInt8(ascii: "]") else { return String(name) ?? "" }
        return String(name.dropFirst().dropLast()) ?? ""
    }

    /// The digits behind the last colon of the host; empty when there are none.
    public var port: String { String(host.utf8.suffix(portLength).dropFirst()) ?? "" }

    /// The items of the query, decoded, in the order in which their names appear first.
    ///
    /// Items with a broken escape or a semicolon are left out, as Go's `URL.Query` does. Bytes that are no UTF-8 become
    /// U+FFFD.
    public var query: [(name: String, values: [String])] {
        var items: [(name: String, values: [String])] = []
        // Names are compared byte by byte; Swift's texts are equal when they look the same.
        var places: [[UInt8]: Int] = [:]
        for item in Array(rawQuery.utf8).split(separator: UInt8(ascii: "&")) {
            let name = item.prefix { $0 != UInt8(ascii: "=") }
            guard !item.contains(UInt8(ascii: ";")), let key = URLPart.query.unescape(name),
                let value = URLPart.query.unescape(item.dropFirst(name.count + 1))
            else { continue }
            let place = places[key] ?? items.count
            if place == items.count {
                places[key] = place
                items.append((String(decoding: key, as: UTF8.self), []))
            }
            items[place].values.append(String(decoding: value, as: UTF8.self))
        }
        return items
    }

    /// Whether both have the same text, byte by byte.
    public static func == (a: URLReference, b: URLReference) -> Bool {
        a.description.utf8.elementsEqual(b.description.utf8)
    }

    /// Hashes the bytes of the text.
    public func hash(into hasher: inout Hasher) { for byte in description.utf8 { hasher.combine(byte) } }

    /// The length of `:port` at the end of the host; 0 when what follows the last colon is no port.
    private var portLength: Int {
        guard let colon = host.utf8.lastIndex(of: UInt8(ascii: ":")) else { return 0 }
        let port = host.utf8[colon...]
        return isOptionalPort(Array(port)[...]) ? port.count : 0
    }
}

/// Whether a text is empty or a colon with any number of digits, even none.
func isOptionalPort(_ text: ArraySlice<UInt8>) -> Bool {
    text.isEmpty || text.first == UInt8(ascii: ":") && text.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
}
