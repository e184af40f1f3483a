// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import Documents
import Glibc
import Kubernetes
import KubernetesClient
import TestServers
import TestSite
import Testing

@Suite("Of two processes of controllers one works", .serialized) struct LeaderTests {
    private static let lease = ObjectName("default", "controllers")
    private static let leases = GroupVersionResource("coordination.k8s.io", "v1", "leases")
    private static let maps = GroupVersionResource("", "v1", "configmaps")

    private func controllers(_ server: APIServerProgram, _ name: String) throws -> KillableProgram {
        try KillableProgram(
            [
                "controllers", "--kubeconfig", server.kubeconfig, "--leader-elect", "--lease",
                "\(Self.lease)", "--lease-seconds", "5",
            ], folder: server.folder, name: name)
    }

    private func holder(_ client: KubernetesClient) async throws -> (identity: String, changes: Int64) {
        let lease = try await client.get(Self.leases, Self.lease)
        return (
            lease.json["spec"]?["holderIdentity"]?.string ?? "", lease.json["spec"]?["leaseTransitions"]?.int ?? -1
        )
    }

    @Test("killed, the other takes over, and nothing is applied twice")
    func takeover() async throws {
        let folder = try TemporaryFolder(prefix: "leader")
        var server = try APIServerProgram(folder: folder.path)
        try await server.start()
        let client = try server.client(), site = try await SiteRegistry()
        let installed = try await Sovereign.run(
            "install", "--apply", "--definitions-only", "--kubeconfig", server.kubeconfig)
        #expect(installed.status == 0, "\(installed.said)")
        try await SignedRelease(version: "1.0.0").push(to: "\(site.url)/acme")
        let feed = FeedRecord(client, Self.maps)
        try await eventually("the feed has begun") { feed.isSynced }
        let objects = """
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Repository
            metadata: {name: repo, namespace: default}
            spec: {repositorySpec: {type: OCIRegistry, baseUrl: "\(site.url)/acme"}, interval: 1m}
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Component
            metadata: {name: app, namespace: default}
            spec:
              {repositoryRef: {name: repo}, component: \(SignedRelease.component), semver: ">=1.0.0", interval: 1s}
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Resource
            metadata: {name: manifests, namespace: default}
            spec:
              {componentRef: {name: app}, resource: {byReference: {resource: {name: manifests}}}, interval: 1m}
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Deployer
            metadata: {name: app}
            spec: {resourceRef: {name: manifests, namespace: default}}
            """
        try FileSystem.write(Array(objects.utf8), to: "\(folder.path)/objects.yaml")
        let applied = try await Sovereign.run(
            "apply", "-f", "\(folder.path)/objects.yaml", "--kubeconfig", server.kubeconfig)
        #expect(applied.status == 0, "\(applied.said)")
        func version() async throws -> String? {
            try await client.get(Self.maps, ObjectName("default", "settings")).json["data"]?["version"]?.string
        }
        let first = try controllers(server, "first")
        try await eventually("the first works") { (try? await version()) == "1.0.0" }
        let second = try controllers(server, "second")
        let leader = try await holder(client)
        // Longer than the lease: the other one waits.
        try await Task.sleep(for: .seconds(6))
        #expect(try await holder(client).identity == leader.identity)
        first.signal(SIGKILL)
        try await SignedRelease(version: "1.1.0").push(to: "\(site.url)/acme")
        try await eventually("the second takes over") { (try? await version()) == "1.1.0" }
        let now = try await holder(client)
        #expect(now.identity != leader.identity && now.changes == leader.changes + 1)
        // Some more rounds of looking would show who applies again.
        try await Task.sleep(for: .seconds(3))
        #expect(feed.problems.isEmpty)
        #expect(feed.toldCount { $0 == "settings" } == 2, "\(second.log)")
        second.signal(SIGTERM)
        try await eventually("who ends lets the lease go") { (try? await holder(client))?.identity.isEmpty == true }
        await feed.end()
        try await server.stop()
    }
}
