// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Random numbers of the system, fetched many at once: a call into the kernel for each identifier would cost more than
/// the span.
struct RandomWords: RandomNumberGenerator, Sendable {
    private static let rest = Guarded<[UInt64]>([])
    private static let count = 32

    func next() -> UInt64 {
        Self.rest.withLock { rest in
            if rest.isEmpty { rest = Self.fetch() }
            return rest.removeLast()
        }
    }

    private static func fetch() -> [UInt64] {
        // Proof: the buffer has room for `count` words; getentropy(3) fills what it is asked for, up to 256 bytes, or fails.
        let words = unsafe [UInt64](unsafeUninitializedCapacity: count) { buffer, filled in
            guard let start = buffer.baseAddress else { return }
            if unsafe getentropy(start, count * 8) == 0 { filled = count }
        }
        if !words.isEmpty { return words }
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in generator.next() }
    }
}
