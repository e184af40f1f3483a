// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import Registry

@Suite("Pending tags do not wait for ever") struct PendingExpiryTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    /// Pushes a manifest under a tag, pending or shown.
    private func put(
        _ text: String, _ tag: String, _ registry: RegistryFolder, isPending: Bool = true
    ) async throws -> Digest {
        let bytes = RegistryBench.manifest(try await bench.push(text, registry), [])
        return try await registry.putManifest(
            bytes, mediaType: nil, in: bench.repository, as: .tag(tag), by: "alice", isPending: isPending
        ).digest
    }

    private func pending(_ registry: RegistryFolder) throws -> [String] {
        try registry.pendingTags().map(\.entry.tag)
    }

    @Test("those that were pushed and never shown go when they are old; what they named, and what is shown, stays")
    func expiry() async throws {
        let registry = try bench.open()
        let shown = try await put("shown", "v1", registry, isPending: false)
        let successor = try await put("successor", "v1", registry)
        let old = try await put("old", "old", registry)
        let hidden = try await put("hidden", "hidden", registry, isPending: false)
        try await registry.hideTags([
            TagEntry(repository: bench.repository, tag: "hidden", digest: hidden, isPending: false)
        ])
        let expires = try registry.pendingTags().map { $0.expires.map { $0 - bench.wall.withLock { $0 } } }
        #expect(expires == [nil, 168 * RegistryBench.hour, 168 * RegistryBench.hour])
        bench.pass(hours: 167)
        #expect(try await registry.removeExpiredTags() == 0)
        // What is pushed again begins anew.
        let young = try await put("young", "young", registry)
        bench.pass(hours: 2)
        let told = Guarded<[PendingTag]>([])
        #expect(try await registry.removeExpiredTags { tags in told.withLock { $0 += tags } } == 2)
        #expect(told.withLock { $0.map(\.entry.tag) } == ["old", "v1"])
        #expect(told.withLock { $0.allSatisfy { $0.by == "alice" } })
        #expect(try pending(registry) == ["hidden", "young"])
        #expect(try registry.manifest(.tag("v1"), in: bench.repository)?.digest == shown)
        for digest in [successor, old, hidden, young] { #expect(try bench.hasManifest(digest, registry)) }
        bench.pass(hours: 10_000)
        #expect(try await registry.removeExpiredTags() == 1)
        #expect(try pending(registry) == ["hidden"])
        await registry.close()
        // The records say the same.
        #expect(try RegistryFolder.rebuild(bench.root).isEmpty)
        let again = try bench.open()
        #expect(try pending(again) == ["hidden"])
        #expect(try again.pendingTags().first?.expires == nil)
        #expect(try again.manifest(.tag("v1"), in: bench.repository)?.digest == shown)
        try await again.compactRecords()
        await again.close()
        #expect(try RegistryFolder.rebuild(bench.root).isEmpty)
        let compacted = try bench.open()
        #expect(try compacted.pendingTags().map(\.expires) == [nil])
        await compacted.close()
    }

    @Test("more than one step at a time, or none when they may wait for ever", arguments: [0, 5])
    func many(hours: Int64) async throws {
        let registry = try bench.open { $0.pendingAge = hours * RegistryBench.hour }
        for number in 0..<120 { _ = try await put("text", "v\(number)", registry) }
        bench.pass(hours: 6)
        #expect(try await registry.removeExpiredTags() == (hours == 0 ? 0 : 120))
        #expect(try pending(registry).count == (hours == 0 ? 120 : 0))
        await registry.close()
    }

    @Test("a wrong clock makes nothing old") func clock() async throws {
        var registry = try bench.open()
        _ = try await put("text", "v1", registry)
        await registry.close()
        bench.wall.withLock { $0 += 10_000 * RegistryBench.hour }
        registry = try bench.open()
        #expect(try await registry.removeExpiredTags() == 0)
        bench.pass(hours: 169)
        #expect(try await registry.removeExpiredTags() == 1)
        await registry.close()
    }
}
