// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

extension RegistryFolder {
    /// How many bytes a blob has, told to somebody who may rely on it: the blob stays for three quarters of the grace period
    /// at least, whatever garbage is collected. Nil when it is not in the repository.
    public func promisedBlobSize(_ digest: Digest, in repository: RepositoryName) async throws(Fault) -> Int64? {
        guard let size = try blobSize(digest, in: repository) else { return nil }
        guard try isAging(digest, in: repository) else { return size }
        return try await writer.submit(by: "registry") { draft throws(Fault) in
            guard let size = try RegistryIndex.blobSize(digest, in: repository, draft.database) else { return nil }
            try draft.apply(.keep(repository, digest))
            return size
        }
    }

    /// Keeps a content that was asked for, without waiting for it.
    func keepLater(_ digest: Digest, in repository: RepositoryName) throws(Fault) {
        guard try isAging(digest, in: repository) else { return }
        let writer = writer
        Task {
            try? await writer.submit(by: "registry") { draft throws(Fault) in
                try draft.apply(.keep(repository, digest))
            }
        }
    }

    /// Whether nothing of its repository names a content, and it was last kept a while ago.
    private func isAging(_ digest: Digest, in repository: RepositoryName) throws(Fault) -> Bool {
        guard limits.grace > 0 else { return false }
        let cutoff = time.now - limits.keepInterval
        return try readers.read { database throws(Fault) in
            try database.first(
                """
                SELECT 1 FROM contents JOIN repositories ON repositories.name = ?2
                    LEFT JOIN blobs ON blobs.repository = repositories.id AND blobs.content = contents.id
                    LEFT JOIN manifests ON manifests.repository = repositories.id AND manifests.content = contents.id
                WHERE contents.digest = ?1 AND (linked < ?3 OR kept < ?3)
                    AND NOT EXISTS (SELECT 1 FROM children WHERE repository = repositories.id AND child = contents.id)
                    AND NOT EXISTS (SELECT 1 FROM tags WHERE repository = repositories.id AND content = contents.id)
                """, .text(digest.description), .text(repository.description), .integer(cutoff)
            ) { row throws(Fault) in row.integer(0) } != nil
        }
    }
}
