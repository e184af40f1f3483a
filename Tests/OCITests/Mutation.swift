// SPDX-License-Identifier: Apache-2.0

/// Damages valid documents in the ways that find mistakes in parsers; the same seed gives the same damage.
struct Mutation {
    private var state: UInt64
    /// What is put in besides noise: the words of the format.
    private let words: [[UInt8]]

    init(seed: UInt64, words: [String]) {
        state = seed
        self.words = (words + Self.always).map { Array($0.utf8) }
    }

    private static let always = [
        "\"", "{", "}", "[", "]", ",", ":", "\\", "\u{0}", "\u{1B}", "ä", "🦄", "null", "-1", "1e400",
        "9223372036854775808",
        "../", "\\u0000", "\\ud800", " ", "\n", "true",
    ]

    // SplitMix64: small, fast, and the same everywhere.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    private mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(limit, 1))) }
    private mutating func range(in bytes: [UInt8]) -> Range<Int> {
        let start = below(bytes.count + 1)
        return start..<min(bytes.count, start + below(24))
    }

    /// One to four kinds of damage at once.
    mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0...below(4) {
            switch below(7) {
            case 0: if !bytes.isEmpty { bytes[below(bytes.count)] ^= UInt8(1 << below(8)) }
            case 1: bytes.removeSubrange(range(in: bytes))
            case 2: bytes.insert(contentsOf: bytes[range(in: bytes)], at: below(bytes.count + 1))
            case 3: bytes = Array(bytes.prefix(below(bytes.count + 1)))
            case 4: bytes.replaceSubrange(range(in: bytes), with: words[below(words.count)])
            case 5: if !bytes.isEmpty { bytes[below(bytes.count)] = UInt8(below(256)) }
            default: bytes.insert(contentsOf: words[below(words.count)], at: below(bytes.count + 1))
            }
        }
        return bytes
    }

    /// The same for text; what is no UTF-8 becomes U+FFFD.
    mutating func damaged(_ original: String) -> String {
        String(decoding: damaged(Array(original.utf8)), as: UTF8.self)
    }
}
