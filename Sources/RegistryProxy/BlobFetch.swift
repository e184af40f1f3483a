// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry

/// A blob on its way from an upstream into the registry, which any number of readers follow while it comes.
///
/// Readers read the file that the blob is written to, each at its own pace, so that a slow one holds nobody up and nothing
/// is kept in memory. The last byte is given to nobody before all bytes are known to be right.
actor BlobFetch {
    nonisolated let size: Int64
    private let file: SharedFile
    private var written: Int64 = 0
    private var outcome: Result<Void, Fault>?
    private var readers = 0
    private var isAbandoned = false
    private var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    private var lastID = 0
    private var task: Task<Void, Never>?

    /// How many bytes a reader takes at a time.
    private static let step = 256 * 1024

    init(_ session: UploadSession, size: Int64) throws(Fault) {
        (file, self.size) = (try session.openData(), size)
    }

    /// Begins; `work` moves the bytes, calls `note` with how many there are, and returns when the blob is stored.
    func start(_ work: @escaping @Sendable (BlobFetch) async throws -> Void) {
        task = Task {
            do {
                try await work(self)
                self.end(.success(()))
            } catch {
                self.end(.failure(Fault(wrapping: error)))
            }
        }
    }

    /// So many bytes stand in the file.
    func note(_ count: Int64) {
        written = count
        wake()
    }

    private func end(_ outcome: Result<Void, Fault>) {
        self.outcome = outcome
        wake()
    }

    private func wake() {
        for continuation in waiting.values { continuation.resume() }
        waiting = [:]
    }

    /// A reader comes; false when the fetch was given up.
    func join() -> Bool {
        guard !isAbandoned else { return false }
        readers += 1
        return true
    }

    /// A reader goes. When none is left, what is not half there yet is given up.
    func leave() {
        readers -= 1
        guard readers == 0, outcome == nil, written * 2 < size else { return }
        isAbandoned = true
        task?.cancel()
    }

    /// Returns when the blob is stored; throws what kept it from that.
    func finish() async throws {
        while outcome == nil { try await pause() }
        try outcome?.get()
    }

    /// How far may be read, once that is beyond a position; throws when the fetch fails.
    private func readable(beyond position: Int64) async throws -> Int64 {
        while true {
            if let outcome {
                try outcome.get()
                return size
            }
            let limit = min(written, size - 1)
            if limit > position { return limit }
            try await pause()
        }
    }

    private func pause() async throws {
        try Task.checkCancellation()
        lastID += 1
        let id = lastID
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiting[id] = continuation }
            }
        } onCancel: {
            Task { await self.release(id) }
        }
        try Task.checkCancellation()
    }

    private func release(_ id: Int) { waiting.removeValue(forKey: id)?.resume() }

    /// The bytes of a range as they come, for a reader that has joined; it leaves when the stream is let go.
    nonisolated func stream(_ range: Range<Int64>) -> ByteStream {
        let place = ReadingPlace(self, range.lowerBound)
        return ByteStream {
            let position = place.position
            guard position < range.upperBound else { return nil }
            let end = min(try await self.readable(beyond: position), range.upperBound)
            let bytes = try self.file.read(at: position, upTo: Int(min(Int64(Self.step), end - position)))
            guard !bytes.isEmpty else { throw Fault(.internal, "a blob on its way became shorter") }
            place.advance(bytes.count)
            return Chunk(bytes)
        }
    }
}

/// Where a reader stands.
private final class ReadingPlace: Sendable {
    private let fetch: BlobFetch
    private let place: Guarded<Int64>

    init(_ fetch: BlobFetch, _ position: Int64) { (self.fetch, place) = (fetch, Guarded(position)) }

    var position: Int64 { place.withLock { $0 } }
    func advance(_ count: Int) { place.withLock { $0 += Int64(count) } }

    deinit {
        let fetch = fetch
        Task { await fetch.leave() }
    }
}
