// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry

/// Lets go what was not used for longest when the repositories of a rule hold more than they may.
///
/// What was used since the start is known in memory; before that, the time counts at which it was stored. Files go with the
/// next collection of garbage.
final class ProxyCache: Sendable {
    private struct Key: Hashable { let repository: RepositoryName, digest: Digest }
    private let registry: RegistryFolder
    private let clock: @Sendable () -> Int64
    private let uses = Guarded(BoundedTable<Key, Int64>(limit: 200_000))
    private let gate = KeyedGate<String>()
    /// Blobs that came lately are let alone: their manifest may be on its way.
    private static let grace: Int64 = 10 * 60 * 1000

    init(_ registry: RegistryFolder, clock: @escaping @Sendable () -> Int64) {
        (self.registry, self.clock) = (registry, clock)
    }

    func noteUse(of manifest: Digest, in repository: RepositoryName) {
        let now = clock()
        uses.withLock { $0.set(Key(repository: repository, digest: manifest), to: now) }
    }

    /// Brings a rule's repositories below its limit, and a tenth below that, so that not every fetch has to.
    func trim(_ rule: ProxyRule) async throws {
        guard let limit = rule.cacheBytes, try registry.heldBytes(where: rule.covers) > limit else { return }
        try await gate.run(rule.prefix) { [self] in
            let goal = limit - limit / 10
            guard try registry.heldBytes(where: rule.covers) > limit else { return }
            var (rest, isFirst) = (try oldestFirst(rule), true)
            while !rest.isEmpty {
                var kept: [HeldManifest] = []
                for manifest in rest {
                    guard try registry.heldBytes(where: rule.covers) > goal else { return }
                    // The parts of an index go after it.
                    if try await !letGo(manifest) { kept.append(manifest) }
                }
                guard isFirst || kept.count < rest.count else { return }
                (rest, isFirst) = (kept, false)
            }
        }
    }

    private func oldestFirst(_ rule: ProxyRule) throws -> [HeldManifest] {
        let held = try registry.heldManifests(where: rule.covers)
        let times = uses.withLock { uses in
            held.map { max($0.stored, uses.find(Key(repository: $0.repository, digest: $0.digest)) ?? 0) }
        }
        return zip(held, times).sorted { ($0.1, $0.0.digest) < ($1.1, $1.0.digest) }.map(\.0)
    }

    private func letGo(_ manifest: HeldManifest) async throws -> Bool {
        do throws(Fault) {
            try await registry.deleteManifest(manifest.digest, in: manifest.repository, by: "proxy")
        } catch {
            if error.code == .inUse { return false }
            guard error.code == .manifestUnknown else { throw error }
        }
        try await registry.unlinkUnnamedBlobs(
            in: manifest.repository, linkedBefore: clock() - Self.grace, by: "proxy")
        return true
    }
}
