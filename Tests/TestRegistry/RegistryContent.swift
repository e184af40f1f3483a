// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// What an honest registry keeps, in memory, and how it answers.
struct RegistryContent {
    struct Repository {
        var blobs: [String: [UInt8]] = [:]
        var manifests: [String: (bytes: [UInt8], mediaType: String)] = [:]
        var tags: [String: String] = [:]
    }
    var repositories: [String: Repository] = [:]
    /// The uploads that have begun, with what came of them.
    var uploads: [String: [UInt8]] = [:]
    private var lastUpload = 0

    static let indexType = "application/vnd.oci.image.index.v1+json"

    mutating func answer(_ request: WireRequest, _ route: RegistryRoute) -> WireAnswer {
        let repository = route.repository
        switch route.stage {
        case .ping: return WireAnswer(200, [("Content-Type", "application/json")], Array("{}".utf8))
        case .headManifest, .getManifest: return manifest(route.reference, repository)
        case .putManifest: return putManifest(request, route.reference, repository)
        case .headBlob, .getBlob: return blob(request, route.reference, repository)
        case .beginUpload: return begin(request, repository)
        case .uploadStatus: return status(route)
        case .patchUpload: return patch(request, route)
        case .putBlob: return put(request, route)
        case .tags:
            guard let kept = repositories[repository] else { return .error(404, "NAME_UNKNOWN") }
            return list(kept.tags.keys.sorted(), "tags", request, [("name", .string(repository))])
        case .catalogue: return list(repositories.keys.sorted(), "repositories", request, [])
        case .referrers: return referrers(request, route)
        case .other:
            guard request.method == "DELETE", route.kind == "manifests" else { return .error(404, "UNSUPPORTED") }
            if repositories[repository]?.tags.removeValue(forKey: route.reference) != nil { return WireAnswer(202) }
            guard repositories[repository]?.manifests.removeValue(forKey: route.reference) != nil else {
                return .error(404, "MANIFEST_UNKNOWN")
            }
            let left = (repositories[repository]?.tags ?? [:]).filter { $0.value != route.reference }
            repositories[repository]?.tags = left
            return WireAnswer(202)
        case .token: return .error(404, "UNSUPPORTED")
        }
    }

    // MARK: Manifests

    private func manifest(_ reference: String, _ repository: String) -> WireAnswer {
        let digest = repositories[repository]?.tags[reference] ?? reference
        guard let kept = repositories[repository]?.manifests[digest] else { return .error(404, "MANIFEST_UNKNOWN") }
        return WireAnswer(200, [("Content-Type", kept.mediaType), ("Docker-Content-Digest", digest)], kept.bytes)
    }

    private mutating func putManifest(
        _ request: WireRequest, _ reference: String, _ repository: String
    ) -> WireAnswer {
        guard let json = try? JSON(parsing: request.body, source: "a manifest") else {
            return .error(400, "MANIFEST_INVALID")
        }
        let digest = "\(Digest(of: request.body))"
        let isDigest = reference.contains(":")
        guard !isDigest || reference == digest else { return .error(400, "DIGEST_INVALID") }
        let kept = repositories[repository] ?? Repository()
        let blobs = (json["layers"]?.array ?? []) + (json["config"].map { [$0] } ?? [])
        for blob in blobs where kept.blobs[blob["digest"]?.string ?? ""] == nil {
            return .error(404, "MANIFEST_BLOB_UNKNOWN")
        }
        for child in json["manifests"]?.array ?? [] where kept.manifests[child["digest"]?.string ?? ""] == nil {
            return .error(404, "MANIFEST_BLOB_UNKNOWN")
        }
        let type = request.field("Content-Type") ?? "application/vnd.oci.image.manifest.v1+json"
        repositories[repository, default: Repository()].manifests[digest] = (request.body, type)
        if !isDigest { repositories[repository]?.tags[reference] = digest }
        var answer = WireAnswer(
            201, [("Location", "/v2/\(repository)/manifests/\(digest)"), ("Docker-Content-Digest", digest)])
        answer.set("OCI-Subject", json["subject"]?["digest"]?.string)
        return answer
    }

    private func referrers(_ request: WireRequest, _ route: RegistryRoute) -> WireAnswer {
        let wanted = request.query("artifactType").first
        let found = (repositories[route.repository]?.manifests ?? [:]).sorted { $0.key < $1.key }.compactMap {
            digest, kept -> JSON? in
            guard let json = try? JSON(parsing: kept.bytes, source: "a manifest"),
                json["subject"]?["digest"]?.string == route.reference
            else { return nil }
            let type = json["artifactType"]?.string ?? json["config"]?["mediaType"]?.string ?? ""
            guard wanted == nil || wanted == type else { return nil }
            return [
                "mediaType": .string(kept.mediaType), "digest": .string(digest),
                "size": .number(JSONNumber(Int64(kept.bytes.count))), "artifactType": .string(type),
            ]
        }
        let index: JSON = ["schemaVersion": 2, "mediaType": .string(Self.indexType), "manifests": .array(found)]
        var answer = WireAnswer(200, [("Content-Type", Self.indexType)], index.encoded())
        if wanted != nil { answer.set("OCI-Filters-Applied", "artifactType") }
        return answer
    }

    // MARK: Lists

    /// A page of names behind `last`, `n` at the most.
    private func list(
        _ all: [String], _ key: String, _ request: WireRequest, _ more: [(String, JSON)]
    ) -> WireAnswer {
        let last = request.query("last").first ?? ""
        let rest = all.filter { $0 > last }
        let count = request.query("n").first.flatMap { Int($0) } ?? rest.count
        let page = rest.prefix(max(0, count))
        var json = JSONObject()
        for (name, value) in more { json[name] = value }
        json[key] = .array(page.map { .string($0) })
        var answer = WireAnswer(200, [("Content-Type", "application/json")], JSON.object(json).encoded())
        if page.count < rest.count, let end = page.last {
            answer.set("Link", "<\(request.path)?n=\(count)&last=\(end)>; rel=\"next\"")
        }
        return answer
    }

    // MARK: Blobs

    private func blob(_ request: WireRequest, _ digest: String, _ repository: String) -> WireAnswer {
        guard let bytes = repositories[repository]?.blobs[digest] else { return .error(404, "BLOB_UNKNOWN") }
        let fields = [
            ("Content-Type", "application/octet-stream"), ("Docker-Content-Digest", digest), ("Accept-Ranges", "bytes"),
        ]
        guard request.method == "GET", let range = request.field("Range").flatMap({ Self.range($0, bytes.count) })
        else { return WireAnswer(200, fields, bytes) }
        guard !range.isEmpty else {
            return WireAnswer(416, [("Content-Range", "bytes */\(bytes.count)")])
        }
        let place = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(bytes.count)"
        return WireAnswer(206, fields + [("Content-Range", place)], Array(bytes[range]))
    }

    /// The bytes that `bytes=a-b` or `bytes=a-` means; empty behind the end, nil for what is not understood.
    static func range(_ text: String, _ count: Int) -> Range<Int>? {
        guard text.hasPrefix("bytes=") else { return nil }
        let ends = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]) else { return nil }
        let last = ends[1].isEmpty ? count - 1 : Int(ends[1]) ?? -1
        guard first < count, first <= last else { return 0..<0 }
        return first..<min(last + 1, count)
    }

    // MARK: Uploads

    private mutating func begin(_ request: WireRequest, _ repository: String) -> WireAnswer {
        if let digest = request.query("mount").first, let from = request.query("from").first,
            let bytes = repositories[from]?.blobs[digest]
        {
            return stored(bytes, digest, repository)
        }
        if let digest = request.query("digest").first {
            guard Self.fits(request.body, digest) else { return .error(400, "DIGEST_INVALID") }
            return stored(request.body, digest, repository)
        }
        return progress(202, beginUpload([]), repository)
    }

    mutating func beginUpload(_ bytes: [UInt8]) -> String {
        lastUpload += 1
        let id = "upload-\(lastUpload)"
        uploads[id] = bytes
        return id
    }

    private func progress(_ status: Int, _ id: String, _ repository: String) -> WireAnswer {
        let count = uploads[id]?.count ?? 0
        return WireAnswer(
            status,
            [
                ("Location", "/v2/\(repository)/blobs/uploads/\(id)?state=\(count)"),
                ("Range", "0-\(max(0, count - 1))"), ("Docker-Upload-UUID", id),
            ])
    }

    private func status(_ route: RegistryRoute) -> WireAnswer {
        uploads[route.reference] == nil
            ? .error(404, "BLOB_UPLOAD_UNKNOWN") : progress(204, route.reference, route.repository)
    }

    /// Adds a piece, if it goes on where the upload stands.
    private mutating func append(_ request: WireRequest, _ id: String, _ repository: String) -> WireAnswer? {
        guard let kept = uploads[id] else { return .error(404, "BLOB_UPLOAD_UNKNOWN") }
        if let range = request.field("Content-Range") {
            let first = range.split(separator: "-").first.flatMap { Int($0.replacing("bytes ", with: "")) }
            guard first == kept.count else { return progress(416, id, repository) }
        }
        uploads[id] = kept + request.body
        return nil
    }

    private mutating func patch(_ request: WireRequest, _ route: RegistryRoute) -> WireAnswer {
        append(request, route.reference, route.repository) ?? progress(202, route.reference, route.repository)
    }

    private mutating func put(_ request: WireRequest, _ route: RegistryRoute) -> WireAnswer {
        if let refusal = append(request, route.reference, route.repository) { return refusal }
        let bytes = uploads.removeValue(forKey: route.reference) ?? []
        let digest = request.query("digest").first ?? ""
        guard Self.fits(bytes, digest) else { return .error(400, "DIGEST_INVALID") }
        return stored(bytes, digest, route.repository)
    }

    private static func fits(_ bytes: [UInt8], _ text: String) -> Bool {
        guard let digest = try? Digest(text) else { return false }
        return Digest(of: bytes, algorithm: digest.algorithm) == digest
    }

    private mutating func stored(_ bytes: [UInt8], _ digest: String, _ repository: String) -> WireAnswer {
        repositories[repository, default: Repository()].blobs[digest] = bytes
        return WireAnswer(
            201, [("Location", "/v2/\(repository)/blobs/\(digest)"), ("Docker-Content-Digest", digest)])
    }
}
