// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Storage
import Testing

@testable import Registry

@Suite("Records are compacted, and say the same") struct CompactionTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    private func records(_ root: String) throws -> [String] { try FileSystem.names(in: "\(root)/records") }

    /// Some of everything that records can say.
    private func fill(_ registry: RegistryFolder) async throws {
        let (config, layer) = (try await bench.push("config", registry), try await bench.push("layer", registry))
        try await bench.push("free", registry, in: RepositoryName("other"))
        let manifest = try await bench.tag("v1", registry, config: config, layers: [layer])
        try await bench.index("list", registry, [manifest])
        _ = try await registry.putManifest(
            RegistryBench.manifest(layer, []), mediaType: nil, in: bench.repository, as: .tag("waits"), by: "bob",
            isPending: true)
        let moved = try await bench.tag(nil, registry, config: config, subject: manifest)
        bench.pass(hours: 1)
        try await bench.tag("v2", registry, config: config, layers: [config])
        try await registry.deleteManifest(moved, in: bench.repository, by: "carol")
        let damaged = try await bench.push("damaged", registry)
        try FileSystem.removeFile(bench.file(damaged))
        try await registry.quarantine(damaged, seen: nil)
    }

    /// Everything that an index says, by its names.
    private func state(_ registry: RegistryFolder) throws -> [String] {
        try registry.readers.read { database throws(Fault) in
            return try database.all(
                """
                SELECT 'blob', r.name, c.digest, c.size, c.damaged, linked, linked_by, '' FROM blobs
                    JOIN repositories r ON r.id = repository JOIN contents c ON c.id = content
                UNION ALL SELECT 'manifest', r.name, c.digest, c.size, c.damaged, kept, pushed_by,
                    media_type || ifnull(artifact_type, '-') || ifnull(subject, '-') || known || pushed FROM manifests
                    JOIN repositories r ON r.id = repository JOIN contents c ON c.id = content
                UNION ALL SELECT 'tag', r.name, c.digest, 0, pending, tagged, tagged_by, tags.name FROM tags
                    JOIN repositories r ON r.id = repository JOIN contents c ON c.id = content
                UNION ALL SELECT 'child', r.name, p.digest, 0, 0, 0, '', c.digest FROM children
                    JOIN repositories r ON r.id = repository JOIN contents c ON c.id = child
                    JOIN contents p ON p.id = parent
                UNION ALL SELECT 'repository', name, '', bytes, 0, 0, '', '' FROM repositories
                ORDER BY 1, 2, 3, 8
                """
            ) { row throws(Fault) in (0..<8).map { row.text($0) }.joined(separator: " ") }
        }
    }

    private func copy(_ path: String) async throws {
        let done = try await ChildProcess.run(["cp", "-a", bench.root, path])
        try #require(done.status == 0)
    }

    @Test("an index made anew from compacted records is the same, with all times and names")
    func same() async throws {
        let registry = try bench.open()
        try await fill(registry)
        let before = try state(registry)
        try await registry.compactRecords()
        #expect(try records(bench.root) == ["00000002.log"])
        await registry.close()
        #expect(try RegistryFolder.rebuild(bench.root) == [])
        let again = try bench.open()
        #expect(try state(again) == before)
        #expect(before.count > 12)
        await again.close()
    }

    @Test("stopped after any step, the registry is whole, and says what was acknowledged")
    func stops() async throws {
        let registry = try bench.open()
        try await fill(registry)
        let before = try state(registry)
        let (root, target) = (bench.root, bench.folder.path)
        try await registry.compactRecords { step throws(Fault) in
            // What the disk has at this moment is what a process that is killed leaves.
            do { try Self.copyNow(root, "\(target)/\(step.rawValue)") } catch { throw Fault(wrapping: error) }
        }
        await registry.close()
        for step in RecordKeeper.Step.allCases {
            let path = "\(target)/\(step.rawValue)"
            let stopped = try bench.open(at: path)
            #expect(try state(stopped) == before, "\(step)")
            #expect(try records(path).count == 1, "\(step)")
            try await bench.push("after \(step)", stopped)
            try await stopped.compactRecords()
            await stopped.close()
            let last = try bench.open(at: path)
            #expect(try bench.has(Digest(of: Array("after \(step)".utf8)), last), "\(step)")
            await last.close()
        }
    }

    private static func copyNow(_ from: String, _ to: String) throws {
        for folder in ["", "/records", "/blobs"] { try FileSystem.makeFolder(to + folder) }
        for name in try FileSystem.names(in: "\(from)/records") {
            try FileSystem.write(
                FileSystem.read("\(from)/records/\(name)", limit: 1 << 24), to: "\(to)/records/\(name)")
        }
        for name in ["index.sqlite", "index.sqlite-wal"] where FileSystem.exists("\(from)/\(name)") {
            try FileSystem.write(FileSystem.read("\(from)/\(name)", limit: 1 << 26), to: "\(to)/\(name)")
        }
        for byte in UInt8.min...UInt8.max {
            let part = "blobs/sha256/\([byte].hex)"
            for name in try FileSystem.names(in: "\(from)/\(part)") {
                try FileSystem.makeFolder("\(to)/\(part)")
                try FileSystem.write(
                    FileSystem.read("\(from)/\(part)/\(name)", limit: 1 << 20), to: "\(to)/\(part)/\(name)")
            }
        }
    }

    @Test("a step that fails leaves a registry that goes on", arguments: RecordKeeper.Step.allCases)
    func fails(_ step: RecordKeeper.Step) async throws {
        let registry = try bench.open()
        try await fill(registry)
        let before = try state(registry)
        await #expect(throws: Fault.self) {
            try await registry.compactRecords { now throws(Fault) in
                if now == step { throw Fault(.diskFull, "full, says the test") }
            }
        }
        #expect(try state(registry) == before)
        try await bench.push("after", registry)
        let after = try state(registry)
        await registry.close()
        let again = try bench.open()
        #expect(try state(again) == after)
        await again.close()
    }

    @Test("what is pushed while the state is written is in the new segment")
    func meanwhile() async throws {
        let registry = try bench.open()
        try await fill(registry)
        let bench = bench
        async let pushes: Void = {
            for number in 0..<50 { try await bench.push("meanwhile \(number)", registry) }
        }()
        for _ in 0..<5 { try await registry.compactRecords() }
        try await pushes
        let before = try state(registry)
        await registry.close()
        #expect(try RegistryFolder.rebuild(bench.root) == [])
        let again = try bench.open()
        #expect(try state(again) == before)
        await again.close()
    }

    @Test("records that grow far beyond what they say are compacted by themselves")
    func grown() async throws {
        let registry = try bench.open { $0.recordsFloor = 20_000 }
        let config = try await bench.push("config", registry)
        for _ in 0..<300 { try await bench.tag("v1", registry, config: config) }
        while try records(bench.root).contains("00000001.log") {
            try await bench.tag("v1", registry, config: config)
        }
        await registry.close()
        let again = try bench.open()
        #expect(try bench.has(config, again))
        await again.close()
    }

    @Test("a write or flush of the records that fails is not acknowledged, and the next push succeeds")
    func failingRecords() async throws {
        for moment in [RecordLog.Moment.write, .flush] {
            let registry = try bench.open()
            bench.failing.withLock { $0 = moment }
            let fault = await #expect(throws: Fault.self) { try await bench.push("refused \(moment)", registry) }
            #expect(fault?.code == .diskFull)
            #expect(try !bench.has(Digest(of: Array("refused \(moment)".utf8)), registry))
            bench.failing.withLock { $0 = nil }
            let taken = try await bench.push("taken \(moment)", registry)
            await registry.close()
            #expect(try RegistryFolder.rebuild(bench.root) == [])
            let again = try bench.open()
            #expect(try bench.has(taken, again))
            #expect(try !bench.has(Digest(of: Array("refused \(moment)".utf8)), again))
            await again.close()
        }
    }

    @Test("a line that a power cut tore is dropped if nobody has relied on it, and refused otherwise")
    func torn() async throws {
        let registry = try bench.open()
        let kept = try await bench.push("kept", registry)
        await registry.close()
        let path = "\(bench.root)/records/00000001.log"
        let whole = try FileSystem.read(path, limit: 1 << 20)
        // Pages that did not reach the disk read as zeros, and the line's end did.
        try FileSystem.write(whole + [UInt8](repeating: 0, count: 200) + [0x0A], to: path)
        let index = try FileSystem.read("\(bench.root)/index.sqlite", limit: 1 << 22)
        try FileSystem.removeFile("\(bench.root)/index.sqlite")
        // Without the index nobody knows whether somebody has.
        #expect(throws: Fault.self) { try bench.open() }
        try FileSystem.write(index, to: "\(bench.root)/index.sqlite")
        let second = try bench.open()
        #expect(try bench.has(kept, second))
        try await bench.push("more", second)
        await second.close()
        var damaged = try FileSystem.read(path, limit: 1 << 20)
        #expect(Array(damaged.prefix(whole.count)) == whole)
        damaged[40] ^= 1
        try FileSystem.write(damaged, to: path)
        try FileSystem.removeFile("\(bench.root)/index.sqlite")
        let fault = #expect(throws: Fault.self) { try bench.open() }
        #expect(fault?.code == .corrupt)
        #expect(try RegistryFolder.rebuild(bench.root).count == 1)
        // What the lost record linked is no garbage as long as nobody has looked.
        let third = try bench.open()
        bench.pass(hours: 100)
        try await bench.age("\(bench.root)/blobs", hours: 100)
        #expect(try await third.collectGarbage().isHeldBack && bench.hasFile(kept))
        try FileSystem.removeFile("\(bench.root)/LOST-RECORDS")
        #expect(try await !third.collectGarbage().isHeldBack && !bench.hasFile(kept))
        await third.close()
    }

    @Test("an index that a power cut took back comes up to date from the records", arguments: [false, true])
    func behind(_ isCompacted: Bool) async throws {
        let index = "\(bench.root)/index.sqlite"
        var registry = try bench.open()
        try await bench.push("before", registry)
        await registry.close()
        // All of it is in one file then.
        func settle() throws { try SQLiteConnection(index).script("PRAGMA wal_checkpoint(TRUNCATE)") }
        try settle()
        let old = try FileSystem.read(index, limit: 1 << 22)
        registry = try bench.open()
        try await fill(registry)
        if isCompacted { try await registry.compactRecords() }
        let after = try state(registry)
        await registry.close()
        try settle()
        for ending in ["-wal", "-shm"] { try FileSystem.removeFile(index + ending) }
        try FileSystem.write(old, to: index)
        let again = try bench.open()
        #expect(try state(again) == after)
        await again.close()
    }

    @Test("a rebuild names manifests whose bytes are missing or damaged, and does not forget their tags")
    func losses() async throws {
        let registry = try bench.open()
        let config = try await bench.push("config", registry)
        let gone = try await bench.tag("gone", registry, config: config)
        let bad = try await bench.tag("bad", registry, config: config, layers: [config])
        let deleted = try await bench.tag("deleted", registry, config: config, subject: gone)
        try await registry.deleteManifest(deleted, in: bench.repository, by: "alice")
        await registry.close()
        for digest in [gone, deleted] { try FileSystem.removeFile(bench.file(digest)) }
        try FileSystem.removeFile(bench.file(bad))
        try FileSystem.write([1], to: bench.file(bad))
        let damage = try RegistryFolder.rebuild(bench.root)
        #expect(damage.count == 2 && damage.allSatisfy { $0.contains("\(gone)") || $0.contains("\(bad)") }, "\(damage)")
        let again = try bench.open()
        #expect(try again.manifest(.tag("gone"), in: bench.repository) == nil)
        // What such a manifest names is not known, so nothing of its repository is garbage.
        bench.pass(hours: 100)
        #expect(try await again.collectGarbage().links.count == 0)
        try await bench.put(RegistryBench.manifest(config, []), nil, again)
        #expect(try again.manifest(.tag("gone"), in: bench.repository)?.digest == gone)
        await again.close()
    }
}
