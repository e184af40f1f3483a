// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing

@testable import KubernetesStore

@Suite("Object store") struct ObjectStoreTests {
    static let maps = GroupResource(group: "", resource: "configmaps")
    static let widgets = GroupResource(group: "example.org", resource: "widgets")

    static func key(_ name: String, _ namespace: String? = "a", _ resource: GroupResource = maps) -> ObjectKey {
        ObjectKey(resource, ObjectName(namespace, name))
    }

    static func object(_ key: ObjectKey, _ value: Int, uid: String = "u") -> KubernetesObject {
        var object = KubernetesObject(
            GroupVersionKind("", "v1", "ConfigMap"), namespace: key.name.namespace, name: key.name.name)
        object.uid = uid
        object.json["data"] = ["n": .string("\(value)")]
        return object
    }

    static func value(_ stored: StoredObject?) throws -> Int? {
        try stored?.object().json["data"]?["n"]?.string.flatMap { Int($0) }
    }

    /// A store in a folder of its own.
    static func with(
        _ change: (inout ObjectStore.Settings) -> Void = { _ in },
        _ use: (ObjectStore, _ reopen: () async throws -> ObjectStore) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder(prefix: "objects")
        var settings = ObjectStore.Settings()
        change(&settings)
        var store = try ObjectStore("\(folder.path)/objects.sqlite", settings)
        let first = store
        do {
            try await use(first) {
                await store.close()
                store = try ObjectStore("\(folder.path)/objects.sqlite", settings)
                return store
            }
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    @Test("what is put is found, with the revision of its change in it") func put() async throws {
        try await Self.with { store, reopen in
            var object = Self.object(Self.key("x"), 1)
            object.resourceVersion = "999"
            object.json["spec"] = ["é": try JSON(parsing: Array("1.50".utf8), source: "a number")]
            let stored = try await store.put(Self.key("x"), object, if: .absent)
            #expect(stored.revision == 1)
            object.resourceVersion = "1"
            #expect(try stored.object() == object)
            #expect(try store.object(Self.key("x"))?.object() == object)
            #expect(try store.object(Self.key("y")) == nil && store.object(Self.key("x", nil)) == nil)
            let again = try await reopen()
            #expect(try again.object(Self.key("x"))?.object() == object && again.revision == 1)
        }
    }

    @Test("a change is made when what is expected is so, and otherwise nothing happens") func expectations()
        async throws
    {
        try await Self.with { store, _ in
            let key = Self.key("x")
            await #expect(throws: StoreConflict.missing) {
                try await store.put(key, Self.object(key, 1), if: .revision(0))
            }
            await #expect(throws: StoreConflict.missing) { try await store.remove(key, if: .revision(1)) }
            #expect(store.revision == 0)
            _ = try await store.put(key, Self.object(key, 1), if: .absent)
            await #expect(throws: StoreConflict.exists) { try await store.put(key, Self.object(key, 2), if: .absent) }
            _ = try await store.put(key, Self.object(key, 2), if: .revision(1))
            await #expect(throws: StoreConflict.changed(revision: 2)) {
                try await store.put(key, Self.object(key, 3), if: .revision(1))
            }
            await #expect(throws: StoreConflict.changed(revision: 2)) { try await store.remove(key, if: .revision(1)) }
            let last = try await store.remove(key, if: .revision(2))
            #expect(try last.revision == 3 && Self.value(last) == 2)
            #expect(try store.object(key) == nil && store.revision == 3)
        }
    }

    @Test("of changes at once to one object each is decided after the other") func races() async throws {
        try await Self.with { store, _ in
            let key = Self.key("x")
            _ = try await store.put(key, Self.object(key, 0), if: .absent)
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask {
                        while true {
                            guard let now = try store.object(key), let count = try Self.value(now) else { return }
                            do {
                                _ = try await store.put(
                                    key, Self.object(key, count + 1), if: .revision(now.revision))
                                return
                            } catch is StoreConflict { continue }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try Self.value(store.object(key)) == 20 && store.revision == 21)
        }
    }

    @Test("a list has the objects of its resource and namespace in the order of their names") func lists() async throws
    {
        try await Self.with { store, _ in
            for name in ["b", "a", "a-b", "é", "Z"] {
                for space in ["s", "r"] {
                    let key = Self.key(name, space)
                    _ = try await store.put(key, Self.object(key, 1), if: .absent)
                }
            }
            let other = Self.key("a", nil, Self.widgets)
            _ = try await store.put(other, Self.object(other, 1), if: .absent)
            let page = try store.list(Self.maps, namespace: "s", limit: 100)
            #expect(page.objects.map(\.key.name.name) == ["Z", "a", "a-b", "b", "é"])
            #expect(page.revision == 11 && page.next == nil)
            #expect(
                try store.list(Self.maps, limit: 100).objects.map(\.key.name.namespace) == [
                    "r", "r", "r", "r", "r", "s", "s", "s", "s", "s",
                ])
            #expect(try store.list(Self.widgets, limit: 1).objects.map(\.key) == [other])
            #expect(try store.list(Self.widgets, limit: 1).next == nil)
            #expect(try store.list(GroupResource(group: "", resource: "pods"), limit: 1).objects.isEmpty)
        }
    }

    @Test("all parts of a list show the state of its beginning, whatever changes meanwhile") func pages() async throws {
        try await Self.with { store, _ in
            for index in 0..<10 {
                let key = Self.key("\(index)")
                _ = try await store.put(key, Self.object(key, index), if: .absent)
            }
            let first = try store.list(Self.maps, limit: 3)
            // Behind the first part: one changed twice, one removed, one removed and made again, one new.
            for value in [50, 51] {
                let now = try #require(try store.object(Self.key("5")))
                _ = try await store.put(now.key, Self.object(now.key, value), if: .revision(now.revision))
            }
            for name in ["6", "7"] {
                let now = try #require(try store.object(Self.key(name)))
                _ = try await store.remove(now.key, if: .revision(now.revision))
            }
            for name in ["7", "8a"] {
                _ = try await store.put(Self.key(name), Self.object(Self.key(name), 99), if: .absent)
            }
            try await store.compact()
            var (values, position) = (try first.objects.map { try Self.value($0) }, first.next)
            while let from = position {
                let page = try store.list(Self.maps, from: from, limit: 3)
                #expect(page.revision == first.revision)
                values += try page.objects.compactMap { try Self.value($0) }
                position = page.next
            }
            #expect(values == Array(0..<10))
        }
    }

    @Test("what is forgotten is said to be, and what later changes need is kept") func compaction() async throws {
        let time = Guarded(Int64(0))
        try await Self.with {
            $0.clock = { time.withLock { $0 } }
            ($0.history, $0.feedBytes) = (.seconds(10), 0)
        } _: { store, _ in
            let key = Self.key("x")
            var last = try await store.put(key, Self.object(key, 0), if: .absent)
            for value in 1...5 {
                time.withLock { $0 += 4000 }
                last = try await store.put(key, Self.object(key, value), if: .revision(last.revision))
            }
            // Times are 0, 4, …, 20 s: those before 10 s go.
            try await store.compact()
            #expect(throws: HistoryExpired(oldest: 3)) {
                try store.list(Self.maps, from: .init(revision: 2, last: ObjectName(nil, "")), limit: 5)
            }
            var early = store.changes(of: Self.maps, after: 2)
            await #expect(throws: HistoryExpired(oldest: 3)) { try await early.next() }
            var cursor = store.changes(of: Self.maps, after: 3)
            let changes = try #require(try await cursor.next())
            #expect(try changes.map { try Self.value($0.before) } == [2, 3, 4])
            #expect(
                try Self.value(
                    store.list(Self.maps, from: .init(revision: 3, last: ObjectName(nil, "")), limit: 5).objects.first)
                    == 2)
            // Long after: all is forgotten, and what is there stays.
            time.withLock { $0 += 60_000 }
            try await store.compact()
            #expect(try Self.value(store.object(key)) == 5)
            #expect(try store.list(Self.maps, limit: 5).revision == 6)
        }
    }

    @Test("a clock that was ahead for a time keeps no history for ever, and loses no object") func setBack()
        async throws
    {
        let time = Guarded(Int64(100_000))
        try await Self.with {
            $0.clock = { time.withLock { $0 } }
            ($0.history, $0.feedBytes) = (.seconds(10), 0)
        } _: { store, _ in
            let key = Self.key("x")
            var last = try await store.put(key, Self.object(key, 0), if: .absent)
            // Years ahead, then back again.
            for (value, leap) in [(1, Int64(1) << 40), (2, -(Int64(1) << 40)), (3, 1000)] {
                time.withLock { $0 += leap }
                last = try await store.put(key, Self.object(key, value), if: .revision(last.revision))
            }
            // The first is young, so all of it stays; a clock that was ahead takes nothing away from those who watch.
            try await store.compact()
            var cursor = store.changes(of: Self.maps, after: 0)
            #expect(try #require(try await cursor.next()).map { try Self.value($0.object) } == [0, 1, 2, 3])
            time.withLock { $0 += 9_500 }
            try await store.compact()
            var early = store.changes(of: Self.maps, after: 2)
            await #expect(throws: HistoryExpired(oldest: 3)) { try await early.next() }
            var late = store.changes(of: Self.maps, after: 3)
            #expect(try #require(try await late.next()).map { try Self.value($0.object) } == [3])
            #expect(try Self.value(store.object(key)) == 3)
        }
    }

    @Test("a part of a list is no larger than a few megabytes, and all parts together are the list") func largeParts()
        async throws
    {
        try await Self.with { _ in
        } _: { store, _ in
            let text = String(repeating: "x", count: 1 << 20)
            for index in 0..<20 {
                let key = Self.key("large-\(index + 10)")
                var object = Self.object(key, index)
                object.json["data"]?["text"] = .string(text)
                _ = try await store.put(key, object, if: .absent)
            }
            var (values, sizes): ([Int], [Int]) = ([], [])
            var position: ObjectPage.Position?
            repeat {
                let page = try store.list(Self.maps, from: position, limit: 500)
                values += try page.objects.compactMap { try Self.value($0) }
                sizes.append(page.objects.count)
                position = page.next
            } while position != nil
            #expect(values == Array(0..<20))
            #expect(sizes == [8, 8, 4])
        }
    }
}
