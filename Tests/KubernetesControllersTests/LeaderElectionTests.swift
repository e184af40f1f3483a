// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import KubernetesClient
import TestServers
import Testing

@testable import KubernetesControllers

@Suite("Leases", .timeLimit(.minutes(5))) struct LeaderElectionTests {
    private static let lease = ObjectName("default", "widgets")

    /// What candidates did, in its order.
    private final class Story: Sendable {
        private let told = Guarded<[String]>([])
        private let leading = Guarded<(now: Int, most: Int)>((0, 0))
        var lines: [String] { told.withLock { $0 } }
        var most: Int { leading.withLock { $0.most } }
        /// Whether each has ended before the next began.
        var isOrderly: Bool {
            let lines = lines
            return lines.indices.allSatisfy { place in
                lines[place].hasSuffix("begins")
                    ? place == 0 || lines[place - 1].hasSuffix("ends")
                    : lines[place] == lines[place - 1].replacing(" begins", with: " ends")
            }
        }
        func tell(_ line: String) { told.withLock { $0.append(line) } }

        /// Leads until it is cancelled, or for so long.
        func lead(_ name: String, atMost time: Duration = .seconds(3600)) async {
            leading.withLock {
                $0.now += 1; $0.most = max($0.most, $0.now)
            }
            tell("\(name) begins")
            try? await Task.sleep(for: time)
            tell("\(name) ends")
            leading.withLock { $0.now -= 1 }
        }
    }

    /// - Parameter isPatient: whether its lease is good for long: then it is not lost on a machine that is very busy.
    private static func candidate(
        _ client: KubernetesClient, _ name: String, isPatient: Bool = false,
        now: @escaping @Sendable () -> Moment = { .present }
    ) -> LeaderElection {
        var settings = LeaderElection.Settings()
        // Much time between the deadline and the length: a machine that is busy elsewhere is no second leader.
        (settings.length, settings.deadline, settings.retry) = (
            .milliseconds(isPatient ? 90_500 : 1600), .milliseconds(isPatient ? 60_000 : 600), .milliseconds(50)
        )
        return LeaderElection(client, lease: lease, identity: name, settings, now: now)
    }

    /// A candidate that comes back when it has lost the lease, which happens on a machine that is very busy.
    private static func persist(
        _ client: KubernetesClient, _ name: String, _ story: Story, now: @escaping @Sendable () -> Moment = { .present }
    ) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                try? await candidate(client, name, now: now).run { await story.lead(name) }
            }
        }
    }

    private static func spec(_ cluster: WidgetCluster) async throws -> JSON {
        try await cluster.client.get(WidgetCluster.leases, lease).json["spec"] ?? .null
    }

    @Test("one of several leads at a time; a lease that is let go is taken at once, and every taking is counted")
    func turns() async throws {
        try await WidgetCluster.with { cluster in
            let story = Story()
            await withTaskGroup(of: Void.self) { group in
                for name in ["a", "b", "c"] {
                    group.addTask {
                        for _ in 0..<2 {
                            try? await Self.candidate(cluster.client, name, isPatient: true).run {
                                await story.lead(name, atMost: .milliseconds(30))
                            }
                        }
                    }
                }
                await group.waitForAll()
            }
            #expect(story.most == 1)
            #expect(story.isOrderly, "\(story.lines)")
            #expect(story.lines.count == 12)
            for name in ["a", "b", "c"] { #expect(story.lines.count { $0 == "\(name) begins" } == 2) }
            let spec = try await Self.spec(cluster)
            #expect(spec["holderIdentity"]?.string == "")
            #expect(spec["leaseTransitions"]?.int == 5)
        }
    }

    @Test("a lease is recorded in whole seconds, never fewer than are counted on")
    func wholeSeconds() async throws {
        try await WidgetCluster.with { cluster in
            let length = Guarded<Int64?>(nil)
            try await Self.candidate(cluster.client, "a", isPatient: true).run {
                let seconds = try await Self.spec(cluster)["leaseDurationSeconds"]?.int
                length.withLock { $0 = seconds }
            }
            #expect(length.withLock { $0 } == 91)
        }
    }

    @Test(
        "the lease of one who is gone is taken when it has run out on the own clock, whatever its own times say",
        arguments: ["1970-01-01T00:00:00.000000Z", "2199-01-01T00:00:00.000000Z"])
    func abandoned(_ time: String) async throws {
        try await WidgetCluster.with { cluster in
            var lease = KubernetesObject(
                GroupVersionKind("coordination.k8s.io", "v1", "Lease"), namespace: "default", name: "widgets")
            lease.json["spec"] = [
                "holderIdentity": "ghost", "leaseDurationSeconds": 1, "renewTime": .string(time),
                "acquireTime": .string(time), "leaseTransitions": 7,
            ]
            _ = try await cluster.client.create(lease, in: WidgetCluster.leases)
            let start = ContinuousClock.now
            let story = Story()
            try await Self.candidate(cluster.client, "a", isPatient: true).run { await story.lead("a", atMost: .zero) }
            // Not before; that it comes soon after is all that the end of this test needs.
            #expect(ContinuousClock.now - start >= .seconds(1))
            #expect(story.lines == ["a begins", "a ends"])
            #expect(try await Self.spec(cluster)["leaseTransitions"]?.int == 8)
        }
    }

    @Test("candidates with wrong clocks wait for a leader that renews", arguments: [Int64(0), 9_000_000_000])
    func wrongClocks(_ seconds: Int64) async throws {
        try await WidgetCluster.with { cluster in
            let story = Story()
            let leader = Self.persist(cluster.client, "leader", story, now: { Moment(seconds: seconds) ?? .present })
            try await eventually("it leads") { !story.lines.isEmpty }
            let other = Self.persist(cluster.client, "other", story)
            let third = Self.persist(cluster.client, "third", story, now: { Moment(seconds: 5) ?? .present })
            // Much longer than the lease is good for without being renewed.
            try await Task.sleep(for: .seconds(5))
            leader.cancel()
            await leader.value
            try await eventually("another leads") {
                story.lines.contains("other begins") || story.lines.contains("third begins")
            }
            #expect(story.most == 1)
            #expect(story.isOrderly, "\(story.lines)")
            for task in [other, third] {
                task.cancel()
                await task.value
            }
        }
    }

    @Test("a leader that cannot renew has stopped before another begins", arguments: [true, false])
    func cutOff(_ hangs: Bool) async throws {
        try await WidgetCluster.with { cluster in
            let story = Story()
            let proxy = try CuttingProxy(to: cluster.port)
            let client = try WidgetCluster.client(proxy.port)
            let leader = Task { try await Self.candidate(client, "leader").run { await story.lead("leader") } }
            try await eventually("it leads") { story.lines.contains("leader begins") }
            let other = Self.persist(cluster.client, "other", story)
            if hangs { proxy.holdAll() } else { proxy.sever() }
            try await eventually("the other leads") { story.lines.contains("other begins") }
            #expect(story.lines.prefix(3) == ["leader begins", "leader ends", "other begins"])
            #expect(story.most == 1)
            guard case .failure(let error) = await leader.result else {
                Issue.record("a lost lease is a failure")
                return
            }
            #expect((error as? Fault)?.code == .unavailable)
            #expect("\(error)".contains("lost"))
            other.cancel()
            await other.value
            await proxy.stop()
        }
    }

    @Test("a leader whose lease another has taken stops")
    func robbed() async throws {
        try await WidgetCluster.with { cluster in
            let story = Story()
            let leader = Task {
                try await Self.candidate(cluster.client, "leader", isPatient: true).run { await story.lead("leader") }
            }
            try await eventually("it leads") { story.lines.count == 1 }
            _ = try await cluster.client.patch(
                WidgetCluster.leases, Self.lease, .merge(["spec": ["holderIdentity": "thief"]]))
            guard case .failure = await leader.result else {
                Issue.record("a lost lease is a failure")
                return
            }
            #expect(story.lines == ["leader begins", "leader ends"])
            // What is another's is not let go.
            #expect(try await Self.spec(cluster)["holderIdentity"]?.string == "thief")
        }
    }

    @Test("a leader that is asked to end keeps its lease until its body has ended")
    func ending() async throws {
        try await WidgetCluster.with { cluster in
            let story = Story()
            let mayEnd = Guarded(false)
            let leader = Task {
                try await Self.candidate(cluster.client, "leader").run {
                    story.tell("leader begins")
                    while !mayEnd.withLock({ $0 }) { await Task { try? await Task.sleep(for: .milliseconds(5)) }.value }
                    story.tell("leader ends")
                }
            }
            try await eventually("it leads") { story.lines.count == 1 }
            let other = Self.persist(cluster.client, "other", story)
            leader.cancel()
            try await Task.sleep(for: .seconds(4))
            mayEnd.withLock { $0 = true }
            try await eventually("the other leads") { story.lines.contains("other begins") }
            #expect(story.lines.prefix(3) == ["leader begins", "leader ends", "other begins"])
            other.cancel()
            await other.value
        }
    }

    @Test("what can never be had is thrown, not waited for")
    func never() async throws {
        try await WidgetCluster.with { cluster in
            let election = LeaderElection(
                cluster.client, lease: ObjectName("nowhere", "widgets"), identity: "a", now: { .present })
            let error = await #expect(throws: APIStatus.self) { try await election.run { () async throws in } }
            #expect(error?.code == 404)
        }
    }

    @Test("a failure of the body is thrown, and the lease let go")
    func failure() async throws {
        try await WidgetCluster.with { cluster in
            let fault = await #expect(throws: Fault.self) {
                try await Self.candidate(cluster.client, "a", isPatient: true).run {
                    throw Fault(.invalid, "the body fell over")
                }
            }
            #expect(fault?.message == "the body fell over")
            let spec = try await Self.spec(cluster)
            #expect(spec["holderIdentity"]?.string == "")
        }
    }
}
