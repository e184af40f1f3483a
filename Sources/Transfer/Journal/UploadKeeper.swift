// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Glibc
internal import OCI
internal import Web
internal import WebClient

/// The other end of a `KeptUploadSender`: sends the requests whose bodies its parent hands to it.
///
/// When the parent is gone, however that came, the body that is under way ends properly with the last whole piece, and
/// where the upload goes on is noted in the journal. The journal's lock came with descriptor 3, so that the next run
/// of the transfer waits until that is done; the memory for pieces of bodies came with descriptor 4.
public enum UploadKeeper {
    /// The argument that makes a program a keeper.
    public static let argument = "--keep-upload"
    private static let bodyLimit = 64 * 1024

    /// Serves the parent until it is gone.
    public static func run() async {
        PipedProgram.blockBrokenPipeSignal()
        signal(SIGPIPE, SIG_IGN)
        guard let ring = try? SharedRing(inherited: 4, capacity: KeeperMessage.ringSize) else { return }
        let input = Input(ring)
        // One connection for all requests to one place; the settings of a place are the same throughout a run.
        var client: (http: HTTPClient, origin: Origin)?
        while let message = try? input.next(), let kept = try? KeptRequest(parsing: message) {
            let origin = kept.request.url.origin
            let http = client.flatMap { $0.origin == origin ? $0.http : nil } ?? HTTPClient(kept.settings)
            client = (http, origin)
            let answer = await send(kept, through: http, input)
            let (bytes, isWhole) = (answer.bytes, input.end())
            do throws(Fault) { try input.answer(KeeperMessage.header(bytes.count) + bytes) } catch { return }
            // After an early answer the rest of the body stands where the next request should.
            guard isWhole else { return }
        }
    }

    private static func send(_ kept: KeptRequest, through http: HTTPClient, _ input: Input) async -> KeptAnswer {
        var request = kept.request
        request.body = .source(open: { input })
        input.begin()
        do {
            let response = try await http.open(request, retry: false, followingRedirects: false)
            let body = try? await response.body.collect(limit: bodyLimit)
            if (200..<300).contains(response.status), let text = response.headers["Location"],
                let next = try? response.url.resolving(text)
            {
                try? TransferJournal.note(next.description, of: kept.key, number: kept.number, in: kept.journal)
            }
            return KeptAnswer(response: response, body: body ?? [])
        } catch {
            return .failure(Fault(wrapping: error))
        }
    }

    /// The parent's messages, and the body that it hands over.
    private final class Input: HTTPBodySource {
        private let ring: SharedRing
        /// Whether the end of the body was seen, and whether the parent is gone.
        private let state = Guarded((isOver: false, isAlone: false))
        private let input = FileHandle(takingOwnership: dup(0), path: "standard input")
        private let output = FileHandle(takingOwnership: dup(1), path: "standard output")

        init(_ ring: SharedRing) { self.ring = ring }

        func begin() { state.withLock { $0.isOver = false } }

        /// Whether the whole body was taken, so that another request may follow; the parent learns of it.
        func end() -> Bool {
            let isOver = state.withLock { $0.isOver }
            if isOver { ring.takeEnd() }
            return isOver
        }

        func next() throws(Fault) -> [UInt8]? {
            try KeeperMessage.read { count throws(Fault) in try input.readNext(exactly: count) }
        }

        func answer(_ bytes: [UInt8]) throws(Fault) { try output.write(bytes[...]) }

        func waitForBytes() throws(Fault) -> Bool {
            while ring.count == 0 {
                if ring.isOver { state.withLock { $0.isOver = true } }
                guard state.withLock({ !$0.isOver && !$0.isAlone }) else { return false }
                // Whatever was written before the parent went is there.
                if ring.readerSleeps(), try input.readNext(exactly: 4).count < 4 {
                    state.withLock { $0.isAlone = true }
                }
            }
            return true
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            let count = unsafe ring.read(into: buffer)
            // Who has gone does not need to be woken.
            if ring.mustWakeWriter() { try? output.write(KeeperMessage.header(0)[...]) }
            return count
        }
    }
}
