// SPDX-License-Identifier: Apache-2.0

/// A URL without its fragment, in bytes, since percent escapes can stand for any.
struct URLParts {
    var scheme = ""
    var opaque: ArraySlice<UInt8> = []
    var user: [UInt8]?
    var host: [UInt8] = []
    var path: [UInt8] = []
    var query: ArraySlice<UInt8> = []
    private var hasEmptyQuery = false
    private var hasAuthority = false

    init?(_ text: ArraySlice<UInt8>, isRequestTarget: Bool) {
        guard text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), !text.isEmpty || !isRequestTarget else { return nil }
        if text.elementsEqual("*".utf8) {
            path = Array(text)
            return
        }
        guard var rest = takeScheme(text) else { return nil }
        if let mark = rest.firstIndex(of: UInt8(ascii: "?")) {
            query = rest[mark...].dropFirst()
            hasEmptyQuery = query.isEmpty
            rest = rest[..<mark]
        }
        guard rest.first == UInt8(ascii: "/") else {
            opaque = rest
            // A relative reference would be fine for Go's second look, but the first has refused it.
            if scheme.isEmpty { return nil }
            return
        }
        let canHaveHost = !scheme.isEmpty || !isRequestTarget && !rest.starts(with: "///".utf8)
        if canHaveHost && rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            rest = rest[authority.endIndex...]
            guard takeAuthority(authority) else { return nil }
            hasAuthority = true
        }
        guard let decoded = URLPart.path.unescape(rest) else { return nil }
        path = URLPart.path.normalized(rest, decoded: decoded)
    }

    /// The URL as Go writes it.
    var text: [UInt8] {
        var text = scheme.isEmpty ? [] : Array("\(scheme):".utf8)
        if !opaque.isEmpty {
            text += opaque
        } else {
            if hasAuthority && !(host.isEmpty && path.isEmpty && user == nil) { text += Array("//".utf8) }
            if let user { text += user + [UInt8(ascii: "@")] }
            text += URLPart.host.escape(host) + path
        }
        if hasEmptyQuery || !query.isEmpty { text += [UInt8(ascii: "?")] + query }
        return text
    }

    /// Takes a scheme and its colon off the front, if there is one; nil when nothing stands before the colon.
    private mutating func takeScheme(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let name = text.prefix {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
        guard name.endIndex < text.endIndex, text[name.endIndex] == UInt8(ascii: ":") else { return text }
        guard let first = name.first else { return nil }
        guard (0x61...0x7A).contains(first | 0x20) else { return text }
        scheme = decodedText(name).lowercased()
        return text[name.endIndex...].dropFirst()
    }

    private mutating func takeAuthority(_ authority: ArraySlice<UInt8>) -> Bool {
        var server = authority
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            server = authority[at...].dropFirst()
            guard let encoded = Self.user(authority[..<at]) else { return false }
            user = encoded
        }
        guard let host = Self.host(server) else { return false }
        self.host = host
        return true
    }

    /// A user name and perhaps a password, encoded anew.
    private static func user(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.allSatisfy({ !URLPart.user.mustEscape($0) || ":!'()*%@".utf8.contains($0) }) else { return nil }
        let name = text.prefix { $0 != UInt8(ascii: ":") }
        guard let decodedName = URLPart.user.unescape(name) else { return nil }
        guard name.endIndex < text.endIndex else { return URLPart.user.escape(decodedName) }
        guard let password = URLPart.user.unescape(text[name.endIndex...].dropFirst()) else { return nil }
        return URLPart.user.escape(decodedName) + [UInt8(ascii: ":")] + URLPart.user.escape(password)
    }

    private static func host(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.contains(UInt8(ascii: "[")) else {
            // One colon at most, and only a port behind it, since Go 1.26: the others would be read in two ways.
            let name = text.prefix { $0 != UInt8(ascii: ":") }
            return isOptionalPort(text[name.endIndex...]) ? URLPart.host.unescape(text) : nil
        }
        // Brackets stand around IPv6 addresses and nothing else; a zone follows an escaped percent sign (RFC 6874).
        guard text.first == UInt8(ascii: "["), let close = text.lastIndex(of: UInt8(ascii: "]")),
            isOptionalPort(text[close...].dropFirst())
        else { return nil }
        let literal = text[..<close].dropFirst()
        let address = literal.prefix { $0 != UInt8(ascii: "%") }
        let zone = literal.dropFirst(address.count)
        guard IPAddress(decodedText(address))?.family == .v6 else { return nil }
        guard !zone.isEmpty else { return Array(text) }
        guard zone.starts(with: "%25".utf8), zone.count > 3, let decoded = URLPart.zone.unescape(zone) else {
            return nil
        }
        return [UInt8(ascii: "[")] + address + decoded + text[close...]
    }
}

/// Text from bytes; what is no UTF-8 becomes U+FFFD.
func decodedText(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
