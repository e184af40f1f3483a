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
        guard let ring = try? SharedMemory(inherited: 4, size: KeeperMessage.ringSize) else { return }
        let input = Input(ring)
        // One connection for all requests to one place; the settings of a place are the same throughout a run.
        var client: (http: HTTPClient, origin: Origin)?
        while let message = try? input.next(), let kept = try? KeptRequest(parsing: message) {
            let origin = kept.request.url.origin
            let http = client.flatMap { $0.origin == origin ? $0.http : nil } ?? HTTPClient(kept.settings)
            client = (http, origin)
            let answer = await send(kept, through: http, input)
            let bytes = answer.bytes
            do throws(Fault) {
                try Self.write(KeeperMessage.header(bytes.count) + bytes)
            } catch { return }
            // After an early answer the rest of the body stands where the next request should.
            guard input.isAtEnd else { return }
        }
    }

    private static func send(_ kept: KeptRequest, through http: HTTPClient, _ input: Input) async -> KeptAnswer {
        var request = kept.request
        input.begin()
        request.body = .stream(length: nil, open: { ByteStream { try input.piece() } })
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

    fileprivate static func write(_ bytes: [UInt8]) throws(Fault) {
        let output = FileHandle(takingOwnership: dup(1), path: "standard output")
        try output.write(bytes[...])
    }

    /// The parent's messages.
    private final class Input: Sendable {
        private let isBodyOver = Guarded(true)
        private let pieces = Guarded(0)
        private let ring: SharedMemory
        private let handle = FileHandle(takingOwnership: dup(0), path: "standard input")

        init(_ ring: SharedMemory) { self.ring = ring }

        var isAtEnd: Bool { isBodyOver.withLock { $0 } }
        func begin() { isBodyOver.withLock { $0 = false } }

        func next() throws(Fault) -> [UInt8]? {
            try KeeperMessage.read { count throws(Fault) in try handle.readNext(exactly: count) }
        }

        /// A piece of the body; nil at its end, and when the parent is gone.
        func piece() throws(Fault) -> Chunk? {
            guard !isAtEnd else { return nil }
            let header = try handle.readNext(exactly: 4)
            guard let count = KeeperMessage.count(header), count > 0 else {
                isBodyOver.withLock { $0 = true }
                return nil
            }
            guard count <= KeeperMessage.slotSize else {
                throw Fault(.invalid, "a piece for the keeper of an upload is too large")
            }
            let number = pieces.withLock { pieces in
                defer { pieces += 1 }
                return pieces
            }
            let piece = ring.read(at: KeeperMessage.offset(ofPiece: number), count: count)
            // Who has gone does not need the slot back.
            try? UploadKeeper.write(KeeperMessage.header(0))
            return piece[...]
        }
    }
}
