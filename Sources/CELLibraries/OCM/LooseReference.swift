// SPDX-License-Identifier: Apache-2.0

internal import CEL

/// A reference to an image or artifact as OCM writes them: `[scheme://][registry/]repository[:tag][@digest]`, or only a
/// digest.
///
/// Nothing is added: what stands before the first slash is the registry whatever it looks like, and without a slash
/// there is none.
struct LooseReference {
    /// `oci`, `http` or `https`; empty for none.
    private(set) var scheme = ""
    /// Host and port; empty for none.
    private(set) var registry = ""
    /// The path in the registry; empty for a digest alone.
    private(set) var repository = ""
    /// The tag; empty for none. A tag is kept beside a digest.
    private(set) var tag = ""
    /// The digest; empty for none.
    private(set) var digest = ""

    /// What makes a text no reference.
    struct Problem: Error {
        let message: String
    }

    /// Reads a reference.
    init(_ text: String) throws(Problem) {
        var rest = text.utf8[...]
        if let (scheme, behind) = Self.splitScheme(rest) {
            guard ["oci", "http", "https"].contains(scheme) else {
                throw Problem(message: "invalid scheme \(String(scheme.unicodeScalars.prefix(40)).quoted)")
            }
            (self.scheme, rest) = (scheme, behind)
        }
        let slash = rest.firstIndex(of: UInt8(ascii: "/"))
        if let slash {
            registry = Self.text(rest[..<slash])
            rest = rest[rest.index(after: slash)...]
            guard Self.isRegistry(registry) else {
                throw Problem(message: "invalid registry \(String(registry.prefix(100)).quoted)")
            }
        }
        try readPath(rest, isAlone: slash == nil)
    }

    private mutating func readPath(_ path: Substring.UTF8View, isAlone: Bool) throws(Problem) {
        var name = path
        var digest: String?
        if let at = path.firstIndex(of: UInt8(ascii: "@")) {
            name = path[..<at]
            digest = Self.text(path[path.index(after: at)...])
        } else if isAlone, Self.digestLengths.keys.contains(where: { path.starts(with: "\($0):".utf8) }) {
            name = "".utf8[...]
            digest = Self.text(path)
        }
        if let digest {
            guard Self.isDigest(digest) else {
                throw Problem(message: "invalid digest \(String(digest.prefix(150)).quoted)")
            }
            self.digest = digest
        }
        let parts = name.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw Problem(message: "\(String(Self.text(name).prefix(150)).quoted) has more than one tag")
        }
        repository = Self.text(parts[0])
        if parts.count == 2 { tag = Self.text(parts[1]) }
        // An empty tag is none, but only a digest may stand behind it.
        guard tag.isEmpty ? parts.count == 1 || digest != nil : Self.isTag(tag) else {
            throw Problem(message: "invalid tag \(String(tag.prefix(150)).quoted)")
        }
        guard repository.isEmpty || Self.isRepository(repository) else {
            throw Problem(message: "invalid repository \(String(repository.prefix(300)).quoted)")
        }
    }

    private static func text(_ bytes: Substring.UTF8View) -> String { String(Substring(bytes)) }

    /// What stands before and behind the first `://`, unless one of them is empty.
    static func splitScheme(_ text: Substring.UTF8View) -> (String, Substring.UTF8View)? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), colon > text.startIndex,
            text[colon...].starts(with: "://".utf8), text[colon...].count > 3
        else { return nil }
        return (Self.text(text[..<colon]), text[colon...].dropFirst(3))
    }
}
