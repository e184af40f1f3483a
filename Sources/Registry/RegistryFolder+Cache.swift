// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

/// A manifest that can be let go, for owners of caches.
public struct HeldManifest: Sendable {
    /// Its repository.
    public let repository: RepositoryName
    /// Its digest.
    public let digest: Digest
    /// When it was stored last, in milliseconds since 1970.
    public let stored: Int64
}

extension RegistryFolder {
    /// How many bytes some repositories hold, each content counted once for each repository.
    public func heldBytes(where isCounted: (RepositoryName) -> Bool) throws(Fault) -> Int64 {
        try readers.read { database throws(Fault) in
            var total: Int64 = 0
            try database.each("SELECT name, bytes FROM repositories") { row throws(Fault) in
                if isCounted(try RepositoryName(row.text(0))) { total += row.integer(1) }
                return true
            }
            return total
        }
    }

    /// The manifests of some repositories.
    public func heldManifests(where isWanted: (RepositoryName) -> Bool) throws(Fault) -> [HeldManifest] {
        try readers.read { database throws(Fault) in
            var found: [HeldManifest] = []
            try database.each(
                """
                SELECT repositories.name, digest, pushed FROM manifests
                    JOIN repositories ON repositories.id = repository JOIN contents ON contents.id = content
                """
            ) { row throws(Fault) in
                let name = try RepositoryName(row.text(0))
                if isWanted(name) {
                    found.append(
                        HeldManifest(repository: name, digest: try Digest(row.text(1)), stored: row.integer(2)))
                }
                return true
            }
            return found
        }
    }

    /// Removes the blobs of a repository that no manifest of it names and that were linked before a time, in milliseconds
    /// since 1970; returns how many there were.
    @discardableResult
    public func unlinkUnnamedBlobs(
        in repository: RepositoryName, linkedBefore time: Int64, by: String
    ) async throws(Fault) -> Int {
        try await writer.submit(by: by) { draft throws(Fault) in
            guard let id = try RegistryIndex.repository(repository, draft.database) else { return 0 }
            let digests = try draft.database.all(
                """
                SELECT digest FROM blobs JOIN contents ON contents.id = content
                WHERE repository = ?1 AND linked < ?2 AND NOT EXISTS (
                    SELECT 1 FROM children WHERE children.repository = ?1 AND child = content) LIMIT 10000
                """, .integer(id), .integer(time)
            ) { row throws(Fault) in row.text(0) }
            for digest in digests { try draft.apply(.unlinkBlob(repository, try Digest(digest))) }
            return digests.count
        }
    }
}
