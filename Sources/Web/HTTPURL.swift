// SPDX-License-Identifier: Apache-2.0

public import Basics

/// An `http` or `https` URL (RFC 3986), without user info and without fragment.
public struct HTTPURL: Hashable, Sendable {
    /// Scheme, host and port.
    public let origin: Origin
    /// The path, percent-encoded; starts with `/`.
    public let path: String
    /// What stands behind `?`, percent-encoded.
    public let query: String?

    /// `http` or `https`.
    public var scheme: String { origin.scheme }
    /// The host in lower case; an IPv6 address without its brackets. Names in other scripts stay as they are.
    public var host: String { origin.host }
    /// The port, when it is not the scheme's own.
    public var port: Int? { origin.port == Origin.defaultPort(origin.scheme) ? nil : origin.port }

    init(origin: Origin, path: String, query: String?) { (self.origin, self.path, self.query) = (origin, path, query) }

    /// Parses a URL.
    ///
    /// Throws `.invalid` for other schemes, for user info, which would leak into logs, and for spaces and control
    /// characters, which could smuggle headers. Characters beyond ASCII in path and query are percent-encoded.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstRange(of: "://") else {
            throw Fault(.invalid, "“\(Self.excerpt(text))” is no URL", fix: "start it with https:// or http://")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw Fault(.invalid, "“\(Self.excerpt(text))” is neither HTTP nor HTTPS", fix: "use https:// or http://")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(
                .invalid, "the URL “\(Self.excerpt(text))” holds spaces, backslashes or control characters",
                fix: "percent-encode them")
        }
        var rest = text[colon.upperBound...]
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let (host, port) = try Self.split(rest[..<end])
        let target = rest[end...]
        let mark = target.firstIndex(of: "?")
        let path = target[..<(mark ?? target.endIndex)]
        self.init(
            origin: Origin(scheme: scheme, host: host, port: port ?? Origin.defaultPort(scheme)),
            path: path.isEmpty ? "/" : Self.escaped(path),
            query: mark.map { Self.escaped(target[target.index(after: $0)...]) })
    }

    private static func split(_ authority: Substring) throws(Fault) -> (host: String, port: Int?) {
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw Fault(.invalid, "a URL holds a user name", fix: "give credentials through the configuration")
        }
        let wrong = Fault(.invalid, "“\(authority)” is no host with an optional port", fix: "write it as host:port")
        var host = authority, port: Substring = ""
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw wrong }
            host = authority[..<close].dropFirst()
            guard isIPv6(host) else { throw wrong }
            let behind = authority[close...].dropFirst()
            guard behind.isEmpty || behind.hasPrefix(":") else { throw wrong }
            port = behind.dropFirst()
        } else {
            if let colon = authority.firstIndex(of: ":") {
                (host, port) = (authority[..<colon], authority[colon...].dropFirst())
            }
            guard !host.isEmpty, host.utf8.allSatisfy(isInName) else { throw wrong }
        }
        guard !port.isEmpty else { return (String(host), nil) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
            (1...65_535).contains(number)
        else { throw wrong }
        return (String(host), number)
    }

    /// Letters, digits, `-`, `.`, `_`, and everything beyond ASCII.
    private static func isInName(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
            || byte == 0x5F || byte >= 0x80
    }

    /// Enough to keep other characters out; whether it is an address is the resolver's business. No zone: it has a
    /// meaning on this machine only (RFC 6874).
    private static func isIPv6(_ text: Substring) -> Bool {
        text.utf8.count(where: { $0 == 0x3A }) >= 2
            && text.utf8.allSatisfy {
                (0x30...0x3A).contains($0) || (0x61...0x66).contains($0 | 0x20) || $0 == 0x2E
            }
    }
}

extension HTTPURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The whole URL with its query, which may hold signatures and tokens: to be sent, not to be logged.
    public var description: String { redacted + (query.map { "?\($0)" } ?? "") }

    /// The URL without its query: fit for messages and logs.
    public var redacted: String { base + path }

    /// The same as `redacted`: what prints a value that holds a URL prints no secret.
    public var debugDescription: String { redacted }

    /// The same as `redacted`.
    public var customMirror: Mirror { Mirror(self, children: ["url": redacted]) }

    /// Scheme, host and port, the port only when it is not the scheme's own.
    var base: String { "\(origin.scheme)://\(origin.bracketedHost)\(port.map { ":\($0)" } ?? "")" }

    /// The beginning of a text that is no URL, without what could be a secret.
    static func excerpt(_ text: String) -> String {
        let bare = text.prefix { $0 != "?" && $0 != "#" }
        let start = bare.lastIndex(of: "@").map { bare.index(after: $0) } ?? bare.startIndex
        let shown = bare[start...].unicodeScalars.prefix(120).filter { $0.value > 0x1F && $0.value != 0x7F }
        return String(String.UnicodeScalarView(shown))
    }
}
