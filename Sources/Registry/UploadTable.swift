// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// The uploads that are under way, each in a folder of its own, so that they survive a restart.
final class UploadTable: Sendable {
    private let path: String
    private let limits: RegistryLimits
    private let clock: RegistryClock
    private let state: Guarded<State>

    private struct State {
        var sessions: [String: UploadSession] = [:]
        /// Of the sessions, and of those that are being made.
        var counts = UploadCounts()
    }

    /// Finds the uploads that an earlier process left; folders that hold none are removed.
    init(_ path: String, _ limits: RegistryLimits, clock: RegistryClock) throws(Fault) {
        (self.path, self.limits, self.clock) = (path, limits, clock)
        var found = State()
        for name in try FileSystem.names(in: path) {
            let folder = "\(path)/\(name)"
            if let session = try? UploadSession(found: name, in: folder, limits, now: clock.now) {
                found.sessions[name] = session
                found.counts.count(session.repository, session.share)
            } else {
                try FileSystem.remove(folder)
            }
        }
        state = Guarded(found)
    }

    /// Begins an upload; throws `.tooManyRequests` when there are too many.
    func begin(
        in repository: RepositoryName, by: String, share: UploadShare, _ algorithm: Digest.Algorithm
    ) throws(Fault) -> UploadSession {
        // Counted before it is made, so that many at once do not pass a limit together.
        try state.withLock { state throws(Fault) in try state.counts.take(repository, share, limits) }
        let id = SecureRandom.bytes(16).hex
        do throws(Fault) {
            let session = try UploadSession(
                new: id, in: "\(path)/\(id)", repository: repository, by: by, share: share, started: clock.now,
                algorithm, limits, now: clock.now)
            state.withLock { $0.sessions[id] = session }
            return session
        } catch {
            state.withLock { $0.counts.release(repository, share) }
            try? FileSystem.remove("\(path)/\(id)")
            throw error
        }
    }

    /// An upload of a repository; throws `.blobUploadUnknown`.
    func find(_ id: String, in repository: RepositoryName) throws(Fault) -> UploadSession {
        guard let session = state.withLock({ $0.sessions[id] }), session.repository == repository else {
            throw Fault(.blobUploadUnknown, "there is no such upload to \(repository)", fix: "begin a new one")
        }
        return session
    }

    /// Forgets an upload.
    func forget(_ session: UploadSession) {
        state.withLock { state in
            guard state.sessions.removeValue(forKey: session.id) != nil else { return }
            state.counts.release(session.repository, session.share)
        }
    }

    /// How many there are.
    var count: Int { state.withLock { $0.sessions.count } }

    /// All uploads.
    var all: [UploadSession] { state.withLock { Array($0.sessions.values) } }

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
