// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// What one request changes, as far as it has been decided.
final class RegistryDraft {
    let database: SQLiteConnection
    let blobs: BlobFolder
    let time: Int64
    let by: String
    private(set) var changes: [RegistryChange] = []
    /// Folders in which names have changed.
    private(set) var folders: Set<String> = []

    init(_ database: SQLiteConnection, _ blobs: BlobFolder, time: Int64, by: String) {
        (self.database, self.blobs, self.time, self.by) = (database, blobs, time, by)
    }

    /// Adds a change, visible to whoever decides later.
    func apply(_ change: RegistryChange, details: ManifestDetails? = nil) throws(Fault) {
        try RegistryIndex.apply(change, time: time, by: by, database) { digest, _ throws(Fault) in
            guard let details else { throw Fault(.internal, "the details of \(digest) are not at hand") }
            return details
        }
        changes.append(change)
    }

    /// Takes a content for sound again, whose file is.
    func restore(_ digest: Digest) throws(Fault) {
        try RegistryIndex.apply(.restore(digest), time: time, by: by, database) { digest, mediaType throws(Fault) in
            try RegistryState.details(of: digest, mediaType, blobs)
        }
        changes.append(.restore(digest))
    }

    /// Gives a file that is durable its name as a content.
    func adopt(_ file: String, as digest: Digest) throws(Fault) {
        try blobs.adopt(file, as: digest)
        folders.insert(blobs.folder(of: digest))
    }
}
