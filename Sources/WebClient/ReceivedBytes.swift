// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl

/// The bytes of a response that wait for their reader. libcurl's thread adds and a task takes, and while there are
/// enough of them neither waits for the other.
final class ReceivedBytes: Sendable {
    /// What became of bytes that came.
    enum Addition { case taken, takenAndFull, refused }

    private struct State: Sendable {
        var bytes: [UInt8] = []
        /// Whether the reader may have bytes that are fewer than it is worth waking it for.
        var isDelivered = false
        var isPaused = false
        var hasEnded = false
        var readers: [CheckedContinuation<Void, Never>] = []

        /// Whether there is something for the reader.
        var isReady: Bool { hasEnded || bytes.count >= Chunk.preferredSize || isDelivered && !bytes.isEmpty }
    }
    private let state = Guarded(State())
    /// How many bytes wait for the reader before the sender is slowed. What libcurl has read by then still comes: at the
    /// most as many again.
    private static let limit = 512 * 1024

    /// Whether the transfer waits until there is room.
    var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Adds bytes; whether the transfer has to be paused, and whether these have to come again.
    func add(_ bytes: UnsafeRawBufferPointer) -> Addition {
        change { state in
            guard state.bytes.isEmpty || state.bytes.count + bytes.count <= 2 * Self.limit else {
                state.isPaused = true
                return .refused
            }
            if state.bytes.isEmpty { state.bytes.reserveCapacity(Self.limit + Int(CURL_MAX_WRITE_SIZE)) }
            unsafe state.bytes.append(contentsOf: bytes)
            guard state.bytes.count >= Self.limit, !state.isPaused else { return .taken }
            state.isPaused = true
            return .takenAndFull
        }
    }

    /// Lets the reader have what there is.
    func deliver() { change { $0.isDelivered = !$0.bytes.isEmpty } }

    /// Says that nothing more comes.
    func end() { change { $0.hasEnded = true } }

    private func change<Result: Sendable>(_ work: (inout State) -> Result) -> Result {
        let (result, woken) = state.withLock { state in
            let result = work(&state)
            let woken = state.isReady ? state.readers : []
            if state.isReady { state.readers = [] }
            return (result, woken)
        }
        for reader in woken { reader.resume() }
        return result
    }

    /// Waits for bytes and takes them, with whether the transfer was paused for want of room and has to be let go on;
    /// nil when there are none left.
    func next() async -> (chunk: Chunk, wasPaused: Bool)? {
        while !state.withLock({ $0.isReady }) {
            await withCheckedContinuation { reader in
                let isReady = state.withLock { state in
                    if !state.isReady { state.readers.append(reader) }
                    return state.isReady
                }
                if isReady { reader.resume() }
            }
        }
        return state.withLock { state in
            guard !state.bytes.isEmpty else { return nil }
            defer { (state.bytes, state.isDelivered, state.isPaused) = ([], false, false) }
            return (state.bytes[...], state.isPaused)
        }
    }
}
