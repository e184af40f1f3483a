// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore
internal import Storage
internal import Web
internal import WebServer

/// Gives a snapshot of all objects to those who may do everything: `POST /sovereign/v1/snapshot`.
///
/// Roles decide first, as for every path; beyond that the user must belong to `system:masters`, since a snapshot holds
/// what no role can take out of it. The answer names revision (`Sovereign-Revision`) and digest (`Repr-Digest`, RFC 9530).
/// One is made at a time; 429 tells others to wait.
struct SnapshotEndpoint: Sendable {
    static let parts = ["sovereign", "v1", "snapshot"]
    private let store: ObjectStore
    private let folder: String
    private let isBusy = Guarded(false)

    /// - Parameter folder: where snapshots are until they are sent; what an earlier process left there is removed.
    init(_ store: ObjectStore, folder: String) {
        (self.store, self.folder) = (store, folder)
        try? FileSystem.remove(folder)
    }

    func answer(_ request: ServerRequest, _ user: UserInfo) async throws -> ServerResponse {
        guard request.method == .post else { throw APIStatus.methodNotAllowed() }
        guard user.isMaster else {
            throw APIStatus(
                403, reason: "Forbidden",
                "User \"\(user.name)\" cannot take snapshots: only members of \(UserInfo.mastersGroup) can")
        }
        let isFree = isBusy.withLock { isBusy in
            defer { isBusy = true }
            return !isBusy
        }
        guard isFree else { throw APIStatus.tooManyRequests("another snapshot is being made", after: 5) }
        defer { isBusy.withLock { $0 = false } }
        try FileSystem.makeFolder(folder, mode: 0o700)
        let path = "\(folder)/\(request.id).db"
        defer { for name in [path, "\(path).sha256"] { try? FileSystem.removeFile(name) } }
        let snapshot = try await store.snapshot(to: path)
        let content = try SnapshotContent(path)
        return ServerResponse(
            status: 200,
            headers: [
                "Content-Type": "application/vnd.sqlite3", "Sovereign-Revision": "\(snapshot.revision)",
                "Repr-Digest": "sha-256=:\(snapshot.digest.bytes.base64):",
            ], body: .stream(length: try content.size(), ByteStream { try await content.next() }))
    }
}

/// A file without a name: it goes with whoever reads it.
private final class SnapshotContent: Sendable {
    private let file: FileHandle

    init(_ path: String) throws(Fault) { file = try FileHandle(reading: path) }

    func size() throws(Fault) -> Int64 { try file.size() }

    func next() async throws -> Chunk? {
        try await withTaskExecutorPreference(DiskExecutor.shared) {
            let bytes = try file.readNext(upTo: Chunk.preferredSize)
            return bytes.isEmpty ? nil : bytes[...]
        }
    }
}
