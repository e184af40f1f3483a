// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

extension RegistryFolder {
    /// A blob whose file was read whole and is what its digest says: it is believed while the file looks the same.
    public func noteVerified(_ digest: Digest, _ mark: FileMark) { verified.note(digest, mark) }

    /// Puts a damaged content aside: its file is moved to the quarantine, and no repository shows it until it is pushed
    /// again.
    ///
    /// - Parameter mark: what the file looked like when the damage was seen, nil when there was none. A file that looks
    ///   different now was pushed since, and stays.
    public func quarantine(_ digest: Digest, seen mark: FileMark?) async throws(Fault) {
        verified.forget(digest)
        let place = "\(path)/quarantine/\(digest.algorithm.rawValue)-\(digest.hex)-\(time.now)"
        try await writer.submit(by: "registry") { draft throws(Fault) in
            let now: FileMark?
            if let file = try draft.blobs.open(digest) { now = try file.mark() } else { now = nil }
            guard now == mark, try RegistryIndex.content(digest, draft.database) != nil else { return }
            if now != nil { _ = try draft.blobs.move(digest, to: place) }
            try draft.apply(.quarantine(digest))
        }
    }

    /// The same, for readers that do not wait for it.
    func quarantineLater(_ digest: Digest, seen mark: FileMark?) {
        Task { try? await quarantine(digest, seen: mark) }
    }
}
