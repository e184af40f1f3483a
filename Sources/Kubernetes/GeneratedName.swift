// SPDX-License-Identifier: Apache-2.0

/// Names made from `metadata.generateName` (kubernetes/apiserver, storage/names).
public enum GeneratedName {
    /// Without vowels and what looks alike, so that no words come out.
    private static let letters = Array("bcdfghjklmnpqrstvwxz2456789")
    private static let count = 5

    /// The beginning, at most 58 bytes of it, and five letters.
    public static func make(from start: String, using generator: inout some RandomNumberGenerator) -> String {
        var name = String(decoding: start.utf8.prefix(63 - count), as: UTF8.self)
        for _ in 0..<count { name.append(letters[Int.random(in: letters.indices, using: &generator)]) }
        return name
    }
}
