// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Web

extension RegistryClient {
    private static let manifestTypes = [
        MediaType.imageManifest, .imageIndex, .dockerManifest, .dockerManifestList,
    ].map(\.rawValue).joined(separator: ", ")

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        let url = try url("/v2/\(repository)/manifests/\(reference)")
        let head = HTTPRequest(method: .head, url: url, headers: ["Accept": Self.manifestTypes])
        let response = try await send(head, repository, .pull)
        if response.status == 404 { return nil }
        if response.status == 200, let text = response.headers["Docker-Content-Digest"], let digest = try? Digest(text),
            let size = response.headers["Content-Length"].flatMap({ Int64($0) }),
            let type = response.headers["Content-Type"].map({ MediaType($0) }), type.isManifest || type.isIndex
        {
            // What the header claims is checked when the manifest is fetched by this digest.
            try requireSame(try? Digest(reference), digest, repository)
            return OCIDescriptor(mediaType: type.rawValue, digest: digest, size: size)
        }
        if [401, 403, 408, 429].contains(response.status) || response.status >= 500 {
            throw await fault(response, "looking for \(name)/\(repository):\(reference)")
        }
        // Some registries answer HEAD without a digest or a type of use, or not at all.
        let get = HTTPRequest(method: .get, url: url, headers: ["Accept": Self.manifestTypes])
        let (full, read) = try await document(
            get, repository, limit: OCIManifest.sizeLimit, of: "the manifest \(name)/\(repository):\(reference)")
        if full.status == 404 { return nil }
        guard let bytes = read else { throw await fault(full, "looking for \(name)/\(repository):\(reference)") }
        let asked = try? Digest(reference)
        let digest = Digest(of: bytes, algorithm: asked?.algorithm ?? .sha256)
        try requireSame(asked, digest, repository)
        let delivered = MediaType(full.headers["Content-Type"] ?? "")
        guard !delivered.rawValue.hasPrefix("application/vnd.docker.distribution.manifest.v1+") else {
            throw Fault(
                .unsupported, "\(name)/\(repository):\(reference) is a Docker image of schema 1, which has no digests",
                fix: "pull it and push it again with a tool of today")
        }
        let isKnown = delivered.isManifest || delivered.isIndex
        let type =
            try isKnown
            ? delivered
            : OCIManifest(parsing: bytes, mediaType: nil, source: "\(name)/\(repository):\(reference)").mediaType
        return OCIDescriptor(mediaType: type.rawValue, digest: digest, size: Int64(bytes.count))
    }

    /// Who asks for a digest gets that or nothing.
    private func requireSame(_ asked: Digest?, _ answered: Digest, _ repository: String) throws(Fault) {
        guard let asked, asked != answered else { return }
        throw Fault(
            .mismatch, "\(name)/\(repository) answers \(asked) with \(answered)", fix: "the registry is broken or lies")
    }

    /// Reads a manifest, each once in the life of this client and those made of it, as far as memory for them goes.
    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        let place = ContentPlace(repository: repository, digest: digest, isManifest: true)
        if let known = manifests.withLock({ $0.find(place) }) { return known }
        return try await manifestReads.run(place) { [self] in
            if let known = manifests.withLock({ $0.find(place) }) { return known }
            let read = try await readManifest(digest, in: repository)
            manifests.withLock { $0.keep(read, at: place) }
            return read
        }
    }

    private func readManifest(
        _ digest: Digest, in repository: String
    ) async throws -> (bytes: [UInt8], mediaType: String) {
        let request = HTTPRequest(
            method: .get, url: try url("/v2/\(repository)/manifests/\(digest)"), headers: ["Accept": Self.manifestTypes]
        )
        let thing = "the manifest \(name)/\(repository)@\(digest)"
        let (response, read) = try await document(request, repository, limit: OCIManifest.sizeLimit, of: thing)
        guard let read else { throw await fault(response, "fetching \(thing)") }
        let bytes = try await ByteStream(read).verified(digest: digest, size: nil, of: thing)
            .collect(limit: OCIManifest.sizeLimit, of: thing)
        return (bytes, MediaType(response.headers["Content-Type"] ?? "").rawValue)
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        let request = HTTPRequest(method: .head, url: try url("/v2/\(repository)/blobs/\(digest)"))
        let response = try await send(request, repository, .pull)
        switch response.status {
        case 200: return response.headers["Content-Length"].flatMap { Int64($0) }
        case 404: return nil
        default: throw await fault(response, "looking for the blob \(digest) in \(name)/\(repository)")
        }
    }

    /// Opens a blob. A connection that breaks off in the middle is followed by a request for the rest.
    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        try await openBlob(digest, size: size, from: 0, in: repository).verified(
            digest: digest, size: size, of: "the blob of \(name)/\(repository)")
    }

    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        let download = BlobDownload(self, digest, size: size, from: offset, in: repository)
        try await download.begin()
        return ByteStream { try await download.next() }
    }
}
