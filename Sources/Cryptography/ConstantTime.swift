// SPDX-License-Identifier: Apache-2.0

internal import COpenSSL

/// Comparisons whose time says nothing about what is compared.
public enum ConstantTime {
    /// Whether two strings of bytes are the same; only their lengths show in the time it takes.
    public static func areEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count else { return false }
        guard !a.isEmpty else { return true }
        return unsafe CRYPTO_memcmp(a, b, a.count) == 0
    }
}
