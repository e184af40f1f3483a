// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl
internal import Web

/// HTTP over libcurl. The actor's isolation is libcurl's thread, so there are no locks here.
///
/// Bodies stream in both directions at the pace of the slower side. Redirects and retries are this client's own, so
/// that credentials stay with the origin they were made for. Nothing starts before the first request.
public actor HTTPClient {
    private let executor = CurlExecutor()
    /// The client's own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }
    /// How the client behaves.
    public nonisolated let settings: HTTPClientSettings
    private var transfers: [Int: HTTPTransfer] = [:]
    private var lastID = 0

    /// Makes a client with a thread of its own.
    public init(_ settings: HTTPClientSettings = HTTPClientSettings()) {
        self.settings = settings
    }

    deinit { executor.stop() }

    /// Jobs of the actor start its thread; libcurl's callbacks find their way back through this.
    private func attach() {
        executor.attach { [weak self] id, code in self?.assumeIsolated { $0.finish(id, code) } }
    }

    /// Sends one request once and returns when the head of the response is there.
    ///
    /// The transfer ends when the body is read to its end or the response's body is let go.
    func sendOnce(_ request: HTTPRequest) async throws -> HTTPResponse {
        attach()
        lastID += 1
        let id = lastID
        let transfer = HTTPTransfer(headerLimit: settings.headerLimit)
        let easy = try CurlEasy(CurlContext(id: id, delegate: transfer))
        try CurlRequest(request, settings: settings).apply(to: easy)
        transfer.attach(easy)
        transfers[id] = transfer
        var pump: Task<Void, Never>?
        if let open = request.body.open {
            transfer.beginOutgoing()
            pump = Task { await self.pump(open, into: id) }
        }
        executor.current.add(easy)
        return try await withTaskCancellationHandler {
            while !transfer.hasHead && transfer.end == nil && transfer.failure == nil { await transfer.wait() }
            if let fault = failure(of: transfer, request) {
                pump?.cancel()
                drop(id)
                throw fault
            }
            let hold = TransferHold(client: self, id: id, pump: pump)
            return HTTPResponse(
                status: transfer.status, headers: transfer.headers, body: ByteStream { try await hold.next(request) },
                url: request.url)
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private func pump(_ open: @Sendable () async throws -> ByteStream, into id: Int) async {
        do {
            let stream = try await open()
            while let chunk = try await stream.next() {
                guard let transfer = transfers[id] else { return }
                while !transfer.wantsOutgoing && transfer.end == nil { await transfer.wait() }
                guard transfer.end == nil else { return }
                if !chunk.isEmpty { transfer.queue(chunk) }
            }
            transfers[id]?.endOutgoing(nil)
        } catch {
            transfers[id]?.endOutgoing(error)
        }
    }

    /// The next bytes of a response's body; nil at its end.
    func next(_ id: Int, _ request: HTTPRequest) async throws -> Chunk? {
        guard let transfer = transfers[id] else { return nil }
        while !transfer.hasBytes && transfer.end == nil && transfer.failure == nil { await transfer.wait() }
        if transfer.hasBytes { return transfer.take() }
        let fault = failure(of: transfer, request)
        drop(id)
        if let fault { throw fault }
        return nil
    }

    private func finish(_ id: Int, _ code: CURLcode) {
        guard let transfer = transfers[id] else { return }
        if let easy = transfer.easy { executor.current.remove(easy) }
        transfer.finish(code)
    }

    func cancel(_ id: Int) { finish(id, CURLE_ABORTED_BY_CALLBACK) }

    /// Ends a transfer, whether it is done or not.
    func drop(_ id: Int) {
        finish(id, CURLE_ABORTED_BY_CALLBACK)
        transfers[id] = nil
    }

    private func failure(of transfer: HTTPTransfer, _ request: HTTPRequest) -> (any Error)? {
        if Task.isCancelled { return CancellationError() }
        if let failure = transfer.failure { return failure }
        if let code = transfer.end, code != CURLE_OK {
            // A body that failed explains more than the transfer that it ended.
            if let source = transfer.sourceFailure { return source }
            return ConnectionFault.fault(code, request.url, isUpload: request.body.open != nil)
        }
        return nil
    }
}

/// Keeps a transfer as long as its response's body is held, and ends it afterwards.
private final class TransferHold: Sendable {
    let client: HTTPClient
    let id: Int
    let pump: Task<Void, Never>?

    init(client: HTTPClient, id: Int, pump: Task<Void, Never>?) {
        (self.client, self.id, self.pump) = (client, id, pump)
    }

    func next(_ request: HTTPRequest) async throws -> Chunk? {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            return try await client.next(id, request)
        } onCancel: { [client, id] in
            Task { await client.cancel(id) }
        }
    }

    deinit {
        pump?.cancel()
        let (client, id) = (client, id)
        Task { await client.drop(id) }
    }
}

extension HTTPRequestBody {
    /// Opens the body; nil when there is none.
    var open: (@Sendable () async throws -> ByteStream)? {
        switch self {
        case .none: nil
        case .bytes(let bytes) where bytes.isEmpty: nil
        case .bytes(let bytes): { @Sendable () async throws -> ByteStream in ByteStream(bytes) }
        case .stream(_, let open): open
        }
    }

    /// How many bytes it has; nil when that is not known.
    var length: Int64? {
        switch self {
        case .none: 0
        case .bytes(let bytes): Int64(bytes.count)
        case .stream(let length, _): length
        }
    }
}
