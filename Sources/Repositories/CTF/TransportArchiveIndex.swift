// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// The table of a transport archive: which repository and tag stands for which manifest (`artifact-index.json`).
struct TransportArchiveIndex: Sendable, Equatable {
    static let fileName = "artifact-index.json"
    static let sizeLimit = 64 * 1024 * 1024

    struct Entry: Hashable, Sendable {
        var repository: String
        var tag: String?
        var digest: Digest
        var mediaType: String?
    }
    private struct Manifest: Sendable, Equatable {
        var mediaType: String?
        var tags: Set<String> = []
    }
    private struct Repository: Sendable, Equatable {
        var manifests: [Digest: Manifest] = [:]
        var tags: [String: Digest] = [:]
    }
    private var content: [String: Repository] = [:]

    init() {}

    // MARK: Reading and writing

    /// Parses the file; names that could lead astray where they are used as paths or references are refused.
    init(parsing bytes: [UInt8], source: String) throws(Fault) {
        func invalid(_ what: String) -> Fault { ArchiveDocument.invalid(source, what) }
        let json = try ArchiveDocument.parse(bytes, source: source)
        // Go writes an empty list as null.
        guard let list = json["artifacts"].map({ $0 == .null ? [] : $0.array }) ?? [] else {
            throw invalid("has no list of artifacts")
        }
        for (number, item) in list.enumerated() {
            guard let repository = item["repository"]?.string, Self.isRepository(repository) else {
                throw invalid("names no valid repository in artifact \(number)")
            }
            guard let digest = try item["digest"]?.string.map({ text throws(Fault) in try Digest(text) }) else {
                throw invalid("names no digest in artifact \(number)")
            }
            let tag = item["tag"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            if let tag, !Self.isTag(tag) { throw invalid("has a tag in artifact \(number) that is none") }
            if let tag, let other = entry(tag: tag, in: repository), other.digest != digest {
                throw invalid("gives \(repository):\(tag) to two manifests")
            }
            put(Entry(repository: repository, tag: tag, digest: digest, mediaType: item["mediaType"]?.string))
        }
    }

    /// The file; the same entries give the same bytes.
    func encoded() -> [UInt8] {
        let artifacts = entries.map { entry -> JSON in
            var object = JSONObject()
            object["repository"] = .string(entry.repository)
            if let tag = entry.tag { object["tag"] = .string(tag) }
            object["digest"] = .string("\(entry.digest)")
            if let mediaType = entry.mediaType { object["mediaType"] = .string(mediaType) }
            return .object(object)
        }
        return JSON.object(JSONObject([("schemaVersion", .number(JSONNumber(1))), ("artifacts", .array(artifacts))]))
            .encoded()
    }

    // MARK: Looking up

    /// All entries by repository, tag and digest; a manifest has one for each of its tags, else one without.
    var entries: [Entry] {
        content.sorted { $0.key < $1.key }.flatMap { name, repository in
            repository.manifests.flatMap { digest, manifest -> [Entry] in
                let tags: [String?] = manifest.tags.isEmpty ? [nil] : Array(manifest.tags)
                return tags.map { Entry(repository: name, tag: $0, digest: digest, mediaType: manifest.mediaType) }
            }
            .sorted { ($0.tag ?? "", $0.digest.hex) < ($1.tag ?? "", $1.digest.hex) }
        }
    }

    func entry(tag: String, in repository: String) -> Entry? {
        guard let digest = content[repository]?.tags[tag] else { return nil }
        return Entry(
            repository: repository, tag: tag, digest: digest,
            mediaType: content[repository]?.manifests[digest]?.mediaType)
    }

    func entry(digest: Digest, in repository: String) -> Entry? {
        guard let manifest = content[repository]?.manifests[digest] else { return nil }
        return Entry(repository: repository, tag: manifest.tags.min(), digest: digest, mediaType: manifest.mediaType)
    }

    func tags(in repository: String) -> [String] { content[repository].map { $0.tags.keys.sorted() } ?? [] }

    func repositories(prefix: String) -> [String] { content.keys.filter { $0.hasPrefix(prefix) }.sorted() }

    // MARK: Changing

    /// Notes a manifest as upstream does: an entry without a tag becomes the tagged one; a tag that moves leaves its
    /// old manifest behind without one.
    mutating func put(_ entry: Entry) {
        if let tag = entry.tag, content[entry.repository]?.tags[tag] != entry.digest {
            untag(tag, in: entry.repository)
        }
        var manifest = content[entry.repository]?.manifests[entry.digest] ?? Manifest()
        manifest.mediaType = entry.mediaType ?? manifest.mediaType
        if let tag = entry.tag {
            manifest.tags.insert(tag)
            content[entry.repository, default: Repository()].tags[tag] = entry.digest
        }
        content[entry.repository, default: Repository()].manifests[entry.digest] = manifest
    }

    /// Takes a tag away; the manifest stays.
    mutating func untag(_ tag: String, in repository: String) {
        guard let digest = content[repository]?.tags.removeValue(forKey: tag) else { return }
        content[repository]?.manifests[digest]?.tags.remove(tag)
    }

    /// Forgets a manifest unless it has a tag.
    mutating func removeUntagged(_ digest: Digest, in repository: String) {
        if content[repository]?.manifests[digest]?.tags.isEmpty == true { content[repository]?.manifests[digest] = nil }
    }

    /// Whether any repository names a manifest.
    func names(_ digest: Digest) -> Bool { content.values.contains { $0.manifests[digest] != nil } }

    // MARK: Names

    /// `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}` (OCI distribution specification 1.1, “Pulling manifests”).
    static func isTag(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.first.map(isWord) == true
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// Parts between slashes that begin with a letter or digit; wider than the specification, which knows lower case
    /// only, and narrow enough that no part means anything to a file system.
    static func isRepository(_ text: String) -> Bool {
        (1...1024).contains(text.utf8.count)
            && text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { part in
                guard let first = part.first, isWord(first), first != UInt8(ascii: "_") else { return false }
                return part.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
    }
}
