// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// The uploads that are under way, each in a folder of its own, so that they survive a restart.
final class UploadTable: Sendable {
    private let path: String
    private let limits: RegistryLimits
    private let clock: RegistryClock
    private let sessions: Guarded<[String: UploadSession]>

    /// Finds the uploads that an earlier process left; folders that hold none are removed.
    init(_ path: String, _ limits: RegistryLimits, clock: RegistryClock) throws(Fault) {
        (self.path, self.limits, self.clock) = (path, limits, clock)
        var found: [String: UploadSession] = [:]
        for name in try FileSystem.names(in: path) {
            let folder = "\(path)/\(name)"
            if let session = try? UploadSession(found: name, in: folder, limits, now: clock.now) {
                found[name] = session
            } else {
                try FileSystem.remove(folder)
            }
        }
        sessions = Guarded(found)
    }

    /// Begins an upload; throws `.denied` when there are too many.
    func begin(in repository: RepositoryName, by: String, _ algorithm: Digest.Algorithm) throws(Fault) -> UploadSession
    {
        let (all, own) = sessions.withLock { sessions in
            (sessions.count, sessions.values.count { $0.repository == repository })
        }
        guard all < limits.uploads, own < limits.uploadsPerRepository else {
            throw Fault(
                .denied, "too many uploads to \(repository) are under way", fix: "finish or cancel some, then try again"
            )
        }
        let id = SecureRandom.bytes(16).hex
        let session = try UploadSession(
            new: id, in: "\(path)/\(id)", repository: repository, by: by, started: clock.now, algorithm, limits,
            now: clock.now)
        sessions.withLock { $0[id] = session }
        return session
    }

    /// An upload of a repository; throws `.blobUploadUnknown`.
    func find(_ id: String, in repository: RepositoryName) throws(Fault) -> UploadSession {
        guard let session = sessions.withLock({ $0[id] }), session.repository == repository else {
            throw Fault(.blobUploadUnknown, "there is no such upload to \(repository)", fix: "begin a new one")
        }
        return session
    }

    /// Forgets an upload.
    func forget(_ session: UploadSession) { sessions.withLock { _ = $0.removeValue(forKey: session.id) } }

    /// How many there are.
    var count: Int { sessions.withLock { $0.count } }

    /// All uploads.
    var all: [UploadSession] { sessions.withLock { Array($0.values) } }

    /// Files that were to become contents and were left, with when they were written to, in seconds since 1970.
    func leftovers() throws(Fault) -> [(path: String, modified: Int64)] {
        var found: [(path: String, modified: Int64)] = []
        for name in try FileSystem.names(in: path) where name.hasPrefix(".new-") {
            guard let entry = try FileSystem.entry(at: "\(path)/\(name)", followLinks: false) else { continue }
            found.append(("\(path)/\(name)", entry.modified))
        }
        return found
    }

    /// A path for a file of its own that is to become a content.
    func temporaryPath() -> String { "\(path)/.new-\(SecureRandom.bytes(12).hex)" }
}
