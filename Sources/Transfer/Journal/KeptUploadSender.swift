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
        /// The length of an answer that came where room was waited for.
        var early: Int?
    }
    private let process: PipedProgram
    private let ring: SharedRing
    private let state = Guarded(State())
    private let wake = Semaphore()

    init(_ program: String, lock: Int32) throws(Fault) {
        ring = try SharedRing(capacity: KeeperMessage.ringSize)
        process = try PipedProgram([program, UploadKeeper.argument], inheriting: [lock, ring.descriptor])
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
        ring.begin()
        var isReading = try await perform { [self] () throws(Fault) in
            write(KeeperMessage.header(request.count) + request)
        }
        if isReading, case .stream(_, let open) = body {
            let stream = try await open()
            while isReading, let chunk = try await stream.next() { isReading = try await hand(chunk) }
        }
        ring.end()
        if ring.mustWakeReader() { isReading = write(KeeperMessage.header(0)) && isReading }
        guard let answer = try await perform({ [self] () throws(Fault) in try answer() }) else {
            abandon()
            throw Fault(.unavailable, "the process that sends an upload has ended", fix: "run it again")
        }
        // After an early answer the rest of the body stands where the next should.
        if !isReading || !ring.isEndTaken { abandon() }
        return try KeptAnswer(parsing: answer)
    }

    /// Writes bytes; false when the keeper reads no more, since it has its answer. Blocks for a request; an empty piece
    /// always finds room, since there is one for each sleep of the keeper.
    private func write(_ bytes: [UInt8]) -> Bool {
        PipedProgram.blockBrokenPipeSignal()
        do throws(Fault) {
            try process.write(bytes[...])
            return true
        } catch { return false }
    }

    /// Hands a piece of the body over when there is room for it; false when the keeper reads no more.
    private func hand(_ piece: Chunk) async throws -> Bool {
        var rest = piece
        while true {
            rest = rest.dropFirst(ring.write(rest))
            if ring.mustWakeReader(), !write(KeeperMessage.header(0)) { return false }
            if rest.isEmpty { return true }
            if ring.writerSleeps(), try await !perform({ [self] () throws(Fault) in try waitForRoom() }) {
                return false
            }
        }
    }

    /// Sleeps until the keeper has made room; false when it has answered or ended. Blocks.
    private func waitForRoom() throws(Fault) -> Bool {
        guard let count = KeeperMessage.count(try process.read(exactly: 4)) else { return false }
        if count > 0 { state.withLock { $0.early = count } }
        return count == 0
    }

    /// The answer; nil when the keeper has ended without one. Blocks.
    private func answer() throws(Fault) -> [UInt8]? {
        if let early = state.withLock({ $0.early.take() }) {
            guard early <= KeeperMessage.pieceLimit else {
                throw Fault(.invalid, "an answer of the keeper of an upload is too large")
            }
            let bytes = try process.read(exactly: early)
            return bytes.count == early ? bytes : nil
        }
        return try KeeperMessage.read { count throws(Fault) in try process.read(exactly: count) }
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
