// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import KubernetesClient
import Reconciling
import Testing

@testable import KubernetesControllers

@Suite("Events", .timeLimit(.minutes(5))) struct EventRecorderTests {
    private static let resource = GroupVersionResource("", "v1", "events")

    private static func events(_ cluster: WidgetCluster) async throws -> [KubernetesObject] {
        try await cluster.client.listAll(resource).objects
    }
    private static func event(_ message: String, isWarning: Bool = false) -> ReconcilePass.Event {
        ReconcilePass.Event(isWarning: isWarning, reason: "Tested", message: message)
    }

    @Test("the first is created, the same again is counted, and one that was deleted is told anew")
    func counting() async throws {
        try await WidgetCluster.with { cluster in
            let widget = try await cluster.create("a")
            let recorder = EventRecorder(cluster.client, component: "tester", now: { .present })
            for _ in 0..<3 { await recorder.record(Self.event("it is so"), about: widget) }
            await recorder.record(Self.event("it is so", isWarning: true), about: widget)
            await recorder.flush()
            let events = try await Self.events(cluster)
            #expect(events.count == 2)
            let normal = try #require(events.first { $0.json["type"]?.string == "Normal" })
            #expect(normal.json["count"]?.int == 3)
            #expect(normal.json["reason"]?.string == "Tested")
            #expect(normal.json["source"]?["component"]?.string == "tester")
            #expect(normal.json["involvedObject"]?["uid"]?.string == widget.uid)
            #expect(normal.json["involvedObject"]?["kind"]?.string == "Widget")
            #expect(normal.namespace == "default")
            for event in events { _ = try await cluster.client.delete(Self.resource, event.objectName) }
            await recorder.record(Self.event("it is so"), about: widget)
            await recorder.record(Self.event("it is so"), about: widget)
            await recorder.flush()
            #expect(try await Self.events(cluster).map { $0.json["count"]?.int } == [2])
        }
    }

    @Test("an object that has too much to say is heard less often, and others as ever")
    func share() async throws {
        try await WidgetCluster.with { cluster in
            let (a, b) = (try await cluster.create("a"), try await cluster.create("b"))
            let time = Guarded<Int64>(1_800_000_000)
            let recorder = EventRecorder(
                cluster.client, component: "tester", now: { Moment(seconds: time.withLock { $0 }) ?? .present })
            for index in 0..<60 { await recorder.record(Self.event("a \(index)"), about: a) }
            await recorder.record(Self.event("b"), about: b)
            await recorder.flush()
            #expect(try await Self.events(cluster).count == 26)
            // One more each five minutes.
            time.withLock { $0 += 301 }
            for index in 0..<5 { await recorder.record(Self.event("later \(index)"), about: a) }
            await recorder.flush()
            #expect(try await Self.events(cluster).count == 27)
            // A clock that goes back gives nothing away, and takes nothing.
            time.withLock { $0 -= 100_000 }
            await recorder.record(Self.event("before"), about: a)
            await recorder.record(Self.event("before"), about: b)
            await recorder.flush()
            #expect(try await Self.events(cluster).count == 28)
        }
    }

    @Test("a flood is dropped, and nobody waits for it")
    func flood() async throws {
        try await WidgetCluster.with { cluster in
            let recorder = EventRecorder(cluster.client, component: "tester", now: { .present })
            var widget = try await cluster.create("a")
            for index in 0..<3000 {
                widget.uid = "uid-\(index)"
                await recorder.record(Self.event("it is so"), about: widget)
            }
            await recorder.flush()
            let count = try await Self.events(cluster).count
            #expect(count >= 512)
            #expect(count < 3000)
        }
    }

    @Test("events about objects of no namespace are in the namespace default; any name may be told of")
    func places() async throws {
        try await WidgetCluster.with { cluster in
            let recorder = EventRecorder(cluster.client, component: "tester", now: { .present })
            let roles = GroupVersionKind("rbac.authorization.k8s.io", "v1", "ClusterRole")
            let names = ["system:Node-reader", "edge-", "\(String(repeating: "a", count: 199)).b", ":"]
            for name in names {
                var object = KubernetesObject(roles, name: name)
                object.uid = name
                await recorder.record(Self.event(String(repeating: "ü", count: 5000)), about: object)
            }
            await recorder.flush()
            let events = try await Self.events(cluster)
            #expect(events.count == names.count)
            #expect(events.allSatisfy { $0.namespace == "default" && $0.json["message"]?.string?.count == 1024 })
        }
    }

    @Test("a server that is away keeps nobody from going on")
    func away() async throws {
        let recorder = EventRecorder(try WidgetCluster.client(1), component: "tester", now: { .present })
        await recorder.record(Self.event("it is so"), about: WidgetCluster.widget("a"))
        await recorder.flush()
    }
}
