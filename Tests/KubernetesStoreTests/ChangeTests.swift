// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import TestInputs
import Testing

@testable import KubernetesStore

@Suite("Changes of objects") struct ChangeTests {
    static let maps = ObjectStoreTests.maps
    typealias Seen = ObjectStoreTests

    @Test(
        "who watches gets each change once, in order, with what was before, from memory or from the disk",
        arguments: [0, 32 << 20])
    func order(feedBytes: Int) async throws {
        try await Seen.with {
            $0.feedBytes = feedBytes
        } _: { store, reopen in
            let key = Seen.key("x")
            let first = try await store.put(key, Seen.object(key, 1), if: .absent)
            let second = try await store.put(key, Seen.object(key, 2), if: .revision(first.revision))
            _ = try await store.put(Seen.key("w", nil, Seen.widgets), Seen.object(key, 9), if: .absent)
            _ = try await store.remove(key, if: .revision(second.revision))
            for isReopened in [false, true] {
                var cursor = (isReopened ? try await reopen() : store).changes(of: Self.maps, after: 0)
                var all: [StoreChange] = []
                while all.count < 3 { all += try #require(try await cursor.next()) }
                #expect(all.map(\.kind) == [.added, .modified, .deleted] && all.map(\.revision) == [1, 2, 4])
                #expect(try all.map { try Seen.value($0.before) } == [nil, 1, 2])
                #expect(try all.map { try Seen.value($0.object) } == [1, 2, 2])
                #expect(try all[2].object.object().resourceVersion == "4")
                #expect(cursor.revision == 4)
            }
        }
    }

    @Test("a watch that waits ends with its task, and with the store") func ends() async throws {
        try await Seen.with { store, reopen in
            let waiting = Task { () -> [StoreChange]? in
                var cursor = store.changes(of: Self.maps, after: 0)
                return try await cursor.next()
            }
            let cancelled = Task { () -> [StoreChange]? in
                var cursor = store.changes(of: Self.maps, after: 0)
                return try await cursor.next()
            }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            _ = try await reopen()
            #expect(try await waiting.value == nil)
        }
    }

    /// Objects as somebody sees them who reads changes.
    private struct View {
        var values: [ObjectName: Int] = [:]
        var revision: Int64 = 0

        mutating func apply(_ change: StoreChange) throws {
            #expect(change.revision > revision, "revision \(change.revision) behind \(revision)")
            revision = change.revision
            let name = change.object.key.name
            #expect(try Seen.value(change.before) == values[name])
            #expect((change.kind == .added) == (values[name] == nil))
            values[name] = change.kind == .deleted ? nil : try Seen.value(change.object)
        }
    }

    @Test(
        "random changes: every watch, from wherever it begins, sees what the lists show; also after reopening",
        arguments: [UInt64(1), 2, 3], [0, 20_000, 32 << 20])
    func model(seed: UInt64, feedBytes: Int) async throws {
        try await Seen.with {
            $0.feedBytes = feedBytes
        } _: { store, reopen in
            var generator = SeededGenerator(seed: seed)
            var store = store
            var (model, revisions): ([ObjectName: Int], [ObjectName: Int64]) = ([:], [:])
            // What the lists showed at some revisions.
            var snapshots: [(revision: Int64, values: [ObjectName: Int])] = [(0, [:])]
            for step in 0..<400 {
                let name = ObjectName(
                    ["a", "b"].randomElement(using: &generator), "\(Int.random(in: 0..<12, using: &generator))")
                let key = ObjectKey(Self.maps, name)
                if let revision = revisions[name] {
                    if Bool.random(using: &generator) {
                        _ = try await store.remove(key, if: .revision(revision))
                        (model[name], revisions[name]) = (nil, nil)
                    } else {
                        revisions[name] = try await store.put(key, Seen.object(key, step), if: .revision(revision))
                            .revision
                        model[name] = step
                    }
                } else {
                    revisions[name] = try await store.put(key, Seen.object(key, step), if: .absent).revision
                    model[name] = step
                }
                if Int.random(in: 0..<40, using: &generator) == 0 { snapshots.append((store.revision, model)) }
                if Int.random(in: 0..<150, using: &generator) == 0 { store = try await reopen() }
            }
            for snapshot in snapshots {
                // The list as it was then.
                let page = try store.list(
                    Self.maps, from: .init(revision: snapshot.revision, last: ObjectName(nil, "")), limit: 1000)
                var listed: [ObjectName: Int] = [:]
                for object in page.objects { listed[object.key.name] = try Seen.value(object) }
                #expect(
                    listed == snapshot.values && page.objects.map(\.key.name) == page.objects.map(\.key.name).sorted())
                // A watch from there leads to what is now.
                var view = View(values: snapshot.values, revision: snapshot.revision)
                var cursor = store.changes(of: Self.maps, after: snapshot.revision)
                while view.revision < store.revision {
                    for change in try #require(try await cursor.next()) { try view.apply(change) }
                }
                #expect(view.values == model)
            }
        }
    }

    @Test("many watches beside many writers see the same") func crowd() async throws {
        try await Seen.with { store, _ in
            let writers = 8, each = 50
            try await withThrowingTaskGroup { group in
                for watcher in 0..<30 {
                    group.addTask {
                        var view = View()
                        var cursor = store.changes(of: Self.maps, after: 0)
                        while view.revision < writers * each {
                            for change in try #require(try await cursor.next()) { try view.apply(change) }
                        }
                        #expect(
                            view.values.count == writers && view.values.values.allSatisfy { $0 == each }, "\(watcher)")
                    }
                }
                for writer in 0..<writers {
                    group.addTask {
                        let key = Seen.key("\(writer)")
                        var last = try await store.put(key, Seen.object(key, 1), if: .absent)
                        for value in 2...each {
                            last = try await store.put(key, Seen.object(key, value), if: .revision(last.revision))
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
