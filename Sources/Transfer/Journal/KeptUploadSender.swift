// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import OCI
public import Web
public import WebClient

/// Sends the bytes of large blobs through another process, which ends the request properly when this one is killed.
///
/// Registries of the distribution project forget an upload whose connection breaks, though they have its bytes: the
/// session's URL says how many there should be. A request that ends well gets a URL to go on with. So the process that
/// speaks to the registry is not the one that reads, verifies and may die of it; it is this program again, with
/// `UploadKeeper.argument`, one for each upload that runs at the same time.
public final class KeptUploadSender: UploadSender {
    private let program: String
    private let journal: TransferJournal
    private let settings: HTTPClientSettings
    private let idle = Guarded<[Keeper]>([])

    /// - Parameters:
    ///   - program: the program to start, which hands over to `UploadKeeper` for the one argument.
    ///   - settings: how to speak to registries.
    public init(program: String, journal: TransferJournal, settings: HTTPClientSettings) {
        (self.program, self.journal, self.settings) = (program, journal, settings)
    }

    public func send(_ request: HTTPRequest, of key: UploadKey) async throws -> HTTPResponse {
        guard let (number, lock) = journal.handover(key) else {
            throw Fault(.internal, "an upload is sent that the journal does not know")
        }
        let keeper = try idle.withLock { $0.popLast() } ?? Keeper(program, lock: lock)
        let kept = KeptRequest(request, key: key, number: number, journal: journal.path, settings: settings)
        let answer = try await withTaskCancellationHandler {
            try await keeper.exchange(kept.bytes, body: request.body)
        } onCancel: {
            keeper.stop()
        }
        if keeper.isUsable { idle.withLock { $0.append(keeper) } }
        switch answer {
        case .failure(let fault): throw fault
        case .response(let status, let headers, let body):
            return HTTPResponse(status: status, headers: headers, body: ByteStream(body), url: request.url)
        }
    }
}

/// One process and the thread that talks to it.
private final class Keeper: Sendable {
    private struct State: Sendable {
        var job: (@Sendable () -> Void)?
        var isOver = false
        var isUsable = true
    }
    private let process: PipedProgram
    private let state = Guarded(State())
    private let wake = Semaphore()

    init(_ program: String, lock: Int32) throws(Fault) {
        process = try PipedProgram([program, UploadKeeper.argument], inheriting: lock)
        let (state, wake) = (state, wake)
        startThread {
            PipedProgram.blockBrokenPipeSignal()
            while true {
                wake.wait()
                let (job, isOver) = state.withLock { ($0.job.take(), $0.isOver) }
                if let job { job() } else if isOver { return }
            }
        }
    }

    deinit {
        state.withLock { $0.isOver = true }
        wake.signal()
    }

    /// Whether another request may follow.
    var isUsable: Bool { state.withLock { $0.isUsable } }

    /// Lets no other request follow: the keeper meets the end of its input when the last reference is gone.
    private func abandon() { state.withLock { $0.isUsable = false } }

    /// Ends the process, and with it whatever waits for it.
    func stop() {
        abandon()
        process.stop()
    }

    /// Hands a request and its body over, and returns what came of it.
    func exchange(_ request: [UInt8], body: HTTPRequestBody) async throws -> KeptAnswer {
        var isReading = try await write(request)
        if isReading, case .stream(_, let open) = body {
            let stream = try await open()
            while isReading, let chunk = try await stream.next() {
                var rest = chunk
                while isReading, !rest.isEmpty {
                    let piece = rest.prefix(KeeperMessage.pieceLimit)
                    isReading = try await write(piece)
                    rest = rest.dropFirst(piece.count)
                }
            }
        }
        if isReading { isReading = try await write([]) }
        if !isReading { abandon() }
        let process = process
        guard
            let answer = try await perform({ () throws(Fault) in
                try KeeperMessage.read { count throws(Fault) in try process.read(exactly: count) }
            })
        else {
            abandon()
            throw Fault(.unavailable, "the process that sends an upload has ended", fix: "run it again")
        }
        return try KeptAnswer(parsing: answer)
    }

    private func write(_ piece: [UInt8]) async throws -> Bool { try await write(piece[...]) }

    /// Writes one piece; false when the keeper reads no more, since it has its answer.
    private func write(_ piece: Chunk) async throws -> Bool {
        let process = process
        return try await perform { () throws(Fault) in
            do throws(Fault) {
                try process.write(KeeperMessage.header(piece.count)[...])
                if !piece.isEmpty { try process.write(piece) }
                return true
            } catch { return false }
        }
    }

    /// Runs something that blocks on the keeper's thread.
    private func perform<Value: Sendable>(_ work: @Sendable @escaping () throws(Fault) -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                state.job = {
                    do throws(Fault) { continuation.resume(returning: try work()) } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
            wake.signal()
        }
    }
}
