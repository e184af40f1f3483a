// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Registry

@Suite("Garbage goes, and nothing else") struct GarbageTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    /// Everything that is there is as old as that.
    private func grow(old hours: Int64) async throws {
        bench.pass(hours: hours)
        try await bench.age("\(bench.root)/blobs", hours: hours)
    }

    @Test("blobs that no manifest names go with their files, those that one names stay")
    func blobs() async throws {
        let registry = try bench.open()
        let (config, layer) = (try await bench.push("config", registry), try await bench.push("layer", registry))
        let lost = try await bench.push("lost", registry)
        try await bench.tag("v1", registry, config: config, layers: [layer])
        try await grow(old: 25)
        let young = try await bench.push("young", registry)
        let dry = try await registry.collectGarbage(options { $0.isDryRun = true })
        #expect(try bench.has(lost, registry) && bench.hasFile(lost))
        let report = try await registry.collectGarbage()
        #expect(report.links.count == 1 && report.contents == .init(count: 1, bytes: 4))
        #expect(dry.links == report.links && dry.contents == report.contents)
        #expect(try !bench.has(lost, registry) && !bench.hasFile(lost))
        for kept in [config, layer, young] { #expect(try bench.has(kept, registry) && bench.hasFile(kept)) }
        #expect(try FileSystem.names(in: "\(bench.root)/trash").isEmpty)
        #expect(try await registry.collectGarbage().contents.count == 0)
        await registry.close()
    }

    private func options(_ change: (inout GarbageOptions) -> Void) -> GarbageOptions {
        var options = GarbageOptions()
        change(&options)
        return options
    }

    @Test("untagged manifests stay unless they are meant; tags, indexes and subjects keep them")
    func untagged() async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        let other = try await bench.push("other", registry)
        let third = try await bench.push("third", registry)
        let tagged = try await bench.tag("v1", registry, config: config)
        let child = try await bench.tag(nil, registry, config: config, layers: [other])
        let list = try await bench.index("list", registry, [child])
        let signature = try await bench.tag(nil, registry, config: other, subject: child)
        let onSignature = try await bench.tag(nil, registry, config: other, subject: signature)
        let dead = try await bench.tag(nil, registry, config: third)
        let deadSignature = try await bench.tag(nil, registry, config: third, subject: dead)
        let deadList = try await bench.index(nil, registry, [dead, deadSignature])
        let orphan = try await bench.tag(nil, registry, config: third, subject: Digest(of: Array("absent".utf8)))
        try await grow(old: 25)
        #expect(try await registry.collectGarbage().manifests.count == 0)
        let dry = try await registry.collectGarbage(options { ($0.includesUntagged, $0.isDryRun) = (true, true) })
        // Those that others name follow when those are gone.
        #expect(dry.manifests.count == 2)
        let report = try await registry.collectGarbage(options { $0.includesUntagged = true })
        #expect(report.manifests.count == 2)
        #expect(try bench.hasManifest(dead, registry) && !bench.hasManifest(deadList, registry))
        bench.pass(hours: 25)
        _ = try await registry.collectGarbage(options { $0.includesUntagged = true })
        for kept in [tagged, child, list, signature, onSignature] { #expect(try bench.hasManifest(kept, registry)) }
        for gone in [dead, deadSignature, deadList, orphan] { #expect(try !bench.hasManifest(gone, registry)) }
        // What they named is young garbage, and goes when it has become old.
        #expect(try bench.has(third, registry))
        bench.pass(hours: 25)
        _ = try await registry.collectGarbage()
        #expect(try !bench.has(third, registry) && bench.has(config, registry) && bench.has(other, registry))
        await registry.close()
    }

    @Test("without a grace period all of it goes at once")
    func noGrace() async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        try await bench.tag("v1", registry, config: config)
        try await registry.deleteTag("v1", in: bench.repository, by: "alice")
        bench.pass(hours: 1)
        let report = try await registry.collectGarbage(options { ($0.includesUntagged, $0.grace) = (true, 0) })
        #expect(report.manifests.count == 1 && report.links.count == 1 && report.contents.count == 2)
        #expect(!bench.hasFile(config))
        await registry.close()
    }

    @Test("what a client was told of stays", arguments: ["ask", "mount", "push", "get"])
    func told(_ way: String) async throws {
        let registry = try bench.open()
        let other = try RepositoryName("other")
        let blob = try await bench.push("shared", registry)
        try await bench.push("shared", registry, in: other)
        try await grow(old: 30)
        switch way {
        case "ask": #expect(try await registry.promisedBlobSize(blob, in: bench.repository) == 6)
        case "mount": #expect(try await registry.mount(blob, from: other, into: bench.repository, by: "alice"))
        case "push": try await bench.push("shared", registry)
        default:
            #expect(try registry.smallBlob(blob, in: bench.repository) != nil)
            // It is kept by who looks, without their waiting for it.
            while try await registry.collectGarbage(options { $0.isDryRun = true }).links.count != 1 {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        #expect(try await registry.collectGarbage().links.count == 1)
        #expect(try bench.has(blob, registry) && bench.hasFile(blob))
        try await bench.tag("v1", registry, config: blob)
        // Answers from memory count as well: they are given for a part of the time only.
        bench.pass(hours: 4)
        #expect(registry.cachedBlob(blob, in: bench.repository) == nil)
        await registry.close()
    }

    @Test("a digest that nobody holds is not promised, and asking for it changes nothing")
    func notTold() async throws {
        let registry = try bench.open()
        #expect(try await registry.promisedBlobSize(Digest(of: []), in: bench.repository) == nil)
        await registry.close()
    }

    @Test("a tag that moves away leaves a manifest that is young")
    func movedTag() async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        let first = try await bench.tag("v1", registry, config: config)
        try await grow(old: 100)
        try await bench.tag("v1", registry, config: config, layers: [config])
        #expect(try await registry.collectGarbage(options { $0.includesUntagged = true }).manifests.count == 0)
        #expect(try bench.hasManifest(first, registry))
        await registry.close()
    }

    @Test(
        "a clock that leaps while the registry runs makes nothing old, and nothing stay for ever",
        arguments: [10 * 365 * 24, -10 * 365 * 24] as [Int64])
    func leapWhileRunning(_ hours: Int64) async throws {
        let registry = try bench.open()
        let before = try await bench.push("before", registry)
        bench.wall.withLock { $0 += hours * RegistryBench.hour }
        let after = try await bench.push("after", registry)
        var report = try await registry.collectGarbage()
        #expect(report.links.count == 0 && report.contents.count == 0)
        #expect(try bench.has(before, registry) && bench.has(after, registry))
        bench.wall.withLock { $0 -= hours * RegistryBench.hour }
        bench.pass(hours: 25)
        try await bench.age("\(bench.root)/blobs", hours: 25)
        report = try await registry.collectGarbage()
        #expect(report.links.count == 2 && report.contents.count == 2, "\(report)")
        #expect(!bench.hasFile(before) && !bench.hasFile(after))
        await registry.close()
    }

    @Test("a clock that is wrong when the registry starts makes nothing old", arguments: [true, false])
    func leapBeforeStart(_ isTrusted: Bool) async throws {
        let first = try bench.open()
        let blob = try await bench.push("young", first)
        await first.close()
        bench.wall.withLock { $0 += 1000 * RegistryBench.hour }
        let second = try bench.open()
        let report = try await second.collectGarbage(options { $0.isClockTrusted = isTrusted })
        #expect(report.links.count == (isTrusted ? 1 : 0))
        #expect(try bench.has(blob, second) == !isTrusted)
        await second.close()
    }

    @Test(
        "a check of a blob counts for its time only, wherever the clock leaps", arguments: [0, 9000, -9000] as [Int64])
    func verified(_ hours: Int64) async throws {
        let registry = try bench.open { $0.cachedBlobBytes = 0 }
        let blob = try await bench.push("large", registry)
        #expect(try registry.openBlob(blob, in: bench.repository)?.isVerified == true)
        bench.wall.withLock { $0 += hours * RegistryBench.hour }
        #expect(try registry.openBlob(blob, in: bench.repository)?.isVerified == true)
        bench.steady.withLock { $0 += 25 * RegistryBench.hour }
        #expect(try registry.openBlob(blob, in: bench.repository)?.isVerified == false)
        await registry.close()
    }

    @Test("uploads that nobody goes on with are given up, also those of an earlier process", arguments: [true, false])
    func uploads(_ isRestarted: Bool) async throws {
        var registry = try bench.open()
        let idle = try registry.beginUpload(in: bench.repository, by: "alice")
        _ = try await registry.append(ByteStream(Array("part".utf8)), to: idle)
        try FileSystem.write([1], to: "\(bench.root)/uploads/.new-1")
        bench.pass(hours: 24 * 8)
        try await bench.age("\(bench.root)/uploads", hours: 24 * 8)
        if isRestarted {
            await registry.close()
            registry = try bench.open()
        }
        let busy = try registry.beginUpload(in: bench.repository, by: "alice")
        let report = try await registry.collectGarbage()
        #expect(report.uploads == .init(count: 1, bytes: 4))
        #expect(report.leftovers.count == (isRestarted ? 0 : 1))
        #expect(throws: Fault.self) { try registry.upload(idle.id, in: bench.repository) }
        #expect(try FileSystem.names(in: "\(bench.root)/uploads") == [busy.id])
        await registry.close()
    }

    /// What a client does to old garbage at the moment when it is collected.
    enum Rescue: String, CaseIterable {
        case manifestNamesBlob, blobIsPushed, blobIsMounted, contentIsPushed, manifestIsTagged, indexNamesManifest
    }

    @Test(
        "what a push makes use of after the collection has looked, and before it decides, stays",
        arguments: Rescue.allCases)
    func rescue(_ rescue: Rescue) async throws {
        let registry = try bench.open()
        let (bench, other) = (bench, try RepositoryName("other"))
        let blob = try await bench.push("rescued", registry)
        let config = try await bench.push("config", registry, in: rescue == .blobIsMounted ? other : nil)
        var manifest = blob
        switch rescue {
        case .contentIsPushed: try await registry.deleteBlob(blob, in: bench.repository, by: "alice")
        case .manifestIsTagged, .indexNamesManifest: manifest = try await bench.tag(nil, registry, config: blob)
        case .blobIsMounted: try await bench.push("rescued", registry, in: other)
        default: break
        }
        if rescue != .blobIsMounted { try await bench.tag("v0", registry, config: config) }
        try await grow(old: 50)
        let named = manifest
        // The writer is held up; the push is asked for, then the collection looks, and asks as well.
        let (gate, isHeld) = (Semaphore(), Guarded(false))
        async let held: Void = registry.writer.alone { _, _ in
            isHeld.withLock { $0 = true }
            gate.wait()
        }
        while !isHeld.withLock({ $0 }) { await Task.yield() }
        async let push: Void = {
            switch rescue {
            case .manifestNamesBlob: try await bench.tag("v1", registry, config: blob)
            case .blobIsPushed, .contentIsPushed: try await bench.push("rescued", registry)
            case .blobIsMounted:
                _ = try await registry.mount(blob, from: other, into: bench.repository, by: "alice")
            case .manifestIsTagged: try await bench.tag("v1", registry, config: blob)
            case .indexNamesManifest: try await bench.index("v1", registry, [named])
            }
        }()
        while registry.writer.waiting < 1 { await Task.yield() }
        let options = options { $0.includesUntagged = true }
        async let report = registry.collectGarbage(options)
        while registry.writer.waiting < 2 { await Task.yield() }
        gate.signal()
        _ = try await (held, push, report)
        #expect(try bench.has(blob, registry) && bench.hasFile(blob))
        if manifest != blob { #expect(try bench.hasManifest(manifest, registry) && bench.hasFile(manifest)) }
        await registry.close()
    }

    @Test("pushes, deletions and collections at once: whatever a manifest names is there")
    func concurrent() async throws {
        let registry = try bench.open { $0.grace = 0 }
        let bench = bench
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for round in 0..<40 {
                        do {
                            let blob = try await bench.push("blob \(round % 7)", registry)
                            let digest = try await bench.tag("t\(worker)", registry, config: blob)
                            if round % 5 == 0 {
                                try? await registry.deleteManifest(digest, in: bench.repository, by: "alice")
                            }
                        } catch let fault as Fault where fault.code == .manifestBlobUnknown {
                            // Without a grace period a blob may go before its manifest comes.
                        }
                    }
                }
            }
            group.addTask {
                for _ in 0..<30 {
                    bench.pass(hours: 1)
                    var options = GarbageOptions()
                    options.includesUntagged = true
                    _ = try await registry.collectGarbage(options)
                }
            }
            try await group.waitForAll()
        }
        for tag in try registry.tags(in: bench.repository, after: nil, limit: 10) ?? [] {
            let content = try #require(try registry.manifest(.tag(tag), in: bench.repository))
            let config = try #require(try Self.config(content.bytes))
            #expect(try bench.hasFile(config) && bench.has(config, registry))
        }
        await registry.close()
    }
}

extension GarbageTests {
    fileprivate static func config(_ bytes: [UInt8]) throws -> Digest? {
        try JSON(parsing: bytes, source: "a manifest")["config"]?["digest"]?.string.map { try Digest($0) }
    }
}
