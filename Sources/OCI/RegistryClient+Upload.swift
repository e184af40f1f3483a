// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
public import Web
internal import WebClient

/// What of this client remembers and sends uploads that can be gone on with.
struct UploadContinuation: Sendable {
    let journal: any UploadJournal
    let sender: (any UploadSender)?
}

extension RegistryClient {
    /// Blobs of at most this size are sent in one request, and sent again as a whole.
    static let wholeUploadSize: Int64 = 4 * 1024 * 1024
    /// How long a request that is cut short may take to end well.
    private static let patience = Duration.seconds(10)
    /// How often an upload begins anew at the most, because its session is gone.
    private static let sessionLimit = 3

    /// Sends a blob in one stream into a session that the journal knows, so that it can be gone on with from any byte.
    ///
    /// What the registry has of it is asked for and not sent again; a session that is gone, or that holds other bytes
    /// than it should, is replaced by a new one. Throws `.mismatch`, with nothing left behind, when the source's bytes
    /// are not those of the digest.
    /// - Parameter begin: opens a new session; nil when the registry turns out to have the blob.
    func upload(
        _ blob: BlobSource, from open: @Sendable @escaping (Int64) async throws -> ByteStream,
        with continuation: UploadContinuation, begin: () async throws -> HTTPURL?, _ repository: String
    ) async throws {
        let journal = continuation.journal
        let key = UploadKey(registry: origin.description, repository: repository, digest: blob.digest)
        var session = await unfinishedSession(key, blob, journal)
        if let session { journal.noteResumed(key, at: session.received) }
        var (sessions, breaks) = (0, 0)
        while true {
            try Task.checkCancellation()
            let current: UploadSession
            if let session {
                current = session
            } else {
                guard let location = try await begin() else { return journal.forget(key, .finished) }
                current = UploadSession(location: location)
                journal.note(current.location, of: key)
                sessions += 1
            }
            let failure: Fault
            switch try await send(blob, open, current, key, continuation) {
            case .done: return journal.forget(key, .finished)
            case .unsupported:
                journal.forget(key, .lost)
                guard let location = try await begin() else { return }
                return try await upload(blob, to: location, repository)
            case .lost(let fault):
                journal.forget(key, .lost)
                guard sessions < Self.sessionLimit else { throw fault }
                session = nil
                continue
            case .broken(let fault): failure = fault
            }
            breaks += 1
            let retry = http.settings.retry
            guard breaks < retry.attempts, let delay = retry.delay(afterAttempt: breaks, retryAfter: nil) else {
                throw failure
            }
            http.settings.observe?("… \(failure.message); the upload goes on from what \(name) has")
            try await retry.sleep(delay)
            session = await unfinishedSession(key, blob, journal)
            if session == nil {
                journal.forget(key, .lost)
                guard sessions < Self.sessionLimit else { throw failure }
            }
        }
    }

    /// How sending into an upload session ended.
    private enum SendOutcome {
        case done
        /// The registry takes no streams in sessions.
        case unsupported
        /// The session is worth nothing; a new one may do better.
        case lost(Fault)
        /// The connection broke; the session may have kept what it got.
        case broken(Fault)
    }

    /// Asks the session that the journal knows for its offset; nil when there is none to go on with.
    private func unfinishedSession(
        _ key: UploadKey, _ blob: BlobSource, _ journal: any UploadJournal
    ) async -> UploadSession? {
        guard let known = journal.unfinishedUpload(key) else { return nil }
        // Whatever goes wrong here costs the bytes of one blob, and nothing else.
        guard let location = try? safe(HTTPURL(known.location)),
            let response = try? await send(HTTPRequest(method: .get, url: location), key.repository, .push),
            response.status == 204, let received = UploadSession.received(response.headers["Range"]),
            received <= blob.size
        else {
            journal.forget(key, known.states.isEmpty ? .empty : .lost)
            return nil
        }
        var session = UploadSession(location: location, received: received)
        if let next = response.headers["Location"], let url = try? safe(response.url.resolving(next)) {
            session.location = url
        }
        session.state = known.states.last { $0.offset <= received && $0.algorithm == key.digest.algorithm }
        return session
    }

    /// A session must not lead from an encrypted connection to one that is not.
    func safe(_ location: HTTPURL) throws(Fault) -> HTTPURL {
        guard origin.scheme != "https" || location.scheme == "https" else {
            throw Fault(
                .invalid, "\(name) wants an upload sent to \(location.origin) without encryption, which is refused",
                fix: "the registry stands behind a proxy and does not know its address; have its operator set it")
        }
        return location
    }

    private func send(
        _ blob: BlobSource, _ open: @Sendable @escaping (Int64) async throws -> ByteStream, _ session: UploadSession,
        _ key: UploadKey, _ continuation: UploadContinuation
    ) async throws -> SendOutcome {
        let body = UploadBody()
        let journal = continuation.journal
        let thing = "the blob for \(name)/\(key.repository)"
        let source: @Sendable () async throws -> ByteStream = {
            try await open(session.start).verified(
                digest: blob.digest, size: blob.size, of: thing, resuming: session.state,
                noting: { journal.note($0, of: key) }
            ).dropping(first: session.received - session.start)
        }
        guard session.received < blob.size else {
            let rest = try await source()
            do {
                while try await rest.next() != nil {}
            } catch let fault as Fault where fault.code == .mismatch {
                return .lost(fault)
            }
            return try await complete(blob, at: session.location, session, key)
        }
        let request = HTTPRequest(
            method: .patch, url: session.location, headers: ["Content-Type": "application/octet-stream"],
            body: .stream(length: nil, open: { await body.stream(source) }))
        let response: HTTPResponse
        do {
            response = try await endingProperly(body) { [self] in
                try await send(
                    request, key.repository, .push, through: continuation.sender.map { ($0, key) })
            }
        } catch let fault as Fault where fault.code == .unavailable {
            if let failure = body.failure { throw failure }
            return .broken(naming(fault, session.location))
        }
        guard (200..<300).contains(response.status), let text = response.headers["Location"],
            let next = try? safe(response.url.resolving(text))
        else {
            if let failure = body.failure { throw failure }
            return try await Self.outcome(
                response.status, isNew: session.received == 0,
                fault(response, "uploading \(key.digest) to \(name)/\(key.repository)"))
        }
        if let failure = body.failure { return try await refused(failure, session, next, key, journal) }
        journal.note(next, of: key)
        guard !body.isCut else { throw CancellationError() }
        return try await complete(blob, at: next, session, key)
    }

    /// What it means that a registry refused the bytes of a blob.
    private static func outcome(_ status: Int, isNew: Bool, _ fault: Fault) throws(Fault) -> SendOutcome {
        switch status {
        case 401, 403: throw fault
        case 400, 405, 411, 413, 415, 501: isNew ? .unsupported : .lost(fault)
        case 429, 500...: .broken(fault)
        default: .lost(fault)
        }
    }

    /// The source has failed: what came before is kept, unless it is wrong.
    private func refused(
        _ failure: any Error, _ session: UploadSession, _ next: HTTPURL, _ key: UploadKey,
        _ journal: any UploadJournal
    ) async throws -> SendOutcome {
        guard let fault = failure as? Fault, fault.code == .mismatch else {
            journal.note(next, of: key)
            throw failure
        }
        _ = try? await send(HTTPRequest(method: .delete, url: next), key.repository, .push)
        // Bytes of another run, or a state of the digest that was altered, may be to blame.
        guard session.received == 0 else { return .lost(fault) }
        journal.forget(key, .lost)
        throw fault
    }

    /// A failure of a place that the registry named, with the registry in it.
    func naming(_ fault: Fault, _ location: HTTPURL) -> Fault {
        guard location.origin != origin, fault.code == .unavailable else { return fault }
        return fault.during("\(name) has it uploaded to \(location.origin)")
    }

    private func complete(
        _ blob: BlobSource, at location: HTTPURL, _ session: UploadSession, _ key: UploadKey
    ) async throws -> SendOutcome {
        let request = HTTPRequest(
            method: .put, url: location.appendingQuery([("digest", blob.digest.description)]))
        let response: HTTPResponse
        do { response = try await send(request, key.repository, .push) } catch let fault as Fault {
            throw naming(fault, location)
        }
        if response.status == 201 || response.status == 204 { return .done }
        // The answer to a first attempt may have been lost, with the session gone since.
        if response.status == 404, try await blobSize(blob.digest, in: key.repository) == blob.size { return .done }
        let fault = await fault(response, "uploading \(blob.digest) to \(name)/\(key.repository)")
        // A session may hold other bytes than were sent, also when it began empty.
        guard [400, 404, 416].contains(response.status) else { throw fault }
        return .lost(fault)
    }

    /// Runs a request whose body is cut, and not its connection, when the task is cancelled.
    private func endingProperly(
        _ body: UploadBody, _ work: @Sendable @escaping () async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let task = Task { try await work() }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            body.end()
            Task {
                try? await Task.sleep(for: Self.patience)
                task.cancel()
            }
        }
    }
}

/// Sends requests whose body is a stream that must be ended properly, whatever happens to this process.
///
/// The answer's `Location` is in the journal before the answer is returned.
public protocol UploadSender: Sendable {
    /// Sends a request once and returns when the head of the response is there. Redirects are not followed.
    ///
    /// - Parameter key: the upload that the request is a part of.
    func send(_ request: HTTPRequest, of key: UploadKey) async throws -> HTTPResponse
}
