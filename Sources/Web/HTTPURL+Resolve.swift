// SPDX-License-Identifier: Apache-2.0

public import Basics

extension HTTPURL {
    /// Resolves a reference such as a `Location` header against this URL (RFC 3986 section 5.2).
    ///
    /// Throws `.invalid` for other schemes, user info, spaces and control characters, as the initialiser does.
    public func resolving(_ reference: String) throws(Fault) -> HTTPURL {
        let bare = reference.prefix { $0 != "#" }
        if Self.hasScheme(bare) { return try HTTPURL(String(bare)).normalised }
        if bare.hasPrefix("//") { return try HTTPURL("\(origin.scheme):\(bare)").normalised }
        let mark = bare.firstIndex(of: "?") ?? bare.endIndex
        let (path, query) = (bare[..<mark], bare[mark...])
        if path.isEmpty {
            return try HTTPURL(base + self.path + (query.isEmpty ? self.query.map { "?\($0)" } ?? "" : query))
        }
        if path.hasPrefix("/") { return try HTTPURL("\(base)\(path)\(query)").normalised }
        let folder = self.path.lastIndex(of: "/").map { self.path[...$0] } ?? "/"
        return try HTTPURL("\(base)\(folder)\(path)\(query)").normalised
    }

    /// Whether a reference starts with a scheme (RFC 3986 section 3.1).
    private static func hasScheme(_ text: Substring) -> Bool {
        guard let colon = text.firstIndex(of: ":"), let first = text.utf8.first, (0x61...0x7A).contains(first | 0x20)
        else { return false }
        return text[..<colon].utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
    }

    /// The same URL with `.` and `..` resolved (RFC 3986 section 5.2.4).
    private var normalised: HTTPURL {
        guard path.contains("/.") else { return self }
        var kept: [Substring] = []
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            switch part {
            case ".": if isLast { kept.append("") }
            case "..":
                _ = kept.popLast()
                if isLast { kept.append("") }
            default: kept.append(part)
            }
        }
        return HTTPURL(origin: origin, path: "/" + kept.joined(separator: "/"), query: query)
    }
}
