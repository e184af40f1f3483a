// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Authentication of messages with a shared key (RFC 2104).
public enum HMAC {
    /// The 32 bytes of HMAC-SHA256. The key may have any length, none included.
    public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 0
        // OpenSSL takes nil for “the key of last time”, so an empty key needs a pointer all the same.
        let keyBytes = key.isEmpty ? [0] : key
        let done = unsafe sovereign_hmac_sha256(
            keyBytes, Int32(key.count), message, message.count, &code, &count)
        precondition(done == 1 && count == 32, "OpenSSL failed to authenticate")
        return code
    }
}
