// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Random bytes for keys and nonces.
public enum SecureRandom {
    /// So many bytes of OpenSSL's generator, which the system seeds; without randomness nothing safe can be done, so the
    /// process ends then.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // RAND_bytes counts in 32 bits, so large requests go in pieces.
        var start = 0
        while start < count {
            let size = min(count - start, 1 << 20)
            let isFilled = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
                unsafe RAND_bytes(buffer.baseAddress.map { unsafe $0 + start }, Int32(size)) == 1
            }
            precondition(isFilled, "the system gives no randomness")
            start += size
        }
        return bytes
    }
}
