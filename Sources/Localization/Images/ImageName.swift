// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A reference to an image as pods have it: `[registry/]repository[:tag][@digest]`, with Docker Hub's short names.
///
/// Nothing is added to what was written; `place` is what the name means.
public struct ImageName: Hashable, Sendable, CustomStringConvertible {
    /// Host and port; nil when none was written, which means Docker Hub.
    public var registry: String?
    /// The path in the registry.
    public var repository: String
    /// The tag.
    public var tag: String?
    /// The digest, with its algorithm.
    public var digest: String?

    /// The most bytes of a reference.
    static let lengthLimit = 1024

    /// Reads a reference; nil when the text is none.
    ///
    /// What stands before the first slash is a registry when it has a dot or a colon, or is `localhost`, as Docker
    /// decides it.
    public init?(_ text: String) {
        guard (1...Self.lengthLimit).contains(text.utf8.count) else { return nil }
        var rest = text[...]
        if let at = rest.firstIndex(of: "@") {
            digest = String(rest[rest.index(after: at)...])
            rest = rest[..<at]
            guard let digest, Self.isDigest(digest) else { return nil }
        }
        if let slash = rest.firstIndex(of: "/") {
            let host = rest[..<slash]
            if host.contains(".") || host.contains(":") || host == "localhost" {
                guard Self.isHost(host) else { return nil }
                registry = String(host)
                rest = rest[rest.index(after: slash)...]
            }
        }
        if let colon = rest.lastIndex(of: ":") {
            tag = String(rest[rest.index(after: colon)...])
            rest = rest[..<colon]
            guard let tag, Self.isTag(tag) else { return nil }
        }
        repository = String(rest)
        guard Self.isRepository(rest) else { return nil }
    }

    /// Reads a reference that somebody wrote as one; a scheme, as OCM's accesses may have, is dropped.
    public init(reading text: String) throws(Fault) {
        var name = text[...]
        for scheme in ["oci://", "docker://", "https://", "http://"] where name.hasPrefix(scheme) {
            name = name.dropFirst(scheme.count)
            break
        }
        guard let image = ImageName(String(name)) else {
            throw Fault(
                .invalid, "“\(text.prefix(200))” is no reference to an image",
                fix: "write it like registry.example/path/name:tag")
        }
        self = image
    }

    /// The reference.
    public var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// The reference without tag and digest.
    public var name: String { (registry.map { "\($0)/" } ?? "") + repository }

    /// The same for all names of one repository: registry and path in full.
    public var place: String {
        let host = registry ?? Self.hub
        let isHub = Self.hubNames.contains(host)
        return isHub
            ? "\(Self.hub)/\(repository.contains("/") ? "" : "library/")\(repository)" : "\(host)/\(repository)"
    }

    static let hub = "docker.io"
    static let hubNames: Set<String> = [hub, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"]

    // MARK: Rules (distribution specification, “Pulling manifests”)

    static func isHost(_ text: Substring) -> Bool {
        let port = text.lastIndex(of: ":").map { text[text.index(after: $0)...] }
        let host = text.hasPrefix("[") ? text[...] : text.prefix { $0 != ":" }
        return !host.isEmpty && port.map { !$0.isEmpty || text.hasPrefix("[") } ?? true
            && text.utf8.allSatisfy {
                ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || ".-_:[]".utf8.contains($0)
            } && (text.hasPrefix("[") || port.map { $0.utf8.allSatisfy { $0 &- 0x30 < 10 } } ?? true)
    }

    static func isTag(_ text: String) -> Bool {
        let isWord: (UInt8) -> Bool = { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F }
        guard (1...128).contains(text.utf8.count), let first = text.utf8.first, isWord(first) else { return false }
        return text.utf8.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
    }

    static func isDigest(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = ["sha256": 64, "sha384": 96, "sha512": 128][parts[0]] else { return false }
        return parts[1].utf8.count == length
            && parts[1].utf8.allSatisfy { $0 &- 0x30 < 10 || (0x61...0x66).contains($0) }
    }

    static func isRepository(_ text: Substring) -> Bool {
        let isWord: (UInt8) -> Bool = { $0 &- 0x61 < 26 || $0 &- 0x30 < 10 }
        return !text.isEmpty && text.utf8.count <= 255
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.utf8.first, let last = part.utf8.last, isWord(first), isWord(last) else {
                    return false
                }
                return part.utf8.split(whereSeparator: isWord).allSatisfy { joint in
                    joint.elementsEqual(".".utf8) || joint.elementsEqual("_".utf8) || joint.elementsEqual("__".utf8)
                        || joint.allSatisfy { $0 == 0x2D }
                }
            }
    }
}
