// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Watches", .timeLimit(.minutes(1))) struct WatchTests {
    static func labelled(_ name: String, _ value: String) -> JSON {
        Make.secret(name, ["metadata": ["name": .string(name), "labels": ["k": .string(value)]]])
    }

    @Test("from a revision on, each change is told once, with the revision of the change") func changes() async throws {
        try await TestAPI.with { api in
            let start = try await api.get(Path.secrets)["metadata.resourceVersion"]?.string ?? ""
            let watch = try await api.watch("\(Path.secrets)?watch=true&resourceVersion=\(start)")
            #expect(watch.code == 200)
            let made = try await api.post(Path.secrets, Make.secret("a"))
            try api.must(try await api.patch("\(Path.secrets)/a", .merge, ["data": ["k": "dg=="]]))
            try api.must(try await api.patch("\(Path.secrets)/a", .merge, ["data": ["k": "dg=="]]))
            try api.must(try await api.delete("\(Path.secrets)/a"))
            let added = try #require(try await watch.next())
            let modified = try #require(try await watch.next())
            let deleted = try #require(try await watch.next())
            #expect([added.text, modified.text, deleted.text] == ["ADDED a", "MODIFIED a", "DELETED a"])
            #expect(added.object == made.json && modified.revision > added.revision)
            #expect(deleted.revision > modified.revision && deleted.object[path: "data.k"] == "dg==")
        }
    }

    @Test("without a revision, or from 0 on, it begins with what is there", arguments: ["", "&resourceVersion=0"])
    func state(_ query: String) async throws {
        try await TestAPI.with { api in
            for name in ["b", "a"] { try api.must(try await api.post(Path.secrets, Make.secret(name))) }
            let watch = try await api.watch("\(Path.secrets)?watch=1\(query)")
            #expect(try await watch.texts(2) == ["ADDED a", "ADDED b"])
            try api.must(try await api.post(Path.secrets, Make.secret("c")))
            #expect(try await watch.texts(1) == ["ADDED c"])
        }
    }

    @Test("what enters a selection is added to it, and what leaves it is deleted from it, as it was") func selection()
        async throws
    {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.secrets, Self.labelled("in", "x")))
            try api.must(try await api.post(Path.secrets, Self.labelled("out", "y")))
            let watch = try await api.watch("\(Path.secrets)?watch=true&labelSelector=k%3Dx")
            #expect(try await watch.texts(1) == ["ADDED in"])
            try api.must(
                try await api.patch("\(Path.secrets)/out", .merge, ["metadata": ["labels": ["k": "x"]]]))
            #expect(try await watch.texts(1) == ["ADDED out"])
            let left = try await api.patch("\(Path.secrets)/in", .merge, ["metadata": ["labels": ["k": "z"]]])
            let gone = try #require(try await watch.next())
            #expect(gone.text == "DELETED in" && gone.object[path: "metadata.labels.k"] == "x")
            #expect(gone.object[path: "metadata.resourceVersion"] == left["metadata.resourceVersion"])
            try api.must(try await api.patch("\(Path.secrets)/in", .merge, ["data": ["k": "dg=="]]))
            try api.must(try await api.delete("\(Path.secrets)/in"))
            try api.must(try await api.delete("\(Path.secrets)/out"))
            #expect(try await watch.texts(1) == ["DELETED out"])
        }
    }

    @Test("watches with other selectors hear of the same changes, each of what it selects") func selections()
        async throws
    {
        try await TestAPI.with { api in
            let queries = [
                "labelSelector=k%3Dx", "labelSelector=k%3Dy", "fieldSelector=metadata.name%3Db",
                "labelSelector=k%3Dx&fieldSelector=metadata.name!%3Db", "labelSelector=k%3Dx",
            ]
            var watches: [WatchReading] = []
            for query in queries { watches.append(try await api.watch("\(Path.secrets)?watch=true&\(query)")) }
            for name in ["a", "b"] { try api.must(try await api.post(Path.secrets, Self.labelled(name, "x"))) }
            for value in ["y", "x"] {
                for name in ["a", "b"] {
                    try api.must(
                        try await api.patch(
                            "\(Path.secrets)/\(name)", .merge, ["metadata": ["labels": ["k": .string(value)]]]))
                }
            }
            let all = ["ADDED a", "ADDED b", "DELETED a", "DELETED b", "ADDED a", "ADDED b"]
            #expect(try await watches[0].texts(6) == all)
            #expect(try await watches[1].texts(4) == ["ADDED a", "ADDED b", "DELETED a", "DELETED b"])
            #expect(try await watches[2].texts(3) == ["ADDED b", "MODIFIED b", "MODIFIED b"])
            #expect(try await watches[3].texts(3) == ["ADDED a", "DELETED a", "ADDED a"])
            #expect(try await watches[4].texts(6) == all)
        }
    }

    @Test("field selectors select as well, and so do namespaces") func fields() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.namespaces, Make.namespace("other")))
            let one = try await api.watch("\(Path.secrets)?watch=true&fieldSelector=metadata.name%3Db")
            let all = try await api.watch("/api/v1/secrets?watch=true")
            try api.must(try await api.post(Path.secrets, Make.secret("a")))
            try api.must(try await api.post("/api/v1/namespaces/other/secrets", Make.secret("b")))
            try api.must(try await api.post(Path.secrets, Make.secret("b")))
            let found = try #require(try await one.next())
            #expect(found.text == "ADDED b" && found.object[path: "metadata.namespace"] == "default")
            #expect(try await all.texts(3) == ["ADDED a", "ADDED b", "ADDED b"])
        }
    }

    @Test("from a revision that is forgotten on, it says so and ends") func expired() async throws {
        try await TestAPI.with(feedBytes: 0) { api in
            let start = try await api.get(Path.secrets)["metadata.resourceVersion"]?.string ?? ""
            for name in ["a", "b"] { try api.must(try await api.post(Path.secrets, Make.secret(name))) }
            try await api.forget()
            try api.must(try await api.post(Path.secrets, Make.secret("c")))
            let watch = try await api.watch("\(Path.secrets)?watch=true&resourceVersion=\(start)")
            let events = try await watch.all()
            #expect(events.map(\.type) == ["ERROR"])
            let status = events.first?.object
            #expect(status?["kind"] == "Status" && status?["code"]?.int == 410 && status?["reason"] == "Expired")
            #expect(status?["message"]?.string?.hasPrefix("too old resource version: \(start)") == true)
        }
    }

    @Test("a revision that is not reached is refused") func tooNew() async throws {
        try await TestAPI.with { api in
            let reply = try await api.get("\(Path.secrets)?watch=true&resourceVersion=999999")
            #expect(reply.code == 504 && reply.problem?.reason == "Timeout")
        }
    }

    @Test(
        "it ends when its time is over, with a bookmark before that for those who want one", arguments: [true, false])
    func timeout(_ wantsBookmarks: Bool) async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.secrets, Make.secret("a")))
            let watch = try await api.watch(
                "\(Path.secrets)?watch=true&timeoutSeconds=1&allowWatchBookmarks=\(wantsBookmarks)")
            let events = try await watch.all()
            #expect(events.map(\.type) == (wantsBookmarks ? ["ADDED", "BOOKMARK"] : ["ADDED"]))
            guard wantsBookmarks, let bookmark = events.last?.object else { return }
            #expect(bookmark["kind"] == "Secret" && bookmark["apiVersion"] == "v1" && bookmark["data"] == nil)
            #expect(Int64(bookmark[path: "metadata.resourceVersion"]?.string ?? "") ?? 0 >= events[0].revision)
        }
    }

    @Test("asked for, the end of what is there is marked; then changes follow") func initialEvents() async throws {
        try await TestAPI.with { api in
            for name in ["a", "b"] { try api.must(try await api.post(Path.secrets, Make.secret(name))) }
            let watch = try await api.watch(
                "\(Path.secrets)?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                    + "&allowWatchBookmarks=true")
            #expect(try await watch.texts(2) == ["ADDED a", "ADDED b"])
            let mark = try #require(try await watch.next())
            #expect(mark.type == "BOOKMARK")
            #expect(mark.object["metadata"]?["annotations"]?["k8s.io/initial-events-end"] == "true")
            try api.must(try await api.delete("\(Path.secrets)/a"))
            #expect(try await watch.texts(1) == ["DELETED a"])
        }
    }

    @Test("with nothing there, the mark comes at once") func noInitialEvents() async throws {
        try await TestAPI.with { api in
            let watch = try await api.watch(
                "\(Path.secrets)?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                    + "&allowWatchBookmarks=true&resourceVersion=0")
            #expect(try await watch.next()?.type == "BOOKMARK")
        }
    }

    @Test(
        "options of watches that make no sense are refused",
        arguments: [
            (
                "sendInitialEvents=true",
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"
            ),
            (
                "resourceVersionMatch=NotOlderThan",
                "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is "
                    + "provided"
            ),
            ("continue=abc", "continue: Forbidden: continue is forbidden for watch"),
        ]) func refused(_ query: String, _ message: String) async throws
    {
        try await TestAPI.with { api in
            let reply = try await api.get("\(Path.secrets)?watch=true&\(query)")
            #expect(reply.code == 422 && reply.problem?.reason == "Invalid", "\(reply.text)")
            #expect(
                reply.problem?.message == "ListOptions.meta.k8s.io \"\" is invalid: \(message)", "\(reply.text)")
        }
    }

    @Test("a client that goes away in the middle leaves nothing behind, and others hear on") func cut() async throws {
        try await TestAPI.with { api in
            for _ in 0..<20 {
                let watch = try await api.watch("\(Path.secrets)?watch=true")
                _ = watch.code
            }
            let watch = try await api.watch("\(Path.secrets)?watch=true")
            try api.must(try await api.post(Path.secrets, Make.secret("a")))
            #expect(try await watch.texts(1) == ["ADDED a"])
        }
    }

    @Test("a watch goes on where a list or another watch ended") func resume() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.secrets, Make.secret("a")))
            let list = try await api.get("\(Path.secrets)?fieldSelector=metadata.name%3Da&limit=500&resourceVersion=0")
            let start = list["metadata.resourceVersion"]?.string ?? ""
            let path = "\(Path.secrets)?watch=true&allowWatchBookmarks=true&fieldSelector=metadata.name%3Da"
            let first = try await api.watch("\(path)&resourceVersion=\(start)&timeoutSeconds=300")
            try api.must(try await api.patch("\(Path.secrets)/a", .merge, ["data": ["k": "dg=="]]))
            let seen = try #require(try await first.next())
            #expect(seen.text == "MODIFIED a")
            try api.must(try await api.delete("\(Path.secrets)/a"))
            let second = try await api.watch("\(path)&resourceVersion=\(seen.revision)")
            #expect(try await second.texts(1) == ["DELETED a"])
        }
    }
}
