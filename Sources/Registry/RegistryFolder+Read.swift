// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import OCI
internal import Storage

extension RegistryFolder {
    /// A manifest with its bytes; nil when it is not there, or its tag is pending.
    ///
    /// A manifest whose file is damaged is put aside, and is not there any more.
    public func manifest(_ reference: ManifestReference, in repository: RepositoryName) throws(Fault) -> StoredContent?
    {
        let key = HotContents.manifest(reference, in: repository)
        let now = time.now
        if let content = hot.find(key, now: now) { return content }
        let changes = hot.changes(of: repository)
        guard
            let found = try readers.read({ database throws(Fault) in
                try RegistryIndex.manifest(reference, in: repository, database)
            })
        else { return nil }
        guard let bytes = try soundBytes(found.digest, limit: limits.manifestBytes) else { return nil }
        let content = StoredContent(digest: found.digest, mediaType: found.mediaType, bytes: bytes)
        if case .digest = reference { try keepLater(found.digest, in: repository) }
        hot.put(content, key, changes: changes, until: now + limits.memoryInterval)
        return content
    }

    /// A manifest or small blob that is in memory, without looking anywhere else: for answers that must not wait.
    public func cachedManifest(_ reference: ManifestReference, in repository: RepositoryName) -> StoredContent? {
        hot.find(HotContents.manifest(reference, in: repository), now: time.now)
    }

    /// The same for a blob.
    public func cachedBlob(_ digest: Digest, in repository: RepositoryName) -> StoredContent? {
        hot.find(HotContents.blob(digest, in: repository), now: time.now)
    }

    /// How many bytes a blob has; nil when it is not in the repository.
    public func blobSize(_ digest: Digest, in repository: RepositoryName) throws(Fault) -> Int64? {
        if let content = cachedBlob(digest, in: repository) { return Int64(content.bytes.count) }
        return try readers.read { database throws(Fault) in
            try RegistryIndex.blobSize(digest, in: repository, database)
        }
    }

    /// A small blob with its bytes, kept in memory from then on; nil when it is not there or too large for that.
    public func smallBlob(_ digest: Digest, in repository: RepositoryName) throws(Fault) -> StoredContent? {
        let key = HotContents.blob(digest, in: repository)
        let now = time.now
        if let content = hot.find(key, now: now) { return content }
        let changes = hot.changes(of: repository)
        guard let size = try blobSize(digest, in: repository), size <= limits.cachedBlobBytes,
            let bytes = try soundBytes(digest, limit: Int(limits.cachedBlobBytes))
        else { return nil }
        let content = StoredContent(digest: digest, mediaType: MediaType.octetStream.rawValue, bytes: bytes)
        try keepLater(digest, in: repository)
        hot.put(content, key, changes: changes, until: now + limits.memoryInterval)
        return content
    }

    /// Opens a blob; nil when it is not in the repository. A missing or shortened file is put aside.
    public func openBlob(_ digest: Digest, in repository: RepositoryName) throws(Fault) -> OpenBlob? {
        guard let size = try blobSize(digest, in: repository) else { return nil }
        guard let file = try blobs.open(digest) else {
            quarantineLater(digest, seen: nil)
            return nil
        }
        let mark = try file.mark()
        guard mark.size == size else {
            quarantineLater(digest, seen: mark)
            return nil
        }
        return OpenBlob(digest: digest, size: size, isVerified: verified.covers(digest, mark), file: file)
    }

    /// The bytes of a content, checked; nil after damage, which is put aside.
    private func soundBytes(_ digest: Digest, limit: Int) throws(Fault) -> [UInt8]? {
        guard let file = try blobs.open(digest) else {
            quarantineLater(digest, seen: nil)
            return nil
        }
        let mark = try file.mark()
        let bytes = try file.read(at: 0, upTo: limit)
        guard Digest(of: bytes, algorithm: digest.algorithm) == digest else {
            quarantineLater(digest, seen: mark)
            return nil
        }
        return bytes
    }

    /// The tags of a repository behind one, in the order of their bytes, without pending ones; nil when there is no such
    /// repository.
    public func tags(in repository: RepositoryName, after last: String?, limit: Int) throws(Fault) -> [String]? {
        try readers.read { database throws(Fault) in
            guard let id = try RegistryIndex.repository(repository, database) else { return nil }
            return try database.all(
                "SELECT name FROM tags WHERE repository = ? AND name > ? AND pending = 0 ORDER BY name LIMIT ?",
                .integer(id), .text(last ?? ""), .integer(Int64(limit))
            ) { row throws(Fault) in row.text(0) }
        }
    }

    /// Repositories that hold something, behind one, in the order of their bytes, of which `isShown` says yes.
    public func repositories(
        after last: String?, limit: Int, where isShown: (RepositoryName) -> Bool = { _ in true }
    ) throws(Fault) -> [RepositoryName] {
        try readers.read { database throws(Fault) in
            var names: [RepositoryName] = []
            guard limit > 0 else { return names }
            try database.each(
                """
                SELECT name FROM repositories WHERE name > ? AND (
                    EXISTS (SELECT 1 FROM manifests WHERE repository = id) OR
                    EXISTS (SELECT 1 FROM blobs WHERE repository = id)) ORDER BY name
                """, .text(last ?? "")
            ) { row throws(Fault) in
                let name = try RepositoryName(row.text(0))
                if isShown(name) { names.append(name) }
                return names.count < limit
            }
            return names
        }
    }

    /// Repositories that hold a blob, at most so many: where a mount can come from.
    public func repositories(holding digest: Digest, limit: Int) throws(Fault) -> [RepositoryName] {
        try readers.read { database throws(Fault) in
            let names = try database.all(
                """
                SELECT repositories.name FROM contents JOIN blobs ON blobs.content = contents.id
                    JOIN repositories ON repositories.id = blobs.repository
                WHERE contents.digest = ? AND contents.damaged = 0 ORDER BY repositories.name LIMIT ?
                """, .text(digest.description), .integer(Int64(limit))
            ) { row throws(Fault) in row.text(0) }
            var found: [RepositoryName] = []
            for name in names { found.append(try RepositoryName(name)) }
            return found
        }
    }
}
