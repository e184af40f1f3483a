// SPDX-License-Identifier: Apache-2.0

public import Basics

/// One stream of a connection: bytes in both directions, each with an end of its own.
///
/// For one reader and one writer. It is reset when nobody holds it before both ends.
public final class SPDYStream: Sendable {
    /// Its number.
    public let id: UInt32
    /// What it was opened with.
    public let headers: SPDYHeaders
    private let connection: SPDYConnection

    init(_ id: UInt32, _ headers: SPDYHeaders, _ connection: SPDYConnection) {
        (self.id, self.headers, self.connection) = (id, headers, connection)
    }

    deinit {
        Task { [id, connection] in await connection.release(id) }
    }

    /// Waits until the other side has taken the stream; throws when it has refused.
    public func waitForReply() async throws { try await connection.waitForReply(id) }

    /// Takes a stream that the other side has opened: before, nothing can be written to it.
    public func reply(_ headers: SPDYHeaders = [:]) async throws { try await connection.reply(id, headers) }

    /// The next bytes; nil at the end. Throws when the stream was reset or the connection lost; what the other side had sent
    /// before it reset the stream comes first.
    public func read() async throws -> Chunk? { try await connection.read(id) }

    /// Writes; returns when all of it is on its way.
    public func write(_ bytes: Chunk) async throws { try await connection.write(id, bytes) }

    /// Ends what is written.
    public func finish() async throws { try await connection.finish(id) }

    /// Whether the other side has ended what it writes, read or not, or reset the stream, or is gone.
    public var hasEnded: Bool { get async { await connection.hasEnded(id) } }

    /// Ends the stream in both directions, at once.
    public func reset(_ status: SPDYStatus = .cancelled) async { await connection.reset(id, status) }
}
