// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing
import WebServer

@testable import KubernetesClient

@Suite("Feeds", .timeLimit(.minutes(1))) struct FeedTests {
    /// A server that has an answer for each request, in their order; then it has nothing to say on watches.
    static func script(_ answers: [ServerResponse]) -> @Sendable (Asked) async throws -> ServerResponse {
        let rest = Guarded(answers)
        return { _ in
            if let next = rest.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return next }
            return ServerResponse(
                "application/json",
                ByteStream {
                    try await Task.sleep(for: .seconds(60))
                    return nil
                })
        }
    }

    /// The next changes as words.
    static func take(_ count: Int, _ changes: inout ObjectFeed.AsyncIterator) async throws -> [String] {
        var words: [String] = []
        while words.count < count, let change = try await changes.next() {
            switch change {
            case .synced: words.append("synced")
            case .changed(let old, let new):
                words.append(
                    "\(old.map { "\($0.name)@\($0.resourceVersion ?? "")" } ?? "new") → \(new.name)@\(new.resourceVersion ?? "")"
                )
            case .removed(let last): words.append("\(last.name)@\(last.resourceVersion ?? "") gone")
            }
        }
        return words
    }

    static let gone = APIStatus.expired("too old resource version")

    @Test("begins with a watch that tells everything, where the server can") func replay() async throws {
        let answers: [ServerResponse] = [
            .lines([
                Maps.event("ADDED", Maps.map("a", version: 1)), Maps.event("ADDED", Maps.map("b", version: 2)),
                Maps.bookmark(7, isInitialEnd: true), Maps.event("MODIFIED", Maps.map("a", version: 8)),
                Maps.bookmark(20),
            ])
        ]
        try await ScriptedServer.with(Self.script(answers)) { server in
            var changes = try server.client().feed(Maps.resource, namespace: "default").makeAsyncIterator()
            #expect(try await Self.take(4, &changes) == ["new → a@1", "new → b@2", "synced", "a@1 → a@8"])
            let reading = Task { [changes] in
                var changes = changes
                return try await changes.next()
            }
            while server.asked.count < 2 { try await Task.sleep(for: .milliseconds(5)) }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            #expect(
                server.asked[0].query["sendInitialEvents"] == "true" && server.asked[0].query["resourceVersion"] == nil)
            // It goes on behind the last bookmark.
            #expect(
                server.asked[1].query["resourceVersion"] == "20" && server.asked[1].query["sendInitialEvents"] == nil)
        }
    }

    @Test("begins with lists where the server cannot do otherwise", arguments: [422, 400]) func fallBack(_ code: Int)
        async throws
    {
        let answers: [ServerResponse] = [
            .status(APIStatus(code, reason: "Invalid", "sendInitialEvents: Forbidden")),
            .json(Maps.list([Maps.map("a", version: 1)], version: 5, continueToken: "x")),
            .json(Maps.list([Maps.map("b", version: 2)], version: 5)),
            .lines([Maps.event("DELETED", Maps.map("a", version: 6))]),
        ]
        try await ScriptedServer.with(Self.script(answers)) { server in
            var changes = try server.client().feed(Maps.resource).makeAsyncIterator()
            #expect(try await Self.take(4, &changes) == ["new → a@1", "new → b@2", "synced", "a@6 gone"])
            #expect(server.asked.map { $0.query["watch"] ?? "list" } == ["true", "list", "list", "true"])
            #expect(server.asked[3].query["resourceVersion"] == "5" && server.asked[1].query["limit"] == "500")
        }
    }

    @Test(
        "asks for everything when its version is forgotten, and tells the differences", arguments: [true, false],
        [true, false])
    func forgotten(_ isEvent: Bool, _ isReplay: Bool) async throws {
        let first = [
            Maps.map("a", version: 1), Maps.map("b", version: 2), Maps.map("c", version: 3), Maps.map("d", version: 4),
        ]
        let second = [
            Maps.map("a", version: 1), Maps.map("b", version: 8), Maps.map("d", version: 9, uid: "another"),
            Maps.map("e", version: 10),
        ]
        func all(_ maps: [JSON], _ version: Int) -> ServerResponse {
            isReplay
                ? .lines(maps.map { Maps.event("ADDED", $0) } + [Maps.bookmark(version, isInitialEnd: true)])
                : .json(Maps.list(maps, version: version))
        }
        var answers = [all(first, 5)]
        if !isReplay { answers.append(.lines([Maps.bookmark(6)])) }
        answers += [isEvent ? .lines([Maps.event("ERROR", Self.gone.json)]) : .status(Self.gone), all(second, 12)]
        try await ScriptedServer.with(Self.script(answers)) { server in
            var options = FeedOptions()
            options.beginning = isReplay ? .watchList : .list
            var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
            #expect(
                try await Self.take(10, &changes) == [
                    "new → a@1", "new → b@2", "new → c@3", "new → d@4", "synced", "b@2 → b@8", "d@4 gone", "new → d@9",
                    "new → e@10", "c@3 gone",
                ])
        }
    }

    @Test("repeats nothing, whatever a server repeats") func repeats() async throws {
        let a = Maps.map("a", version: 3)
        let answers: [ServerResponse] = [
            .json(Maps.list([a], version: 5)),
            .lines([Maps.event("ADDED", a), Maps.event("MODIFIED", Maps.map("a", version: 2))]),
            .lines(
                [Maps.event("MODIFIED", Maps.map("a", version: 7)), Maps.event("DELETED", Maps.map("z", version: 8))],
                isCut: true),
            .lines([
                Maps.event("MODIFIED", Maps.map("a", version: 7)), Maps.event("DELETED", Maps.map("a", version: 9)),
            ]),
            .lines([
                Maps.event("DELETED", Maps.map("a", version: 9)),
                Maps.event("ADDED", Maps.map("a", version: 10, uid: "2")),
            ]),
        ]
        try await ScriptedServer.with(Self.script(answers)) { server in
            var options = FeedOptions()
            options.beginning = .list
            var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
            #expect(try await Self.take(5, &changes) == ["new → a@3", "synced", "a@3 → a@7", "a@9 gone", "new → a@10"])
        }
    }

    @Test("a list whose pages are forgotten is read at once") func forgottenPages() async throws {
        let answers: [ServerResponse] = [
            .json(Maps.list([Maps.map("a", version: 1), Maps.map("b", version: 2)], version: 5, continueToken: "x")),
            .status(Self.gone), .json(Maps.list([Maps.map("b", version: 2), Maps.map("c", version: 7)], version: 8)),
        ]
        try await ScriptedServer.with(Self.script(answers)) { server in
            var options = FeedOptions()
            options.beginning = .list
            var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
            #expect(try await Self.take(5, &changes) == ["new → a@1", "new → b@2", "new → c@7", "a@1 gone", "synced"])
            #expect(server.asked[2].query["limit"] == nil && server.asked[2].query["continue"] == nil)
        }
    }

    @Test("waits longer after each failure, and as long as the server asks") func waits() async throws {
        let busy = APIStatus.tooManyRequests("busy", after: 60)
        let answers: [ServerResponse] = [
            .status(.internalError("a")), .status(.internalError("b")), .status(busy),
            .status(.notFound(Maps.resource.groupResource, "")),
            .json(Maps.list([], version: 5)), .lines([]), .lines([]),
            .lines([Maps.event("ADDED", Maps.map("a", version: 6))]),
            .lines([]),
        ]
        try await ScriptedServer.with(Self.script(answers)) { server in
            let heard = Guarded<[Duration]>([])
            var options = FeedOptions()
            options.beginning = .list
            // However slow this machine is, watches without an event are too short.
            options.shortestWatch = .seconds(3600)
            options.observe = { _, wait in heard.withLock { $0.append(wait) } }
            var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
            #expect(try await Self.take(2, &changes) == ["synced", "new → a@6"])
            let reading = Task { [changes] in
                var changes = changes
                _ = try await changes.next()
            }
            while server.asked.count < 10 { try await Task.sleep(for: .milliseconds(5)) }
            reading.cancel()
            _ = await reading.result
            let waits = heard.withLock { $0.map { $0 / .seconds(1) } }
            #expect(waits.count >= 6)
            for (wait, whole) in zip(waits, [0.8, 1.6, 60, 6.4, 12.8, 25.6]) {
                #expect(wait <= whole + 1e-9 && wait >= whole / 2 - 1e-9)
            }
        }
    }

    @Test("gives up what cannot get better", arguments: [400, 405, 406]) func hopeless(_ code: Int) async throws {
        try await ScriptedServer.with { _ in
            .status(APIStatus(code, reason: "", "no"))
        } _: { server in
            var changes = try server.client().feed(Maps.resource).makeAsyncIterator()
            await #expect { try await changes.next() } throws: { ($0 as? APIStatus)?.code == code }
        }
        try await ScriptedServer.with(Self.script([.json(Maps.list([Maps.map("a"), Maps.map("b")], version: 5))])) {
            server in
            var options = FeedOptions()
            (options.mostObjects, options.beginning) = (1, .list)
            var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
            await #expect { while true { _ = try await changes.next() } } throws: {
                ($0 as? Fault)?.code == .limitExceeded
            }
        }
    }

    @Test("holds only what is wanted of objects") func reduced() async throws {
        for isMetadata in [true, false] {
            let answers: [ServerResponse] = [
                .json(Maps.list([Maps.map("a", version: 1)], version: 5)),
                .lines([Maps.event("MODIFIED", Maps.map("a", version: 6))]),
            ]
            try await ScriptedServer.with(Self.script(answers)) { server in
                var options = FeedOptions()
                options.beginning = .list
                if isMetadata { options.form = .metadata } else { options.reduce = { $0.json["data"] = JSON?.none } }
                var changes = try server.client().feed(Maps.resource, options).makeAsyncIterator()
                while true {
                    guard case .changed(let old, let new)? = try await changes.next() else { continue }
                    #expect(new.value == nil && old?.value == nil)
                    if old != nil { break }
                }
            }
        }
    }
}
