// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Web

extension RegistryClient {
    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        let key = "\(repository)@\(blob.digest)"
        if known.withLock({ $0.contains(key) }) { return .alreadyThere }
        if let size = try await blobSize(blob.digest, in: repository), size == blob.size {
            known.withLock { _ = $0.insert(key) }
            return .alreadyThere
        }
        if let continuation, let open = blob.openFrom, blob.size > Self.wholeUploadSize {
            return try await pushLargeBlob(blob, from: open, with: continuation, repository)
        }
        guard let location = try await openUpload(blob, repository) else {
            known.withLock { _ = $0.insert(key) }
            return .mounted
        }
        try await upload(blob, to: location, repository)
        known.withLock { _ = $0.insert(key) }
        return .pushed
    }

    /// Pushes a blob that the journal helps to go on with; what it knows is asked for before a new session is.
    private func pushLargeBlob(
        _ blob: BlobSource, from open: @Sendable @escaping (Int64) async throws -> ByteStream,
        with continuation: UploadContinuation, _ repository: String
    ) async throws -> PushOutcome {
        let key = UploadKey(registry: origin.description, repository: repository, digest: blob.digest)
        var opened: HTTPURL?
        if continuation.journal.unfinishedUpload(key) == nil {
            opened = try await openUpload(blob, repository)
            if opened == nil {
                known.withLock { _ = $0.insert("\(repository)@\(blob.digest)") }
                return .mounted
            }
        }
        try await upload(
            blob, from: open, with: continuation,
            begin: {
                if let location = opened.take() { return location }
                return try await openUpload(blob, repository, mounts: false)
            }, repository)
        known.withLock { _ = $0.insert("\(repository)@\(blob.digest)") }
        return .pushed
    }

    /// Opens an upload; nil when the registry has the blob now, as after a mount.
    private func openUpload(
        _ blob: BlobSource, _ repository: String, mounts: Bool = true
    ) async throws -> HTTPURL? {
        var response = try await beginUpload(blob, repository, mounts: mounts)
        if response.status == 201 {
            if try await blobSize(blob.digest, in: repository) != nil { return nil }
            // It says that it has what it has not, so the bytes have to move.
            response = try await beginUpload(blob, repository, mounts: false)
        }
        return try await location(response, repository)
    }

    /// Where the upload that was opened goes to.
    private func location(_ opened: HTTPResponse, _ repository: String) async throws -> HTTPURL {
        guard opened.status == 202, let location = opened.headers["Location"] else {
            throw await fault(opened, "starting an upload to \(name)/\(repository)")
        }
        do throws(Fault) {
            return try safe(opened.url.resolving(location))
        } catch {
            throw error.during("\(name) names a place to upload to")
        }
    }

    /// Asks for a mount where there is something to mount, else for a place to upload to.
    private func beginUpload(
        _ blob: BlobSource, _ repository: String, mounts: Bool = true
    ) async throws -> HTTPResponse {
        let start = try url("/v2/\(repository)/blobs/uploads/")
        if mounts, let source = blob.mountableFrom, source != repository {
            let mount = start.appendingQuery([("mount", blob.digest.description), ("from", source)])
            do {
                let response = try await send(Self.beginning(mount), repository, .push, mountingFrom: source)
                if !(400..<500).contains(response.status) { return response }
            } catch let fault as Fault where [.unauthorized, .forbidden].contains(fault.code) {}
            // Who may write here may not be allowed to read there; then the bytes have to move.
        }
        return try await send(Self.beginning(start), repository, .push)
    }

    /// A request that begins an upload: one that is never used does no harm, so it may be sent again.
    private static func beginning(_ url: HTTPURL) -> HTTPRequest {
        var request = HTTPRequest(method: .post, url: url)
        request.isRepeatable = true
        return request
    }

    /// How often a blob is sent whose upload the registry has forgotten.
    private static let uploadLimit = 3

    /// Sends the whole blob in one request, and into another upload when the registry does not know this one any more:
    /// it forgot it, or it stored the blob and the answer was lost.
    func upload(_ blob: BlobSource, to location: HTTPURL, _ repository: String) async throws {
        var location = location
        var response = try await put(blob, at: location, repository)
        for _ in 1..<Self.uploadLimit where response.status == 404 {
            if try await blobSize(blob.digest, in: repository) == blob.size { return }
            location = try await self.location(beginUpload(blob, repository, mounts: false), repository)
            response = try await put(blob, at: location, repository)
        }
        guard response.status == 201 || response.status == 204 else {
            throw await fault(response, "uploading \(blob.digest) to \(name)/\(repository)")
        }
    }

    /// The bytes are checked on the way, so wrong ones end the request before the registry can accept it.
    private func put(_ blob: BlobSource, at location: HTTPURL, _ repository: String) async throws -> HTTPResponse {
        let thing = "the blob for \(name)/\(repository)"
        let (open, digest, size, isVerified) = (blob.open, blob.digest, blob.size, blob.isVerified)
        let request = HTTPRequest(
            method: .put, url: location.appendingQuery([("digest", digest.description)]),
            headers: ["Content-Type": "application/octet-stream"],
            body: size == 0
                ? .none
                : .stream(
                    length: size,
                    open: {
                        let stream = try await open()
                        return isVerified ? stream : stream.verified(digest: digest, size: size, of: thing)
                    }))
        do { return try await send(request, repository, .push) } catch let fault as Fault {
            throw naming(fault, location)
        }
    }

    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        let digest = Digest(of: bytes)
        guard bytes.count <= OCIManifest.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "a manifest for \(name)/\(repository) has \(ByteCount(Int64(bytes.count))), more than registries take")
        }
        let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "a manifest for \(name)")
        let descriptor = OCIDescriptor(
            mediaType: MediaType(mediaType).rawValue, digest: digest, size: Int64(bytes.count))
        if tag == nil, try await resolve(digest.description, in: repository) != nil { return descriptor }
        let request = HTTPRequest(
            method: .put, url: try url("/v2/\(repository)/manifests/\(tag ?? digest.description)"),
            headers: ["Content-Type": descriptor.mediaType], body: .bytes(bytes))
        let response = try await send(request, repository, .push)
        guard response.status == 201 || response.status == 200 else {
            throw await fault(response, "writing \(name)/\(repository)\(tag.map { ":\($0)" } ?? "@\(digest)")")
        }
        let stated = response.headers["Docker-Content-Digest"].flatMap { try? Digest($0) }
        // Who does not say what was stored may be something else than a registry, which says yes to everything.
        if stated == nil, try await resolve(tag ?? digest.description, in: repository)?.digest != digest {
            throw Fault(
                .mismatch, "\(name)/\(repository) took the manifest \(digest) and does not have it",
                fix: "check that the address is that of a registry")
        }
        if let stored = stated, stored != digest {
            throw Fault(
                .mismatch, "\(name) stored the manifest \(digest) as \(stored)",
                fix: "the registry changes manifests; use another")
        }
        if let subject = manifest.subject?.digest, response.headers["OCI-Subject"] == nil {
            try await referrerGate.run { [self] in
                try await enter(manifest.referrer(descriptor), subject, repository)
            }
        }
        return descriptor
    }

    /// Notes a referrer under the tag that registries without the referrers API need.
    private func enter(_ referrer: OCIDescriptor, _ subject: Digest, _ repository: String) async throws {
        let tag = ReferrerList.tag(subject)
        var list = ReferrerList()
        if let old = try await resolve(tag, in: repository) {
            let bytes = try await manifest(old.digest, in: repository).bytes
            list = try ReferrerList(parsing: bytes, source: "\(name)/\(repository):\(tag)")
        }
        guard list.add(referrer) else { return }
        _ = try await pushManifest(
            list.encoded(), mediaType: MediaType.imageIndex.rawValue, in: repository, tag: tag)
    }

    public func untag(_ tag: String, in repository: String) async throws {
        let request = HTTPRequest(method: .delete, url: try url("/v2/\(repository)/manifests/\(tag)"))
        let response = try await send(request, repository, .delete)
        guard [200, 202, 404].contains(response.status) else {
            throw await fault(response, "removing \(name)/\(repository):\(tag)")
        }
    }

    public func finish() async throws {}
}
