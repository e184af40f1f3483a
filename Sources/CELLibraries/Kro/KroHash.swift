// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import Cryptography

extension Library {
    /// `hash.fnv64a(string)`, `hash.sha256(string)` and `hash.md5(string)` of kro; each gives bytes.
    ///
    /// None but SHA-256 withstands somebody who looks for collisions.
    public static let kroHash = Library(
        "hash",
        functions: [
            hash("fnv64a") { octets in
                let value = octets.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
                return stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
            },
            hash("sha256") { Digest(of: $0).bytes },
            hash("md5") { MD5.hash($0) },
        ])

    private static func hash(_ name: String, _ body: @escaping @Sendable ([UInt8]) -> [UInt8]) -> Function {
        Function(
            "hash.\(name)",
            .function(
                "hash.\(name)_string", [.string], .bytes,
                .string(for: "hash.\(name)") { text, budget throws(EvaluationError) in
                    try budget.allocate(bytes: text.utf8.count)
                    return .bytes(body(Array(text.utf8)))
                }))
    }
}
