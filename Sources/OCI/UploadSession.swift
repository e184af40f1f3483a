// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web

/// A place in a registry where the bytes of a blob gather (OCI distribution specification 1.1, “Pushing a blob in
/// chunks”), and how far they have come.
struct UploadSession: Sendable {
    /// Where the next request goes.
    var location: HTTPURL
    /// How many bytes the registry has.
    var received: Int64 = 0
    /// The digest's state at or before `received`; nil stands for the start of the blob.
    var state: DigestState?

    /// Where reading the source begins.
    var start: Int64 { state?.offset ?? 0 }

    /// Reads `0-1023` as 1024 bytes; `bytes=0-1023` is also written. Nil for anything else.
    ///
    /// Docker's registry says `0-0` for nothing as well as for one byte: that is no place to go on from.
    static func received(_ field: String?) -> Int64? {
        guard var text = field?.trimmed[...] else { return nil }
        if text.hasPrefix("bytes=") { text = text.dropFirst(6) }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends[0] == "0", let last = ContentRange.number(ends[1]), last > 0, last < .max else {
            return nil
        }
        return last + 1
    }
}

/// Ends the body of an upload early but properly, so that the registry keeps what it got and says where it stands.
///
/// A connection that just breaks makes Docker's registry forget the session, though it has the bytes.
final class UploadBody: Sendable {
    private struct State {
        var isEnding = false
        var failure: (any Error)?
    }
    private let state = Guarded(State())

    /// What made the source fail, if it did.
    var failure: (any Error)? { state.withLock { $0.failure } }
    /// Whether the body has ended before its source.
    var isCut: Bool { state.withLock { $0.isEnding || $0.failure != nil } }

    /// Ends the body behind the piece that is under way.
    func end() { state.withLock { $0.isEnding = true } }

    /// The bytes of the source; a failure of the source ends them.
    func stream(_ open: @Sendable () async throws -> ByteStream) async -> ByteStream {
        let source: ByteStream
        do { source = try await open() } catch {
            state.withLock { $0.failure = error }
            return ByteStream([])
        }
        return ByteStream { [state] in
            guard !state.withLock({ $0.isEnding || $0.failure != nil }) else { return nil }
            do { return try await source.next() } catch {
                state.withLock { $0.failure = error }
                return nil
            }
        }
    }
}
