// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CEL

extension Library {
    /// `base64.encode(bytes)` and `base64.decode(string)`, of the standard alphabet; padding may be missing, but not in part.
    /// Line ends are skipped.
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
                        let text = try value.expectString(by: "base64.decode")
                        try budget.allocate(bytes: text.utf8.count)
                        try budget.parse(bytes: text.utf8.count)
                        guard text.isStandardBase64, let octets = [UInt8](base64: text) else {
                            throw .invalid("illegal base64 data: \(String(text.unicodeScalars.prefix(40)))")
                        }
                        return .bytes(octets)
                    })),
        ])
}

extension String {
    /// Whether padding, if there is any, is whole, and no character of the alphabet for URLs occurs, which the decoder
    /// takes too.
    fileprivate var isStandardBase64: Bool {
        var count = 0, isPadded = false
        for byte in utf8 where byte != 0x0A && byte != 0x0D {
            if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") { return false }
            isPadded = isPadded || byte == UInt8(ascii: "=")
            count += 1
        }
        return !isPadded || count % 4 == 0
    }
}
