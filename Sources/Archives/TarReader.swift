// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Reads a tar member by member as it arrives; there is one reader.
///
/// Strict: a wrong checksum, a negative size, a NUL byte in a name, a sparse member, an absolute path or one with
/// `..`, a path that comes twice, a missing end, anything but zeros behind the end: each throws a failure that names
/// the archive. Links are returned as such; whoever has no use for them refuses them.
/// ustar, pax and GNU headers are understood (POSIX.1-2017, pax; GNU tar manual, “Basic Tar Format”).
public final class TarReader: Sendable {
    private struct State: Sendable {
        var parser: TarHeaderParser
        var entry: TarEntry?
        /// Counts members, so that the stream of a member passed by can be told from that of the present one.
        var number = 0
        var contentLeft: Int64 = 0
        var padding = 0
        var hasEnded = false
    }
    private let reader: ChunkReader
    private let state: Guarded<State>
    private let source: String

    /// Reads a stream.
    ///
    /// - Parameter source: names the archive in messages.
    public init(_ stream: ByteStream, source: String, limits: ArchiveLimits = .standard) {
        self.source = source
        reader = ChunkReader(stream)
        state = Guarded(State(parser: TarHeaderParser(source: source, limits: limits)))
    }

    /// The next member, nil behind the last; content that was not read is passed over.
    public func next() async throws -> TarEntry? {
        let (left, hasEnded) = state.withLock { state in
            state.number += 1
            defer { (state.contentLeft, state.padding) = (0, 0) }
            return (state.contentLeft + Int64(state.padding), state.hasEnded)
        }
        guard !hasEnded else { return nil }
        guard try await reader.skip(left) == 0 else { throw truncated() }
        while true {
            let block = try await reader.bytes(TarField.blockSize)
            guard block.count == TarField.blockSize else { throw truncated() }
            switch try state.withLock({ state throws(Fault) in try state.parser.accept(block) }) {
            case .metadata(let size):
                let bytes = try await reader.bytes(size)
                guard bytes.count == size, try await reader.skip(Int64(TarField.padding(Int64(size)))) == 0 else {
                    throw truncated()
                }
                try state.withLock { state throws(Fault) in try state.parser.acceptMetadata(bytes) }
            case .entry(let entry):
                state.withLock { state in
                    (state.entry, state.contentLeft) = (entry, entry.size)
                    state.padding = TarField.padding(entry.size)
                }
                return entry
            case .end:
                state.withLock { state in (state.hasEnded, state.entry) = (true, nil) }
                try await readToTheEnd()
                return nil
            }
        }
    }

    /// The content of the member that `next` returned last; it ends, or throws, when `next` is called again.
    public func content() -> ByteStream {
        let number = state.withLock { $0.number }
        return ByteStream { [self] in
            let left = try state.withLock { state throws(Fault) in
                guard state.number == number else {
                    throw Fault(.internal, "the content of a member of \(source) was read after the member was left")
                }
                return state.contentLeft
            }
            guard left > 0 else { return nil }
            guard let piece = try await reader.piece(upTo: Int(clamping: left)) else { throw truncated() }
            state.withLock { $0.contentLeft -= Int64(piece.count) }
            return piece
        }
    }

    /// Writers fill the last record with zeros; reading on lets a checked stream below make its last check.
    private func readToTheEnd() async throws {
        var padding = 0
        while let piece = try await reader.piece(upTo: Chunk.preferredSize) {
            padding += piece.count
            guard padding <= TarEnd.paddingLimit, TarEnd.isZero(piece) else { throw TarEnd.garbage(source) }
        }
    }

    private func truncated() -> Fault {
        let member = state.withLock { $0.entry.map { ", in or behind “\($0.path)”" } ?? "" }
        return Fault(.invalid, "\(source) ends too early\(member)", fix: "get the archive again from its origin")
    }
}

/// What may stand behind the last member.
enum TarEnd {
    /// More than any blocking factor in use fills up.
    static let paddingLimit = 4 << 20

    static func isZero(_ bytes: Chunk) -> Bool { bytes.allSatisfy { $0 == 0 } }

    static func garbage(_ source: String) -> Fault {
        Fault(
            .invalid, "\(source) goes on behind the end of the archive", fix: "get the archive again from its origin")
    }
}
