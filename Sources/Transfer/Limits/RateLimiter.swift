// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Lets bytes pass at a rate, over all streams of a run together: a token bucket.
///
/// In any span of `t` seconds no more pass than the rate times `t`, and once what may come at a stroke: a quarter of
/// a second's worth. Who asks first is served first.
public final class RateLimiter: Sendable {
    /// The rate.
    public let rate: ByteRate
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    /// When all that was let through is paid for.
    private let paid: Guarded<Duration>

    /// What may come at a stroke.
    private static let burst = Duration.milliseconds(250)

    /// A limiter by a clock.
    public init<C: Clock>(_ rate: ByteRate, clock: C = ContinuousClock()) where C.Duration == Duration {
        let start = clock.now
        self.rate = rate
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(until: start.advanced(by: $0), tolerance: nil) }
        paid = Guarded(.zero - Self.burst)
    }

    /// How many bytes are asked for at a time, so that several streams take turns; a tenth of a second's worth, within
    /// bounds that keep system calls few and chunks small.
    public var pieceSize: Int { Int(min(Int64(Chunk.preferredSize), max(1024, rate.bytesPerSecond / 10))) }

    /// Waits until so many bytes may pass. What a task asked for that was cancelled while it waited is lost.
    public func pass(_ bytes: Int) async throws {
        let moment = now()
        let due = paid.withLock { paid in
            let begin = max(paid, moment - Self.burst)
            paid = begin + .seconds(Double(bytes) / Double(rate.bytesPerSecond))
            return paid
        }
        if due > moment { try await sleep(due) } else { try Task.checkCancellation() }
    }

    /// A stream whose bytes pass at the rate.
    public func limit(_ stream: ByteStream) -> ByteStream {
        let rest = Guarded<Chunk>([])
        return ByteStream { [self] in
            var chunk = rest.withLock { $0 }
            if chunk.isEmpty {
                guard let next = try await stream.next() else { return nil }
                chunk = next
            }
            let piece = chunk.prefix(pieceSize), left = chunk.dropFirst(pieceSize)
            rest.withLock { $0 = left }
            try await pass(piece.count)
            return piece
        }
    }
}
