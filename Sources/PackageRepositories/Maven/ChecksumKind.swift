// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// The checksums that repositories keep beside a file, weakest first; the name is also the file's extension.
public enum ChecksumKind: String, Sendable, CaseIterable {
    /// MD5: shows damage, proves nothing.
    case md5
    /// SHA-1: shows damage, proves nothing.
    case sha1
    /// SHA-256.
    case sha256
    /// SHA-512.
    case sha512

    /// How many hexadecimal digits it has.
    var digits: Int {
        switch self {
        case .md5: 32
        case .sha1: 40
        case .sha256: 64
        case .sha512: 128
        }
    }

    /// The value in a checksum file: hexadecimal digits alone, before a file's name, or behind `SHA1(name) =`.
    ///
    /// Nil when the text holds anything else, such as the web page that some servers answer with for every address.
    func value(in text: [UInt8]) -> String? {
        let isDigits = { (word: Substring) in word.utf8.count == digits && [UInt8](hex: word) != nil }
        let words = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\t" || $0.isNewline }
        guard let first = words.first, let last = words.last, words.count <= 3 else { return nil }
        if isDigits(first) { return first.lowercased() }
        return first.contains("(") && isDigits(last) ? last.lowercased() : nil
    }
}

/// All checksums of one content in the making.
struct ChecksumHasher: ~Copyable, Sendable {
    private var sha256 = DigestHasher(.sha256)
    private var sha512 = DigestHasher(.sha512)
    private var sha1 = LegacyChecksumHasher(.sha1)
    private var md5 = LegacyChecksumHasher(.md5)

    mutating func update(_ bytes: Chunk) {
        sha256.update(bytes)
        sha512.update(bytes)
        sha1?.update(bytes)
        md5?.update(bytes)
    }

    /// The values; without those that OpenSSL is set up to refuse.
    consuming func finalize() -> [ChecksumKind: String] {
        var values: [ChecksumKind: String] = [:]
        values[.sha256] = sha256.finalize().hex
        values[.sha512] = sha512.finalize().hex
        if let sha1 = consume sha1 { values[.sha1] = sha1.finalize() }
        if let md5 = consume md5 { values[.md5] = md5.finalize() }
        return values
    }

    /// The values of bytes in memory.
    static func values(of bytes: [UInt8]) -> [ChecksumKind: String] {
        var hasher = ChecksumHasher()
        hasher.update(bytes[...])
        return hasher.finalize()
    }
}
