// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Scheme, host and port: what credentials are bound to (RFC 6454).
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case; an IPv6 address without its brackets.
    public let host: String
    /// The port, the scheme's own when none was given.
    public let port: Int

    /// Names an origin.
    public init(scheme: String, host: String, port: Int) {
        (self.scheme, self.host, self.port) = (scheme, host.lowercased(), port)
    }

    /// `scheme://host:port`.
    public var description: String { "\(scheme)://\(bracketedHost):\(port)" }

    var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// Whether it is this machine: `localhost`, names below it, 127.0.0.0/8 and `::1`.
    public var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// An `http` or `https` URL (RFC 3986), without user info and without fragment.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// Scheme, host and port.
    public let origin: Origin
    /// The path, percent-encoded as it was written; starts with `/`.
    public let path: String
    /// What stands behind `?`.
    public let query: String?
    private let hasPort: Bool

    /// Parses a URL.
    ///
    /// Throws `.invalid` for other schemes, for user info, which would leak into logs, and for spaces and control
    /// characters, which could smuggle headers.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstRange(of: "://") else {
            throw Fault(.invalid, "“\(text)” is no URL", fix: "start it with https:// or http://")
        }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw Fault(.invalid, "the scheme “\(scheme)” is not spoken here", fix: "use https or http")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Fault(.invalid, "a URL for \(scheme) holds spaces or control characters", fix: "percent-encode them")
        }
        var rest = text[colon.upperBound...]
        if let fragment = rest.firstIndex(of: "#") { rest = rest[..<fragment] }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            throw Fault(
                .invalid, "a URL for \(scheme) holds a user name", fix: "give credentials through the configuration")
        }
        let (host, port) = try Self.split(authority, in: text)
        origin = Origin(scheme: scheme, host: host, port: port ?? (scheme == "https" ? 443 : 80))
        hasPort = port != nil
        let target = rest[end...]
        if let mark = target.firstIndex(of: "?") {
            path = mark == target.startIndex ? "/" : String(target[..<mark])
            query = String(target[target.index(after: mark)...])
        } else {
            (path, query) = (target.isEmpty ? "/" : String(target), nil)
        }
    }

    private init(origin: Origin, hasPort: Bool, path: String, query: String?) {
        (self.origin, self.hasPort, self.path, self.query) = (origin, hasPort, path, query)
    }

    private static func split(_ authority: Substring, in text: String) throws(Fault) -> (String, Int?) {
        let wrong = Fault(
            .invalid, "“\(authority)” is no host name with an optional port", fix: "write it as host:port")
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let close = authority.firstIndex(of: "]") else { throw wrong }
            host = authority[authority.index(after: authority.startIndex)..<close]
            guard
                host.utf8.allSatisfy({ (0x30...0x3A).contains($0) || (0x61...0x66).contains($0 | 0x20) || $0 == 0x2E })
            else { throw wrong }
            let behind = authority[authority.index(after: close)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { throw wrong }
            portText = behind.isEmpty ? nil : behind.dropFirst()
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                portText = authority[authority.index(after: colon)...]
            }
            let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_".utf8)
            guard host.utf8.allSatisfy(allowed.contains) else { throw wrong }
        }
        guard !host.isEmpty else { throw wrong }
        guard let portText, !portText.isEmpty else { return (String(host), nil) }
        guard let port = Int(portText), (1...65_535).contains(port),
            portText.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw wrong }
        return (String(host), port)
    }

    /// The whole URL, with its query; not for logs.
    public var description: String { redacted + (query.map { "?\($0)" } ?? "") }

    /// The URL without its query, which may hold signatures and tokens.
    public var redacted: String {
        "\(origin.scheme)://\(origin.bracketedHost)\(hasPort ? ":\(origin.port)" : "")\(path)"
    }

    /// Resolves a reference such as a `Location` header against this URL (RFC 3986 section 5.2).
    public func resolving(_ reference: String) throws(Fault) -> HTTPURL {
        if reference.firstRange(of: "://").map({ range in
            reference[..<range.lowerBound].allSatisfy { $0.isLetter || $0.isNumber }
        }) == true {
            return try HTTPURL(reference)
        }
        if reference.hasPrefix("//") { return try HTTPURL("\(origin.scheme):\(reference)") }
        let base = "\(origin.scheme)://\(origin.bracketedHost)\(hasPort ? ":\(origin.port)" : "")"
        if reference.hasPrefix("/") { return try HTTPURL(base + reference) }
        if reference.hasPrefix("?") { return try HTTPURL(base + path + reference) }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return try HTTPURL(base + folder + reference)
    }

    /// This URL with more query items, percent-encoded.
    public func appendingQuery(_ items: [(String, String)]) -> HTTPURL {
        let more = items.map { "\(Self.encode($0.0))=\(Self.encode($0.1))" }.joined(separator: "&")
        let joined = [query, more].compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: "&")
        return HTTPURL(origin: origin, hasPort: hasPort, path: path, query: joined.isEmpty ? nil : joined)
    }

    /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
    public static func encode(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return text.utf8.map { byte in
            plain.contains(byte) ? String(UnicodeScalar(byte)) : "%" + [byte].hex.uppercased()
        }.joined()
    }
}
