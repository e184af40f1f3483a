// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Web

/// An artifact in a registry: `[http://]host[:port]/repository[:tag][@digest]`. Tag and digest may both be there; the
/// digest decides then.
public struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`, when it was written.
    public let scheme: String?
    /// The host with its port.
    public let host: String
    /// The repository's path.
    public let repository: String
    /// The tag.
    public let tag: String?
    /// The digest.
    public let digest: Digest?

    /// Parses a reference by the grammar of the distribution specification. A host must be there: a short name like
    /// `ubuntu` could mean anything.
    public init(_ text: String) throws(Fault) {
        var rest = text[...]
        var scheme: String?
        for prefix in ["http", "https", "oci"] where rest.hasPrefix(prefix + "://") {
            rest = rest.dropFirst(prefix.count + 3)
            scheme = prefix == "oci" ? nil : prefix
            break
        }
        self.scheme = scheme
        if let at = rest.firstIndex(of: "@") {
            digest = try Digest(String(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        } else {
            digest = nil
        }
        guard let slash = rest.firstIndex(of: "/") else {
            throw Fault(.invalid, "“\(text)” names no registry", fix: "write it as HOST/REPOSITORY:TAG")
        }
        host = String(rest[..<slash])
        guard Self.isHost(host) else {
            throw Fault(.invalid, "“\(host)” is no host with an optional port", fix: "write it as HOST/REPOSITORY:TAG")
        }
        guard host.contains(".") || host.contains(":") || host == "localhost" else {
            throw Fault(
                .invalid, "“\(text)” starts with “\(host)”, which is no host name",
                fix: "write the registry in full, such as docker.io/\(text)")
        }
        var path = rest[rest.index(after: slash)...]
        if let colon = path.lastIndex(of: ":") {
            let tag = String(path[path.index(after: colon)...])
            guard Self.isTag(tag) else {
                throw Fault(.invalid, "“\(tag)” is no tag", fix: "use up to 128 letters, digits, “_”, “.” and “-”")
            }
            self.tag = tag
            path = path[..<colon]
        } else {
            tag = nil
        }
        repository = String(path)
        guard Self.isRepository(repository) else {
            throw Fault(.invalid, "“\(repository)” is no repository name", fix: "use lower-case path segments")
        }
    }

    /// The reference, with its scheme when it was written with one.
    public var description: String {
        (scheme.map { "\($0)://" } ?? "") + "\(host)/\(repository)" + (tag.map { ":\($0)" } ?? "")
            + (digest.map { "@\($0)" } ?? "")
    }

    /// A host with an optional port and nothing else: what is shown must be what is asked.
    private static func isHost(_ text: String) -> Bool {
        let allowed = text.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x3A).contains($0) || ".-_[]".utf8.contains($0)
        }
        return allowed && !text.hasSuffix(":") && (try? HTTPURL("https://\(text)")) != nil
    }

    /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (distribution specification, “Pulling manifests”).
    public static func isTag(_ text: String) -> Bool {
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first else { return false }
        let isWord: (UInt8) -> Bool = {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F
        }
        return isWord(first) && text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
    }

    /// The most bytes of a repository's name.
    public static let repositoryLimit = 255

    /// Lower-case segments, each of letters and digits joined by `.`, `_`, `__` or dashes.
    public static func isRepository(_ text: String) -> Bool {
        guard (1...repositoryLimit).contains(text.utf8.count) else { return false }
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
