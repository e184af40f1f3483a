// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import Testing

@testable import KubernetesStore

@Suite("Sealed values") struct SealingTests {
    /// Not secret: it shows where sealing is called for.
    struct Reversing: ValueSealing {
        func seals(_ resource: GroupResource) -> Bool { resource == ObjectStoreTests.maps }
        func seal(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8] {
            Array("\(key)|".utf8) + bytes.map { $0 ^ 0x55 }
        }
        func open(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8] {
            let mark = Array("\(key)|".utf8)
            guard bytes.starts(with: mark) else { throw Fault(.corrupt, "\(key) was sealed for another place") }
            return bytes.dropFirst(mark.count).map { $0 ^ 0x55 }
        }
    }

    @Test("are open to all who ask the store, and to nobody who reads its file") func sealing() async throws {
        try await ObjectStoreTests.with {
            $0.sealing = Reversing()
            $0.feedBytes = 0
        } _: { store, reopen in
            let key = ObjectStoreTests.key("x")
            let first = try await store.put(key, ObjectStoreTests.object(key, 424_242), if: .absent)
            #expect(try ObjectStoreTests.value(first) == 424_242)
            let store = try await reopen()
            #expect(try ObjectStoreTests.value(store.object(key)) == 424_242)
            #expect(try ObjectStoreTests.value(store.list(ObjectStoreTests.maps, limit: 1).objects.first) == 424_242)
            _ = try await store.put(key, ObjectStoreTests.object(key, 424_243), if: .revision(1))
            var cursor = store.changes(of: ObjectStoreTests.maps, after: 0)
            var changes: [StoreChange] = []
            while changes.count < 2 { changes += try #require(try await cursor.next()) }
            #expect(try changes.map { try ObjectStoreTests.value($0.object) } == [424_242, 424_243])
            #expect(try changes.map { try ObjectStoreTests.value($0.before) } == [nil, 424_242])
            await store.close()
            for end in ["", "-wal"] {
                guard let bytes = try? FileSystem.read("\(store.path)\(end)", limit: 64 << 20) else { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.contains("424242") && !text.contains("424243"))
            }
        }
    }

    @Test("cannot be read without the key") func noKey() async throws {
        let folder = try TemporaryFolder(prefix: "objects")
        var settings = ObjectStore.Settings()
        settings.sealing = Reversing()
        let key = ObjectStoreTests.key("x")
        let sealed = try ObjectStore("\(folder.path)/a", settings)
        _ = try await sealed.put(key, ObjectStoreTests.object(key, 1), if: .absent)
        await sealed.close()
        let store = try ObjectStore("\(folder.path)/a")
        #expect(throws: Fault.self) { try store.object(key) }
        #expect(throws: Fault.self) { try store.list(ObjectStoreTests.maps, limit: 1) }
        await store.close()
    }
}
