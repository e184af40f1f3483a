// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import Registry

@Suite("Rot is found, put aside, and healed where it can be") struct ScrubTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    /// What may happen to a file, and what follows.
    enum Damage: String, CaseIterable {
        case flipped, shortened, emptied, longer, missing
    }

    private func damage(_ digest: Digest, _ damage: Damage) throws {
        let path = bench.file(digest)
        var bytes = try FileSystem.read(path, limit: 1 << 24)
        try FileSystem.removeFile(path)
        switch damage {
        case .flipped: bytes[bytes.count / 2] ^= 1
        case .shortened: bytes.removeLast()
        case .emptied: bytes = []
        case .longer: bytes.append(0)
        case .missing: return
        }
        try FileSystem.write(bytes, to: path)
    }

    @Test("a damaged blob is found, not served any more, and there again when it is pushed", arguments: Damage.allCases)
    func blob(_ kind: Damage) async throws {
        let registry = try bench.open()
        let text = String(repeating: "sound content ", count: 20_000)
        let (digest, other) = (try await bench.push(text, registry), try await bench.push("other", registry))
        let manifest = try await bench.tag("v1", registry, config: digest)
        try damage(digest, kind)
        let report = try await registry.scrub()
        #expect(report.damaged.digests + report.missing.digests == [digest])
        #expect(report.lost.digests == [digest] && report.repaired.count == 0)
        #expect(try !bench.has(digest, registry) && registry.openBlob(digest, in: bench.repository) == nil)
        #expect(try bench.has(other, registry) && bench.hasManifest(manifest, registry))
        // Its manifest still names it, so nothing of it is garbage.
        bench.pass(hours: 100)
        try await bench.age("\(bench.root)/blobs", hours: 100)
        _ = try await registry.collectGarbage()
        try await bench.push(text, registry)
        #expect(try await registry.scrub().checked.count == 2)
        #expect(try bench.has(digest, registry))
        await registry.close()
    }

    @Test("a damaged manifest is found, and its tag is there again when it is pushed", arguments: Damage.allCases)
    func manifest(_ kind: Damage) async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        let manifest = try await bench.tag("v1", registry, config: config)
        try damage(manifest, kind)
        #expect(try await registry.scrub().lost.digests == [manifest])
        #expect(try registry.manifest(.tag("v1"), in: bench.repository) == nil)
        try await bench.put(RegistryBench.manifest(config, []), nil, registry)
        #expect(try registry.manifest(.tag("v1"), in: bench.repository)?.digest == manifest)
        #expect(try await registry.scrub().lost.count == 0)
        await registry.close()
    }

    @Test("what is read is compared: no answer has bytes of another digest", arguments: Damage.allCases)
    func reading(_ kind: Damage) async throws {
        let registry = try bench.open { $0.cachedBlobBytes = 100 }
        let (small, large) = (
            try await bench.push("small", registry),
            try await bench.push(String(repeating: "large", count: 100), registry)
        )
        let manifest = try await bench.tag("v1", registry, config: small)
        for digest in [small, large, manifest] { try damage(digest, kind) }
        #expect(try registry.smallBlob(small, in: bench.repository) == nil)
        #expect(try registry.manifest(.digest(manifest), in: bench.repository) == nil)
        // A large one is compared while it is sent, unless its size says enough.
        #expect(try registry.openBlob(large, in: bench.repository)?.isVerified ?? false == false)
        await registry.close()
    }

    @Test("a sound copy in quarantine is brought back, with what a manifest names")
    func repair() async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        let manifest = try await bench.tag("v1", registry, config: config)
        for digest in [config, manifest] {
            try FileSystem.rename(bench.file(digest), to: "\(bench.root)/quarantine/sha256-\(digest.hex)-1")
        }
        await registry.close()
        // Without its bytes a rebuilt index does not know what the manifest names.
        #expect(try RegistryFolder.rebuild(bench.root).count == 1)
        let again = try bench.open()
        #expect(try !bench.hasManifest(manifest, again))
        let report = try await again.scrub()
        #expect(Set(report.repaired.digests) == [config, manifest] && report.lost.count == 0)
        #expect(try again.manifest(.tag("v1"), in: bench.repository)?.digest == manifest)
        #expect(try bench.has(config, again))
        let fault = await #expect(throws: Fault.self) {
            try await again.deleteBlob(config, in: bench.repository, by: "alice")
        }
        #expect(fault?.code == .inUse)
        await again.close()
    }

    @Test("a file that was restored from a backup is found sound")
    func restored() async throws {
        let registry = try bench.open()
        let digest = try await bench.push("content", registry)
        try FileSystem.rename(bench.file(digest), to: "\(bench.folder.path)/backup")
        #expect(try await registry.scrub().lost.digests == [digest])
        try FileSystem.rename("\(bench.folder.path)/backup", to: bench.file(digest))
        #expect(try await registry.scrub().repaired.digests == [digest])
        #expect(try bench.has(digest, registry))
        await registry.close()
    }

    @Test("files that no repository holds are counted, other upkeep waits")
    func unheld() async throws {
        let registry = try bench.open()
        let digest = try await bench.push("content", registry)
        try await registry.deleteBlob(digest, in: bench.repository, by: "alice")
        #expect(try await registry.scrub().unheld == .init(count: 1, bytes: 7))
        try registry.upkeep.begin("is tested")
        let fault = await #expect(throws: Fault.self) { try await registry.collectGarbage() }
        #expect(fault?.code == .conflict)
        registry.upkeep.end()
        await registry.close()
    }
}
