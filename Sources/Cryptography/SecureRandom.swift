// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Random bytes for keys and nonces.
public enum SecureRandom {
    /// So many bytes of OpenSSL's generator.
    public static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        precondition(unsafe RAND_bytes(&bytes, Int32(count)) == 1, "the system gives no randomness")
        return bytes
    }
}
