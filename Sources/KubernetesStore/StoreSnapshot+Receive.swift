// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

extension StoreSnapshot {
    /// Writes a snapshot that comes from elsewhere into a file, as `ObjectStore.snapshot` writes one of a store.
    ///
    /// Throws `.conflict` when something has the name, `.mismatch` when other bytes come than their digest says; nothing is
    /// left behind then.
    public static func receive(_ bytes: ByteStream, digest: Digest, to path: String) async throws -> StoreSnapshot {
        let file = SnapshotFile(path)
        try file.checkFree()
        defer { file.removeTemporary() }
        let target = try FileHandle(creating: file.temporary, mode: 0o600)
        var hasher = DigestHasher()
        for try await piece in bytes {
            hasher.update(piece)
            try target.write(piece)
        }
        let found = hasher.finalize()
        guard found == digest else {
            throw Fault(
                .mismatch, "the snapshot has the digest \(found), and its server says \(digest)", fix: "take it again")
        }
        return try file.finish(digest: digest)
    }
}
