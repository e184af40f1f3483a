// SPDX-License-Identifier: Apache-2.0

/// How far bytes are equal.
enum ByteComparison {
    /// How many bytes at the start of both are equal.
    static func equalStart(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        let count = min(a.count, b.count)
        // Proof: each load reads eight bytes from an offset that is at most `count - 8`.
        return unsafe a.withUnsafeBytes { a in
            unsafe b.withUnsafeBytes { b in
                var index = 0
                while index + 8 <= count {
                    let difference =
                        unsafe a.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                        ^ b.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                    if difference != 0 { return index + UInt64(littleEndian: difference).trailingZeroBitCount / 8 }
                    index += 8
                }
                while index < count, unsafe a[index] == b[index] { index += 1 }
                return index
            }
        }
    }

    /// How many bytes at the end of both are equal.
    static func equalEnd(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
        let count = min(a.count, b.count)
        var index = 0
        while index < count, a[a.count - 1 - index] == b[b.count - 1 - index] { index += 1 }
        return index
    }

    /// Where, at equal places of both, `run` equal bytes begin; nil when they nowhere do.
    static func firstRun(of run: Int, _ a: Span<UInt8>, _ b: Span<UInt8>) -> Int? {
        let count = min(a.count, b.count)
        var (start, index) = (0, 0)
        while index < count {
            if a[index] != b[index] { start = index + 1 }
            index += 1
            if index - start == run { return start }
        }
        return nil
    }
}
