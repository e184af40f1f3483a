// SPDX-License-Identifier: Apache-2.0

/// 64 bits that differ for most different chunks. Whoever finds an equal one compares the bytes: it is no proof.
enum ChunkFingerprint {
    static func of(_ bytes: Span<UInt8>) -> UInt64 { unsafe bytes.withUnsafeBufferPointer { unsafe of($0) } }

    private static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        // Proof: each load reads eight bytes from an offset that is at most `count - 8`, and the rest byte by byte.
        let count = bytes.count
        guard let start = unsafe UnsafeRawPointer(bytes.baseAddress) else { return 0 }
        // Four lanes, so that multiplications need not wait for one another.
        var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (UInt64(count), 2, 3, 4)
        var offset = 0
        while offset + 32 <= count {
            a = unsafe mix(a, (start + offset).loadUnaligned(as: UInt64.self))
            b = unsafe mix(b, (start + offset + 8).loadUnaligned(as: UInt64.self))
            c = unsafe mix(c, (start + offset + 16).loadUnaligned(as: UInt64.self))
            d = unsafe mix(d, (start + offset + 24).loadUnaligned(as: UInt64.self))
            offset += 32
        }
        while offset + 8 <= count {
            a = unsafe mix(a, (start + offset).loadUnaligned(as: UInt64.self))
            offset += 8
        }
        while offset < count {
            b = unsafe mix(b, UInt64(bytes[offset]))
            offset += 1
        }
        return mix(mix(a, b), mix(c, d))
    }

    private static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
        let mixed = (state ^ value) &* 0x9E37_79B9_7F4A_7C15
        return mixed ^ (mixed >> 29)
    }
}
