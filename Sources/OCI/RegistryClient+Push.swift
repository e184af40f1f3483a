// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web

/// What one push at a time may do.
enum PushKey: Hashable, Sendable {
    /// Bring a blob into a repository.
    case place(ContentPlace)
    /// Bring a blob into the registry, from where others are mounted.
    case digest(Digest)
}

extension RegistryClient {
    /// Stores a blob, once for all who push it to this registry with this client.
    ///
    /// Who pushes what another one is pushing to the same repository waits and finds it there, or takes over when that
    /// failed. What another repository holds is mounted; bytes move when the registry does not do that. A mount names
    /// the digest that the source's bytes would have to have, from a repository in which the registry has it: that is as
    /// much as is known of a blob that was there before.
    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        let place = ContentPlace(repository: repository, digest: blob.digest)
        if holds(place, blob) { return .alreadyThere }
        return try await pushes.run(.place(place)) { [self] in
            if holds(place, blob) { return .alreadyThere }
            return try await bringing(place, size: blob.size) { isAbsent in
                if !isAbsent, try await blobSize(blob.digest, in: repository) == blob.size { return .alreadyThere }
                guard mountSource(place, blob) == nil, places.withLock({ $0.mayMount }) else {
                    return try await bring(blob, to: place)
                }
                // Nobody has it yet. The first brings it, and the others mount it when that is done.
                let first = try await pushes.run(.digest(blob.digest)) { () -> PushOutcome? in
                    mountSource(place, blob) == nil ? try await bring(blob, to: place) : nil
                }
                if let first { return first }
                return try await bring(blob, to: place)
            }
        }
    }

    /// Notes what comes of bringing a content to its place, while nobody else does so.
    ///
    /// - Parameter bring: told whether the content is known not to be there.
    func bringing<Result: Sendable>(
        _ place: ContentPlace, size: Int64, _ bring: @Sendable (_ isAbsent: Bool) async throws -> Result
    ) async throws -> Result {
        let isAbsent = places.withLock { $0.begin(place) }
        do {
            let result = try await bring(isAbsent)
            places.withLock { $0.note(place, size: size) }
            return result
        } catch {
            places.withLock { $0.forget(place) }
            throw error
        }
    }

    private func holds(_ place: ContentPlace, _ blob: BlobSource) -> Bool {
        places.withLock { $0.holds(place, size: blob.size) }
    }

    private func mountSource(_ place: ContentPlace, _ blob: BlobSource) -> String? {
        places.withLock { $0.mountSource(of: place, preferring: blob.mountableFrom) }
    }

    /// Mounts a blob that is not there, or sends it.
    private func bring(_ blob: BlobSource, to place: ContentPlace) async throws -> PushOutcome {
        let key = UploadKey(registry: origin.description, repository: place.repository, digest: blob.digest)
        var opened: HTTPURL?
        let isLarge = blob.openFrom != nil && blob.size > Self.wholeUploadSize
        // An upload that an earlier run began is gone on with; a session for a mount would lead away from it.
        if !(isLarge && continuation?.journal.unfinishedUpload(key) != nil) {
            guard let location = try await beginUpload(blob, to: place) else {
                places.withLock { $0.note(place, size: blob.size) }
                return .mounted
            }
            opened = location
        }
        if isLarge, let continuation, let open = blob.openFrom {
            try await upload(
                blob, from: open, with: continuation,
                begin: {
                    if let location = opened.take() { return location }
                    return try await beginUpload(of: blob, in: place.repository)
                }, place.repository)
        } else if let opened {
            try await upload(blob, to: opened, place.repository)
        }
        // Before the next may have it, who then mounts it from here.
        places.withLock { $0.note(place, size: blob.size) }
        return .pushed
    }

    /// Asks for a mount where there is something to mount, else for a place to upload to; nil when the registry has the
    /// blob now.
    private func beginUpload(_ blob: BlobSource, to place: ContentPlace) async throws -> HTTPURL? {
        let source = mountSource(place, blob)
        func note(_ succeeded: Bool) {
            guard let source else { return }
            places.withLock { $0.noteMount(from: source, into: place.repository, succeeded: succeeded) }
        }
        var start = try url("/v2/\(place.repository)/blobs/uploads/")
        if let source { start = start.appendingQuery([("mount", blob.digest.description), ("from", source)]) }
        let response: HTTPResponse
        do {
            response = try await send(Self.beginning(start), place.repository, .push, mountingFrom: source)
        } catch let fault as Fault where source != nil && [.unauthorized, .forbidden].contains(fault.code) {
            // Who may write here may not be allowed to read there; then the bytes have to move.
            note(false)
            return try await beginUpload(of: blob, in: place.repository)
        }
        switch response.status {
        case 201:
            // Whoever says that it has what it has not gets the bytes.
            let isThere = try await blobSize(blob.digest, in: place.repository) == blob.size
            note(isThere)
            return isThere ? nil : try await beginUpload(of: blob, in: place.repository)
        case 400..<500 where source != nil:
            note(false)
            return try await beginUpload(of: blob, in: place.repository)
        default:
            if response.status == 202 { note(false) }
            return try await location(response, place.repository)
        }
    }

    /// Begins an upload and says where it goes to; nil when the registry turns out to have the blob.
    private func beginUpload(of blob: BlobSource, in repository: String) async throws -> HTTPURL? {
        let request = Self.beginning(try url("/v2/\(repository)/blobs/uploads/"))
        var response = try await send(request, repository, .push)
        if response.status == 201 {
            if try await blobSize(blob.digest, in: repository) == blob.size { return nil }
            // It says that it has what it has not, so the bytes have to move.
            response = try await send(request, repository, .push)
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
            guard let next = try await beginUpload(of: blob, in: repository) else { return }
            location = next
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
}
