// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Keeps a transfer as long as its response's body is held, and ends it afterwards.
final class TransferHold: Sendable {
    private enum State { case open, ended, closed, failed(any Error) }

    private let client: HTTPClient
    private let id: Int
    private let received: ReceivedBytes
    private let pump: Task<Void, Never>?
    private let state = Guarded(State.open)

    init(client: HTTPClient, id: Int, received: ReceivedBytes, pump: Task<Void, Never>?) {
        (self.client, self.id, self.received, self.pump) = (client, id, received, pump)
    }

    /// The next bytes of the body, nil at its end and ever after; a failure is thrown again each time.
    func next() async throws -> Chunk? {
        switch state.withLock({ $0 }) {
        case .open: break
        case .ended: return nil
        case .closed: throw Fault(.cancelled, "the body of a response was read after its request had ended")
        case .failed(let error): throw error
        }
        do {
            let chunk = try await withTaskCancellationHandler {
                try Task.checkCancellation()
                return try await client.next(id, received)
            } onCancel: { [client, id] in
                Task { await client.cancel(id) }
            }
            if chunk == nil { state.withLock { $0 = .ended } }
            return chunk
        } catch {
            state.withLock { if case .open = $0 { $0 = .failed(error) } }
            throw error
        }
    }

    /// Ends the transfer, and the reading of the request's body with it.
    func close() async {
        state.withLock { if case .open = $0 { $0 = .closed } }
        pump?.cancel()
        await client.drop(id)
        await pump?.value
    }

    /// Reads what little is left, so that the connection can be used again.
    func discard(atMost limit: Int) async {
        var left = limit
        while left > 0, let chunk = try? await next() { left -= chunk.count }
        await close()
    }

    deinit {
        pump?.cancel()
        Task { [client, id] in await client.drop(id) }
    }
}
