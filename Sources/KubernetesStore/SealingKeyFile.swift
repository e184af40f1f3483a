// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// A file with the keys that seal values: one line for each, `aes256gcm` and 32 bytes in Base64. The first key seals, all
/// of them open.
///
/// Only its owner may read it. Who loses it loses what was sealed.
public enum SealingKeyFile {
    private static let word = "aes256gcm "
    /// The most keys of a file.
    public static let countLimit = 16
    private static let sizeLimit = 16 * 1024

    /// Makes a file with a new key; throws `.conflict` when there is a file.
    public static func make(_ path: String) throws(Fault) { try SecretFile.make(path, text([.generate()])) }

    /// Makes a new key, which seals from now on for those who read the file again. The others still open.
    public static func addKey(_ path: String) throws(Fault) {
        let keys = try read(path)
        guard keys.count < countLimit else {
            throw Fault(
                .limitExceeded, "\(path) holds \(keys.count) keys", fix: "seal all values anew, then drop the old keys")
        }
        try SecretFile.replace(path, text([.generate()] + keys))
    }

    /// Forgets all keys but the one that seals. Values that others sealed cannot be opened any more, so all values must be
    /// sealed anew before, and snapshots need the file as it was.
    public static func dropOldKeys(_ path: String) throws(Fault) { try SecretFile.replace(path, text([read(path)[0]])) }

    /// At least one key. Throws `.invalid` with the number of the line for whatever is not as above.
    static func read(_ path: String) throws(Fault) -> [SealingKey] {
        let bytes = try SecretFile.read(path, limit: sizeLimit)
        var keys: [SealingKey] = []
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (number, line) in zip(1..., lines) where !line.isEmpty && line.first != UInt8(ascii: "#") {
            guard line.starts(with: word.utf8),
                let key = [UInt8](base64: String(decoding: line.dropFirst(word.utf8.count), as: UTF8.self)),
                key.count == SealingKey.size, keys.count < countLimit
            else {
                throw Fault(
                    .invalid, "line \(number) of \(path) is no sealing key, or one too many",
                    fix: "restore the file from a backup; without it sealed values stay closed")
            }
            keys.append(try SealingKey(key))
        }
        guard !keys.isEmpty, Set(keys.map(\.id)).count == keys.count else {
            throw Fault(
                .invalid, "\(path) holds no key, or one twice",
                fix: "restore the file from a backup; without it sealed values stay closed")
        }
        return keys
    }

    private static func text(_ keys: [SealingKey]) -> [UInt8] {
        Array(keys.map { "\(word)\($0.bytes.base64)\n" }.joined().utf8)
    }
}
