// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// Credentials that were checked not long ago, and whose they are; bounded, and without the credentials themselves.
final class RememberedIdentities: Sendable, CustomReflectable {
    /// What an entry weighs beside its names, in bytes, and what one may weigh for the limit to be a number of entries.
    private static let overhead = 192, usual = 256

    private struct Entry {
        let identity: Identity
        /// By the clock that never goes back.
        let until: Int64
        /// By the time of day, for what says itself until when it is valid.
        let expires: Timestamp?

        var weight: Int {
            identity.groups.reduce(overhead + (identity.user?.utf8.count ?? 0)) { $0 + $1.utf8.count + 16 }
        }
    }

    private struct State {
        var table: BoundedTable<CredentialKey, Entry>
        var generation = 0
    }

    private let state: Guarded<State>
    private let clock: AccessClock
    private let secret = SecureRandom.bytes(32)
    let duration: Int64

    var customMirror: Mirror { Mirror(self, children: []) }

    /// - Parameters:
    ///   - limit: the most credentials, of users with a few groups; of those with many, fewer.
    ///   - duration: for how long, in milliseconds.
    init(limit: Int, duration: Int64, clock: AccessClock) {
        state = Guarded(State(table: BoundedTable(limit: limit * Self.usual) { $0.weight }))
        (self.duration, self.clock) = (duration, clock)
    }

    /// Stands for a credential; kinds of credentials have different first bytes.
    func key(_ credential: [UInt8]) -> CredentialKey { CredentialKey(credential, secret: secret) }

    /// Changes whenever everything is forgotten. Whoever checks a credential asks first and says it when it is done.
    var generation: Int { state.withLock { $0.generation } }

    /// Whose a credential is; nil when it is not known, or not any more.
    func identity(of key: CredentialKey) -> Identity? {
        let uptime = clock.uptime()
        let found = state.withLock { $0.table.find(key) }
        guard let found, uptime < found.until else { return nil }
        guard let expires = found.expires else { return found.identity }
        return clock.now() < expires ? found.identity : nil
    }

    /// Keeps a credential that was checked, unless everything was forgotten meanwhile: then it counts no more.
    func remember(_ identity: Identity, for key: CredentialKey, expires: Timestamp? = nil, generation: Int) {
        let entry = Entry(identity: identity, until: clock.uptime() + duration, expires: expires)
        state.withLock { state in
            guard state.generation == generation else { return }
            state.table.set(key, to: entry)
        }
    }

    /// Forgets everything.
    func forgetAll() {
        state.withLock { state in
            state.table.removeAll()
            state.generation += 1
        }
    }
}
