// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import Documents
import Kubernetes
import KubernetesClient
import TestSite
import Testing

@Suite("A site follows what is pushed into it") struct SiteFollowingTests {
    private static let events = GroupVersionResource("", "v1", "events")

    /// What must be the same after a restart.
    private static func kept(_ object: KubernetesObject) -> [JSON?] {
        [
            object.json["metadata"]?["uid"], object.json["metadata"]?["generation"], object.json["spec"],
            object.json["data"], object.json["status"],
        ]
    }

    @Test("ended and started again, everything is as it was, nothing is applied anew, and following goes on")
    func restarts() async throws {
        let site = try await RunningSite()
        try await SignedRelease(version: "1.0.0").push(to: site.repository)
        try await site.follow()
        try await site.eventually(deployed: "1.0.0")
        for version in ["1.1.0", "1.2.0"] {
            let before = try await site.all()
            try await site.restart()
            // Everything that was stored is looked at by the controllers before a new release is.
            try await Task.sleep(for: .seconds(2))
            let after = try await site.all()
            #expect(before.keys.sorted() == after.keys.sorted())
            for (name, object) in before {
                #expect(after[name].map(Self.kept) == Self.kept(object), "\(name)")
            }
            #expect(before["ConfigMap settings"]?.resourceVersion == after["ConfigMap settings"]?.resourceVersion)
            // The interval is an hour: only the push can have told.
            try await SignedRelease(version: version).push(to: site.repository)
            try await site.eventually(deployed: version)
        }
        await site.stop()
    }

    @Test("a release pushed while the site was being started is followed")
    func pushedEarly() async throws {
        let site = try await RunningSite()
        try await SignedRelease(version: "1.0.0").push(to: site.repository)
        try await site.follow()
        try await site.eventually(deployed: "1.0.0")
        try await site.restart()
        try await SignedRelease(version: "1.1.0").push(to: site.repository)
        try await site.eventually(deployed: "1.1.0")
        await site.stop()
    }

    @Test("a component that has no version yet is followed when its first one is pushed")
    func pushedLate() async throws {
        let site = try await RunningSite()
        try await site.follow()
        try await site.eventually("there is no version") { site in
            RunningSite.ready(try await site.object(.component, "app")).hasPrefix("False CheckVersionFailed")
        }
        // So that failures, were they remembered, were remembered for a while.
        try await Task.sleep(for: .seconds(4))
        try await SignedRelease(version: "1.0.0").push(to: site.repository)
        try await site.eventually(deployed: "1.0.0")
        await site.stop()
    }

    @Test("a release signed with another key is refused with why, the one before stays; the next good one is taken")
    func foreignKey() async throws {
        let site = try await RunningSite()
        try await SignedRelease(version: "1.0.0").push(to: site.repository)
        try await site.follow()
        try await site.eventually(deployed: "1.0.0")
        try await SignedRelease(version: "1.1.0", key: SignedRelease.foreignKey).push(to: site.repository)
        try await site.eventually("1.1.0 is refused") { site in
            RunningSite.ready(try await site.object(.component, "app")).hasPrefix("False")
        }
        let component = try #require(try await site.object(.component, "app"))
        let why = RunningSite.ready(component)
        #expect(why.hasPrefix("False GetComponentVersionFailed: "))
        #expect(why.contains("signature") && why.contains("1.1.0"), "\(why)")
        #expect(component.json["status"]?["component"]?["version"] == "1.0.0")
        try await site.eventually("an Event tells it") { site in
            try await site.client.listAll(Self.events, namespace: "demo").objects.contains {
                $0.json["involvedObject"]?["kind"] == "Component" && $0.json["type"] == "Warning"
                    && $0.json["reason"] == "GetComponentVersionFailed"
                    && $0.json["reportingComponent"] == "sovereign-controllers"
            }
        }
        #expect(try await site.deployed() == "1.0.0")
        try await SignedRelease(version: "1.2.0").push(to: site.repository)
        try await site.eventually(deployed: "1.2.0")
        await site.stop()
    }

    @Test("a Component that is used waits with its deletion, and what was applied goes with its Deployer")
    func deletion() async throws {
        let site = try await RunningSite()
        try await SignedRelease(version: "1.0.0").push(to: site.repository)
        try await site.follow()
        try await site.eventually(deployed: "1.0.0")
        func delete(_ kind: DeliveryKind, _ name: String) async throws {
            let name = ObjectName(kind.isNamespaced ? "demo" : nil, name)
            _ = try await site.client.delete(kind.resource, name)
        }
        try await delete(.component, "app")
        try await site.eventually("the Component says that it is used") { site in
            RunningSite.ready(try await site.object(.component, "app")).contains("DeletionFailed")
        }
        // Also over a restart.
        try await site.restart()
        try await Task.sleep(for: .seconds(1))
        #expect(try await site.object(.component, "app")?.isBeingDeleted == true)
        #expect(try await site.deployed() == "1.0.0")
        try await delete(.deployer, "app")
        try await site.eventually("what was applied is removed") { site in try await site.deployed() == nil }
        try await delete(.resource, "manifests")
        try await site.eventually("the Component is gone") { site in
            try await site.object(.component, "app") == nil
        }
        await site.stop()
    }
}
