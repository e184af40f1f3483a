// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing
import WebServer

@testable import KubernetesClient

@Suite("Watches", .timeLimit(.minutes(3))) struct WatchTests {
    /// All events, and what ended them.
    static func read(_ events: WatchEvents) async -> ([String], (any Error)?) {
        var seen: [String] = []
        do {
            for try await event in events {
                seen.append("\(event.kind.rawValue) \(event.object.name) \(event.object.resourceVersion ?? "")")
            }
            return (seen, nil)
        } catch { return (seen, error) }
    }

    @Test("events come one by one, however the bytes are cut", arguments: [1, 7, 4096]) func events(_ piece: Int)
        async throws
    {
        let text =
            Maps.event("ADDED", Maps.map("a", version: 1)) + "\n" + Maps.event("NEWKIND", Maps.map("x", version: 2))
            + Maps.event("MODIFIED", Maps.map("a", version: 3)) + Maps.bookmark(4)
            + Maps.event("DELETED", Maps.map("a", version: 5))
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: piece).map {
            String(decoding: bytes[$0..<min($0 + piece, bytes.count)], as: UTF8.self)
        }
        try await ScriptedServer.with { _ in
            .lines(pieces)
        } _: { server in
            var options = WatchOptions(labels: try LabelSelector("a=b"), fields: .name("x"))
            (options.resourceVersion, options.seconds) = ("0", 30)
            let client = try server.client()
            let (seen, error) = await Self.read(try await client.watch(Maps.resource, namespace: "default", options))
            #expect(seen == ["ADDED a 1", "MODIFIED a 3", "BOOKMARK  4", "DELETED a 5"] && error == nil)
            #expect(
                server.asked[0].query == [
                    "watch": "true", "labelSelector": "a=b", "fieldSelector": "metadata.name=x", "resourceVersion": "0",
                    "allowWatchBookmarks": "true", "timeoutSeconds": "30",
                ])
            (options.form, options.sendsInitialEvents, options.resourceVersion) = (.metadata, true, nil)
            for try await event in try await client.watch(Maps.resource, options) where event.kind != .bookmark {
                #expect(event.object.kind == "PartialObjectMetadata" && event.object.value == nil)
            }
            #expect(server.asked[1].query["sendInitialEvents"] == "true")
            #expect(server.asked[1].query["resourceVersionMatch"] == "NotOlderThan")
        }
    }

    @Test(
        "a watch that breaks, or is cut in the middle of a line, is a fault after what was whole",
        arguments: [true, false])
    func cut(_ isBroken: Bool) async throws {
        let whole = Maps.event("ADDED", Maps.map("a", version: 1))
        try await ScriptedServer.with { _ in
            .lines([whole, String(whole.dropLast(9))], isCut: isBroken)
        } _: { server in
            let (seen, error) = await Self.read(try await server.client().watch(Maps.resource))
            #expect(seen == ["ADDED a 1"] && (error as? Fault)?.code == .unavailable)
        }
    }

    @Test(
        "what is no event is a fault",
        arguments: [
            "{", "[]", #"{"type":"ADDED"}"#, #"{"type":"ADDED","object":{"kind":"x","apiVersion":"v1"}}"#, "<html>",
        ])
    func wrong(_ line: String) async throws {
        try await ScriptedServer.with { _ in
            .lines([line + "\n"])
        } _: { server in
            let (_, error) = await Self.read(try await server.client().watch(Maps.resource))
            #expect((error as? Fault)?.code == .corrupt)
        }
        try await ScriptedServer.with { _ in
            ServerResponse("text/html", line)
        } _: { server in
            await #expect { try await server.client().watch(Maps.resource) } throws: {
                ($0 as? Fault)?.code == .invalid
            }
        }
    }

    @Test("410 comes as the answer, or as an event") func expired() async throws {
        let status = APIStatus.expired("too old resource version: 1 (9)")
        for isEvent in [false, true] {
            try await ScriptedServer.with { _ in
                isEvent ? .lines([Maps.event("ERROR", status.json)]) : .status(status)
            } _: { server in
                await #expect {
                    let (_, error) = await Self.read(try await server.client().watch(Maps.resource))
                    throw error ?? Fault(.internal, "no error")
                } throws: { ($0 as? APIStatus)?.isExpired == true }
            }
        }
    }

    @Test("a watch ends with the task that reads it") func cancelled() async throws {
        let gone = Guarded(false)
        try await ScriptedServer.with { _ in
            ServerResponse(
                "application/json",
                ByteStream {
                    do { try await Task.sleep(for: .seconds(60)) } catch {
                        gone.withLock { $0 = true }
                        throw error
                    }
                    return nil
                })
        } _: { server in
            let client = try server.client()
            let task = Task { for try await _ in try await client.watch(Maps.resource) {} }
            while server.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            while !gone.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test("waits grow to a longest, each between half and all of it") func backOff() {
        var backOff = BackOff(first: .milliseconds(800), longest: .seconds(30))
        for whole in [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30] {
            let wait = backOff.next() / .seconds(1)
            #expect(wait >= whole / 2 - 1e-9 && wait <= whole + 1e-9)
        }
        backOff.reset()
        #expect(backOff.next() <= .milliseconds(800))
        for _ in 0..<200 { #expect(backOff.next() <= .seconds(30)) }
    }
}
