// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
internal import Documents
internal import OCI

/// A blob that manifests of an archive name and the archive leaves out.
public struct OmittedBlob: Hashable, Sendable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// Its media type, as the manifest says.
    public let mediaType: String
    /// The repositories of the archive whose manifests name it, sorted.
    public internal(set) var repositories: [String]
    /// Components in whose repositories the receiver is taken to have it.
    public let holders: [ComponentName]
    /// The delta that gives it, which the archive holds in its stead; nil when the receiver is taken to have it.
    public var delta: OmittedBlobDelta?

    /// `sha256:… (12.0 KiB, text/plain)`.
    public var description: String { "\(digest) (\(ByteCount(size)), \(mediaType))" }
}

extension OmittedBlob {
    /// The base of its delta, as something the receiver is to have.
    public func base(_ delta: OmittedBlobDelta) -> OmittedBlob {
        OmittedBlob(
            digest: delta.base, size: delta.baseSize, mediaType: mediaType, repositories: repositories, holders: holders
        )
    }
}

/// A delta that travels instead of a blob.
public struct OmittedBlobDelta: Hashable, Sendable {
    /// The delta's own digest: it is a blob of the archive.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// The digest of the blob that it is applied to, which the receiver is taken to have.
    public let base: Digest
    /// How many bytes that has.
    public let baseSize: Int64
}

/// The record of what a difference archive leaves out (`omitted-blobs.json`), beside its index.
///
/// Other tools pass the file over; to them such an archive lacks blobs that its manifests name.
struct OmittedBlobs: Sendable, Equatable {
    static let fileName = "omitted-blobs.json"
    static let sizeLimit = 64 * 1024 * 1024
    private static let countLimit = 500_000

    /// What the receiver was taken to have, for people.
    var basis: [String] = []
    private(set) var blobs: [Digest: OmittedBlob] = [:]

    init() {}

    /// Reads a record; throws `.invalid` for one that is none, `.limitExceeded` for one that is too long.
    init(parsing bytes: [UInt8], source: String) throws(Fault) {
        func invalid(_ what: String) -> Fault { ArchiveDocument.invalid(source, what) }
        let json = try ArchiveDocument.parse(bytes, source: source)
        guard let list = json["blobs"]?.array else { throw invalid("has no list of blobs") }
        guard list.count <= Self.countLimit else {
            throw Fault(.limitExceeded, "\(source) names more than \(Self.countLimit) blobs")
        }
        basis = try Self.texts(json["assumes"], limit: 100, source)
        for (number, item) in list.enumerated() {
            guard let text = item["digest"]?.string, let size = item["size"]?.int, size >= 0,
                let mediaType = item["mediaType"]?.string, mediaType.utf8.count <= 255,
                mediaType.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw invalid("has no digest, size or media type in blob \(number)") }
            let repositories = try Self.texts(item["repositories"], limit: 10_000, source)
            guard !repositories.isEmpty, repositories.allSatisfy(TransportArchiveIndex.isRepository),
                repositories == Set(repositories).sorted()
            else { throw invalid("names no valid, sorted repositories in blob \(number)") }
            var holders: [ComponentName] = []
            for text in try Self.texts(item["heldBy"], limit: AssumedBlobs.holderLimit, source) {
                holders.append(try ComponentName(text))
            }
            var blob = OmittedBlob(
                digest: try Digest(text), size: size, mediaType: mediaType, repositories: repositories, holders: holders
            )
            if let delta = item["delta"] {
                guard let text = delta["digest"]?.string, let size = delta["size"]?.int, size >= 0,
                    let base = delta["base"]?.string, let baseSize = delta["baseSize"]?.int, baseSize >= 0
                else { throw invalid("describes the delta of blob \(number) incompletely") }
                blob.delta = OmittedBlobDelta(
                    digest: try Digest(text), size: size, base: try Digest(base), baseSize: baseSize)
            }
            guard blobs.updateValue(blob, forKey: blob.digest) == nil else {
                throw invalid("names \(blob.digest) twice")
            }
        }
    }

    private static func texts(_ json: JSON?, limit: Int, _ source: String) throws(Fault) -> [String] {
        guard let json else { return [] }
        let texts = json.array?.compactMap(\.string) ?? []
        guard let items = json.array, items.count <= limit, texts.count == items.count,
            texts.allSatisfy({ $0.utf8.count <= 1024 && $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } })
        else {
            throw Fault(
                .invalid, "\(source) has a list that is too long or holds something else than short texts",
                fix: "get the archive again from its origin")
        }
        return texts
    }

    /// The file; the same blobs give the same bytes.
    func encoded() -> [UInt8] {
        let list = blobs.values.sorted { $0.digest < $1.digest }.map { blob -> JSON in
            var object: JSON = [
                "digest": .string("\(blob.digest)"), "size": .number(JSONNumber(blob.size)),
                "mediaType": .string(blob.mediaType), "repositories": .array(blob.repositories.map { .string($0) }),
            ]
            if let delta = blob.delta {
                object["delta"] = [
                    "digest": .string("\(delta.digest)"), "size": .number(JSONNumber(delta.size)),
                    "base": .string("\(delta.base)"), "baseSize": .number(JSONNumber(delta.baseSize)),
                ]
            }
            if !blob.holders.isEmpty { object["heldBy"] = .array(blob.holders.map { .string($0.text) }) }
            return object
        }
        var json: JSON = ["schemaVersion": 1]
        if !basis.isEmpty { json["assumes"] = .array(basis.map { .string($0) }) }
        json["blobs"] = .array(list)
        return json.encoded()
    }

    /// Notes that a manifest of a repository names a blob that is left out.
    mutating func note(
        _ blob: OCIDescriptor, in repository: String, holders: [ComponentName], delta: OmittedBlobDelta? = nil
    ) {
        guard var known = blobs[blob.digest] else {
            blobs[blob.digest] = OmittedBlob(
                digest: blob.digest, size: blob.size, mediaType: blob.mediaType, repositories: [repository],
                holders: holders, delta: delta)
            return
        }
        if let delta { known.delta = delta }
        if !known.repositories.contains(repository) {
            known.repositories = (known.repositories + [repository]).sorted()
        }
        blobs[blob.digest] = known
    }

    /// Forgets a blob that the archive holds now.
    mutating func remove(_ digest: Digest) { blobs[digest] = nil }
}
