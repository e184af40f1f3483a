// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Kubernetes
import TestInputs
import Testing

@testable import KubernetesStore

@Suite("Snapshots", .serialized) struct SnapshotTests {
    /// What a writer knows: each change that was acknowledged.
    struct Written: Sendable {
        var revision: Int64, key: ObjectKey, value: Int?
    }

    static func key(_ number: Int) -> ObjectKey {
        ObjectStoreTests.key(
            "o\(number)", number % 3 == 0 ? nil : "n\(number % 2)",
            number % 2 == 0 ? ObjectStoreTests.maps : ObjectStoreTests.widgets)
    }

    /// Makes changes of objects of its own, at random, and remembers them.
    static func write(_ store: ObjectStore, seed: Int, changes: Int) async throws -> [Written] {
        var generator = SeededGenerator(seed: UInt64(seed)), revisions: [Int: Int64] = [:], written: [Written] = []
        for value in 0..<changes {
            let number = seed * 100 + Int.random(in: 0..<30, using: &generator), key = key(number)
            if let revision = revisions[number], Int.random(in: 0..<3, using: &generator) == 0 {
                let removed = try await store.remove(key, if: .revision(revision))
                revisions[number] = nil
                written.append(Written(revision: removed.revision, key: key, value: nil))
            } else {
                let expected = revisions[number].map(StoreExpectation.revision) ?? .absent
                let stored = try await store.put(
                    key, ObjectStoreTests.object(key, value, uid: "u\(number)"), if: expected)
                revisions[number] = stored.revision
                written.append(Written(revision: stored.revision, key: key, value: value))
            }
        }
        return written
    }

    /// What there is after all changes up to a revision.
    static func model(_ written: [Written], upTo revision: Int64) -> [ObjectKey: Int] {
        var model: [ObjectKey: Int] = [:]
        for change in written.sorted(by: { $0.revision < $1.revision }) where change.revision <= revision {
            model[change.key] = change.value
        }
        return model
    }

    static func contents(_ store: ObjectStore) throws -> [ObjectKey: Int] {
        var found: [ObjectKey: Int] = [:]
        for resource in [ObjectStoreTests.maps, ObjectStoreTests.widgets] {
            for object in try store.list(resource, limit: 10_000).objects {
                found[object.key] = try ObjectStoreTests.value(object)
            }
        }
        return found
    }

    @Test("hold the state of one revision, whoever writes meanwhile") func consistency() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore("\(folder.path)/objects.sqlite")
        let (written, snapshots) = try await withThrowingTaskGroup(of: [Written].self) { group in
            for seed in 1...3 { group.addTask { try await Self.write(store, seed: seed, changes: 300) } }
            var snapshots: [StoreSnapshot] = []
            while store.revision < 700 {
                snapshots.append(try await store.snapshot(to: "\(folder.path)/snapshot\(snapshots.count)"))
            }
            return (try await group.reduce(into: []) { $0 += $1 }, snapshots)
        }
        await store.close()
        #expect(snapshots.count > 1)
        var places = Set<Int64>()
        for (index, snapshot) in snapshots.enumerated() where index < 5 || index == snapshots.count - 1 {
            places.insert(snapshot.revision)
            let path = "\(folder.path)/restored\(index)"
            let revision = try await ObjectStore.restore(snapshot.path, to: path)
            #expect(revision == snapshot.revision + ObjectStore.revisionGap)
            let restored = try ObjectStore(path)
            #expect(restored.revision == revision)
            #expect(try Self.contents(restored) == Self.model(written, upTo: snapshot.revision))
            await restored.close()
        }
    }

    @Test("are for their owner, whole, with a digest that other programs check, and replace nothing") func files()
        async throws
    {
        let folder = try TemporaryFolder(), path = "\(folder.path)/snapshot"
        let store = try ObjectStore("\(folder.path)/objects.sqlite")
        _ = try await Self.write(store, seed: 1, changes: 10)
        let snapshot = try await store.snapshot(to: path)
        #expect(snapshot.revision == 10 && FileMark(path)?.permissions == 0o600)
        let line = String(decoding: try FileSystem.read("\(path).sha256", limit: 1000), as: UTF8.self)
        #expect(line == "\(snapshot.digest.hex)  snapshot\n")
        let checked = try await ChildProcess.run(["sha256sum", "-c", "snapshot.sha256"], workingFolder: folder.path)
        #expect(checked.status == 0)
        await #expect(throws: Fault.self) { try await store.snapshot(to: path) }
        #expect(!(try FileSystem.names(in: folder.path).contains { $0.hasPrefix(".tmp") }))
        await #expect(throws: Fault.self) { try await store.snapshot(to: "\(folder.path)/none/snapshot") }
        await store.close()
    }

    @Test("restored, tell those who come with older revisions to begin anew") func revisions() async throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/objects.sqlite"
        var store = try ObjectStore(path)
        _ = try await Self.write(store, seed: 1, changes: 20)
        let snapshot = try await store.snapshot(to: "\(folder.path)/snapshot")
        let lost = try await store.put(Self.key(500), ObjectStoreTests.object(Self.key(500), 1), if: .absent)
        await store.close()
        let revision = try await ObjectStore.restore(snapshot.path, to: path, isReplacing: true)
        #expect(revision > lost.revision)
        store = try ObjectStore(path)
        #expect(try store.object(Self.key(500)) == nil)
        for old in [0, 10, snapshot.revision, lost.revision, revision - 1] {
            var cursor = store.changes(of: ObjectStoreTests.maps, after: old)
            await #expect(throws: HistoryExpired.self) { try await cursor.next() }
            let page = ObjectPage.Position(revision: old, last: ObjectName("n0", "a"))
            #expect(throws: HistoryExpired.self) { try store.list(ObjectStoreTests.maps, from: page, limit: 1) }
        }
        // From here on all goes on as ever, with changes and removals of what was restored.
        var cursor = store.changes(of: Self.key(501).resource, after: revision)
        let next = try await store.put(Self.key(501), ObjectStoreTests.object(Self.key(501), 1), if: .absent)
        #expect(next.revision == revision + 1)
        #expect(try await cursor.next()?.map(\.revision) == [revision + 1])
        let some = try #require(try store.list(ObjectStoreTests.maps, limit: 1).objects.first)
        let removed = try await store.remove(some.key, if: .revision(some.revision))
        #expect(removed.revision == revision + 2)
        await store.close()
        // Once more from the same snapshot: higher again.
        #expect(try await ObjectStore.restore(snapshot.path, to: path, isReplacing: true) > revision + 2)
        let names = try FileSystem.names(in: folder.path)
        #expect(names.filter { $0.contains(".replaced-") && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }.count == 2)
    }

    @Test("are not restored into a store that is in use or not to be replaced, nor when they are damaged")
    func refusals() async throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/objects.sqlite"
        let store = try ObjectStore(path)
        _ = try await Self.write(store, seed: 1, changes: 20)
        let snapshot = try await store.snapshot(to: "\(folder.path)/snapshot")
        func refusal(_ from: String, _ to: String, isReplacing: Bool = true) async -> Fault.Code? {
            do { _ = try await ObjectStore.restore(from, to: to, isReplacing: isReplacing) } catch {
                return (error as? Fault)?.code
            }
            return nil
        }
        #expect(await refusal(snapshot.path, path) == .conflict)
        #expect(throws: Fault.self) { try ObjectStore(path) }
        let before = try Self.contents(store)
        await store.close()
        #expect(await refusal(snapshot.path, path, isReplacing: false) == .conflict)
        let bytes = try FileSystem.read(snapshot.path, limit: 1 << 24)
        let digest = try FileSystem.read("\(snapshot.path).sha256", limit: 1000)
        let other = "\(folder.path)/other"
        func put(_ bytes: [UInt8], _ line: [UInt8]?) throws {
            try FileSystem.write(bytes, to: other)
            try FileSystem.remove("\(other).sha256")
            if let line { try FileSystem.write(line, to: "\(other).sha256") }
        }
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        try put(changed, digest)
        #expect(await refusal(other, path) == .mismatch)
        try put(Array(bytes.dropLast(4096)), digest)
        #expect(await refusal(other, path) == .mismatch)
        try put(bytes, nil)
        #expect(await refusal(other, path) == .notFound)
        try put(bytes, Array("what\n".utf8))
        #expect(await refusal(other, path) == .invalid)
        for junk in [[], Array("no database".utf8), Array(bytes.prefix(4096))] {
            try put(junk, Array("\(Digest(of: junk).hex)  other\n".utf8))
            #expect(await refusal(other, path) == .corrupt, "\(junk.count) bytes")
        }
        #expect(await refusal("\(folder.path)/none", path) == .notFound)
        #expect(!(try FileSystem.names(in: folder.path).contains { $0.hasPrefix(".tmp") || $0.contains("replaced") }))
        let again = try ObjectStore(path)
        #expect(try Self.contents(again) == before)
        await again.close()
    }

    @Test("keep sealed values sealed") func sealed() async throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/objects.sqlite"
        var settings = ObjectStore.Settings()
        settings.sealing = try KeyFileSealing("\(folder.path)/keys", isMade: true)
        let store = try ObjectStore(path, settings), key = KeyFileSealingTests.secret
        _ = try await store.put(key, ObjectStoreTests.object(key, 424_242), if: .absent)
        let snapshot = try await store.snapshot(to: "\(folder.path)/snapshot")
        await store.close()
        let bytes = try FileSystem.read(snapshot.path, limit: 1 << 24)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("424242"))
        _ = try await ObjectStore.restore(snapshot.path, to: "\(folder.path)/restored")
        let restored = try ObjectStore("\(folder.path)/restored", settings)
        #expect(try ObjectStoreTests.value(restored.object(key)) == 424_242)
        await restored.close()
    }
}
