// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

/// A stream that hands out `bytes` in pieces of `size`.
func pieces(_ bytes: [UInt8], of size: Int) -> ByteStream {
    let position = Guarded(0)
    return ByteStream {
        position.withLock { position in
            guard position < bytes.count else { return nil }
            defer { position = min(position + size, bytes.count) }
            return bytes[position..<min(position + size, bytes.count)]
        }
    }
}

/// Bytes that do not compress, the same each time.
func noise(_ count: Int) -> [UInt8] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        unsafe withUnsafeBytes(of: state) { unsafe bytes.append(contentsOf: $0) }
    }
    return Array(bytes.prefix(count))
}

/// The code of the failure `body` ends with, nil when it does not fail.
func failure(_ body: () async throws -> Void) async -> Fault? {
    do { try await body() } catch { return Fault(wrapping: error) }
    return nil
}

let hasTar = FileSystem.exists("/bin/tar") || FileSystem.exists("/usr/bin/tar")
let hasGzip = FileSystem.exists("/bin/gzip") || FileSystem.exists("/usr/bin/gzip")
