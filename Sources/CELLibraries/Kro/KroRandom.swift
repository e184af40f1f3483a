// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import Cryptography

extension Library {
    /// `random.seededString(length, seed)` and `random.seededInt(min, max, seed)` of kro: the same seed gives the same
    /// result, here and there.
    public static let kroRandom = Library(
        "random",
        functions: [
            Function(
                "random.seededString",
                .function(
                    "random.seededString_int_string", [.int, .string], .string,
                    .binary { length, seed, budget throws(EvaluationError) in
                        let length = try length.expectInt(by: "random.seededString")
                        let seed = try seed.expectString(by: "random.seededString")
                        guard length > 0 else { throw .invalid("random.seededString length must be positive") }
                        try budget.read(bytes: seed.utf8.count)
                        try budget.allocate(bytes: Int(length))
                        return .string(seededString(length: Int(length), seed: seed))
                    })),
            Function(
                "random.seededInt",
                .function(
                    "random.seededInt_int_int_string", [.int, .int, .string], .int,
                    .variadic { arguments, budget throws(EvaluationError) in
                        let low = try arguments[0].expectInt(by: "random.seededInt")
                        let high = try arguments[1].expectInt(by: "random.seededInt")
                        let seed = try arguments[2].expectString(by: "random.seededInt")
                        guard low < high else { throw .invalid("random.seededInt min must be less than max") }
                        try budget.read(bytes: seed.utf8.count)
                        return .int(seededInt(from: low, below: high, seed: seed))
                    })),
        ])
}

private let alphabet = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)

private func digest(_ seed: String) -> [UInt8] { Digest(of: Array(seed.utf8)).bytes }

/// Each four bytes of the digest choose a character. The digest has eight such groups and kro goes round them, so the
/// text repeats after eight characters; changing that would rename what users have deployed.
private func seededString(length: Int, seed: String) -> String {
    let digest = digest(seed)
    let cycle = stride(from: 0, to: digest.count, by: 4).map { start in
        alphabet[Int(bigEndian(digest[start..<(start + 4)]) % UInt64(alphabet.count))]
    }
    let whole = repeatElement(cycle, count: length / cycle.count).joined()
    return String(decoding: Array(whole) + cycle.prefix(length % cycle.count), as: UTF8.self)
}

private func seededInt(from low: Int64, below high: Int64, seed: String) -> Int64 {
    // The distance of two signed numbers always fits without a sign, and wrapping brings the sum back into range.
    let distance = UInt64(bitPattern: high &- low)
    return low &+ Int64(bitPattern: bigEndian(digest(seed)[..<8]) % distance)
}

private func bigEndian(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
