// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// HTTP over libcurl. The actor's isolation is libcurl's thread, so there are no locks here; only the bytes of responses
/// are handed over outside of it, since a visit for each piece would cost more than the piece.
///
/// Bodies stream in both directions at the pace of the slower side, with at most a MiB in between. Redirects and
/// retries are this client's own, so that credentials stay with the origin they were made for. Nothing starts before
/// the first request.
public actor HTTPClient {
    private let executor = CurlExecutor()
    /// The client's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    /// How the client behaves.
    public nonisolated let settings: HTTPClientSettings
    private var transfers: [Int: HTTPTransfer] = [:]
    private var lastID = 0

    /// Makes a client; its thread starts with the first request.
    public init(_ settings: HTTPClientSettings = HTTPClientSettings()) { self.settings = settings }

    deinit { executor.stop() }

    /// Sends one request once and returns when the head of the response is there.
    nonisolated func sendOnce(_ request: HTTPRequest) async throws -> (response: HTTPResponse, hold: TransferHold) {
        let (id, received) = try await begin(request)
        let pump: Task<Void, Never>? =
            request.body.isStreamed ? Task { @concurrent in await self.pump(request.body, into: id) } : nil
        let hold = TransferHold(client: self, id: id, received: received, pump: pump)
        let head = try await withTaskCancellationHandler {
            do {
                return try await self.head(of: id)
            } catch {
                await hold.close()
                throw error
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
        let response = HTTPResponse(
            status: head.status, headers: head.headers, body: ByteStream { try await hold.next() }, url: request.url)
        return (response, hold)
    }

    private func begin(_ request: HTTPRequest) throws -> (id: Int, received: ReceivedBytes) {
        lastID += 1
        let transfer = HTTPTransfer(request, settings: settings)
        let easy = try CurlEasy(id: lastID, delegate: transfer)
        try CurlRequest(request: request, settings: settings).apply(to: easy)
        transfers[lastID] = transfer
        executor.multi.add(easy)
        return (lastID, transfer.received)
    }

    private func head(of id: Int) async throws -> HTTPHead {
        guard let transfer = transfers[id] else { throw CancellationError() }
        while !transfer.head.isComplete && !transfer.hasEnded { await transfer.wait() }
        try Task.checkCancellation()
        // An answer counts even if the connection broke after it, as when a server refuses an upload unread.
        if transfer.head.isComplete && transfer.failure == nil {
            return HTTPHead(status: transfer.head.status, headers: transfer.head.headers)
        }
        if let failure = failure(of: transfer) { throw failure }
        throw TransferFailure(
            Fault(
                .unavailable,
                "\(transfer.request.url.origin.hostAndPort) ended the connection before its answer was complete",
                fix: "run it again"), retry: .ifIdempotent)
    }

    /// The next bytes of a response's body; nil at its end.
    nonisolated func next(_ id: Int, _ received: ReceivedBytes) async throws -> Chunk? {
        let next = await received.next()
        try Task.checkCancellation()
        guard let next else {
            try await end(of: id)
            return nil
        }
        if next.wasPaused { executor.unpause(id) }
        return next.chunk
    }

    /// Throws what ended a transfer, unless it ended well.
    private func end(of id: Int) throws {
        guard let transfer = transfers[id] else { throw CancellationError() }
        if let failure = failure(of: transfer) { throw failure.fault }
    }

    private func failure(of transfer: HTTPTransfer) -> TransferFailure? {
        guard let outcome = transfer.outcome, outcome.code != CURLE_OK else { return nil }
        if let fault = transfer.failure { return TransferFailure(fault, retry: .never) }
        // A body that failed explains more than the transfer that it ended.
        if let source = transfer.sourceFailure { return TransferFailure(Fault(wrapping: source), retry: .never) }
        return TransferFailure(outcome, transfer.request.url, settings)
    }

    /// Gives a transfer up; who waits for it is woken.
    func cancel(_ id: Int) {
        executor.multi.remove(id)
        transfers[id]?.finished(CurlOutcome(code: CURLE_ABORTED_BY_CALLBACK))
    }

    /// Forgets a transfer, whether it is done or not.
    func drop(_ id: Int) {
        cancel(id)
        transfers[id] = nil
    }

    // MARK: The request's body

    /// Moves a body from its source to libcurl, away from libcurl's thread: sources read files and compute digests.
    @concurrent private nonisolated func pump(_ body: HTTPRequestBody, into id: Int) async {
        do {
            switch body {
            case .none: break
            case .bytes(let bytes): try await pump(ByteStream(bytes), length: Int64(bytes.count), into: id)
            case .stream(let length, let open): try await pump(open(), length: length, into: id)
            case .source(let open):
                let source = try await open()
                while try await source.waitForBytes(), await send(from: source, for: id) {}
            }
            await endBody(of: id, nil)
        } catch {
            await endBody(of: id, error)
        }
    }

    @concurrent private nonisolated func pump(_ stream: ByteStream, length: Int64?, into id: Int) async throws {
        var passed: Int64 = 0
        while let chunk = try await stream.next() {
            passed += Int64(chunk.count)
            if let length, passed >= length {
                // The last piece completes the request, so it waits until the source says that it is the last.
                guard passed == length, try await stream.next() == nil else {
                    throw Fault(
                        .invalid, "a request's body is longer than the \(length) bytes it was announced with")
                }
            }
            guard await queue(chunk, for: id) else { return }
        }
        if let length, passed < length {
            throw Fault(
                .invalid, "a request's body ends after \(passed) of the \(length) bytes it was announced with")
        }
    }

    /// Lets libcurl take bytes from the source and waits until there are none left; false when there is no use in going on.
    private func send(from source: any HTTPBodySource, for id: Int) async -> Bool {
        guard let transfer = transfers[id], !transfer.hasEnded else { return false }
        transfer.source = source
        if transfer.letGoOn() { executor.multi.unpause(id) }
        while !transfer.isSendPaused && !transfer.hasEnded { await transfer.wait() }
        return !transfer.hasEnded
    }

    /// Queues a piece and waits for room for the next; false when there is no use in going on.
    private func queue(_ chunk: Chunk, for id: Int) async -> Bool {
        guard let transfer = transfers[id], !transfer.hasEnded else { return false }
        if !chunk.isEmpty, transfer.queue(chunk) { executor.multi.unpause(id) }
        while !transfer.wantsOutgoing && !transfer.hasEnded { await transfer.wait() }
        return !transfer.hasEnded
    }

    private func endBody(of id: Int, _ failure: (any Error)?) {
        if let transfer = transfers[id], !transfer.hasEnded, transfer.endOutgoing(failure) {
            executor.multi.unpause(id)
        }
    }
}

/// Status and fields of a response.
struct HTTPHead: Sendable {
    let status: Int
    let headers: HTTPHeaders
}
