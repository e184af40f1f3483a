// SPDX-License-Identifier: Apache-2.0

internal import Cryptography

/// What stands for a credential in tables: HMAC-SHA256 with a key of this process, from which nobody finds it out.
struct CredentialKey: Hashable, Sendable {
    private let parts: SIMD4<UInt64>

    init(_ credential: [UInt8], secret: [UInt8]) {
        let code = HMAC.sha256(credential, key: secret)
        var parts = SIMD4<UInt64>()
        for index in 0..<32 { parts[index / 8] = parts[index / 8] << 8 | UInt64(code[index]) }
        self.parts = parts
    }
}
