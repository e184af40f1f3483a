// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL

extension Library {
    /// `base64.encode(bytes)` and `base64.decode(string)`; padding may be missing, anything else may not.
    public static let encoders = Library(
        "encoders",
        functions: [
            Function(
                "base64.encode",
                .function(
                    "base64_encode_bytes", [.bytes], .string,
                    .unary { value, budget throws(EvaluationError) in
                        guard case .bytes(let octets) = value else { throw .noSuchOverload("base64.encode", value) }
                        try budget.allocate(bytes: octets.count * 4 / 3 + 4)
                        return .string(octets.base64)
                    })),
            Function(
                "base64.decode",
                .function(
                    "base64_decode_string", [.string], .bytes,
                    .unary { value, budget throws(EvaluationError) in
                        guard case .string(let text) = value else { throw .noSuchOverload("base64.decode", value) }
                        try budget.allocate(bytes: text.utf8.count)
                        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
                        guard let octets = [UInt8](base64: text + padding) else {
                            throw .invalid("illegal base64 data: \(String(text.unicodeScalars.prefix(40)))")
                        }
                        return .bytes(octets)
                    })),
        ])
}
