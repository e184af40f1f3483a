// SPDX-License-Identifier: Apache-2.0

import Documents
import TestServers
import Testing

@Suite("Aggregated ClusterRoles", .timeLimit(.minutes(1))) struct AggregationTests {
    private static let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles"

    private static func role(_ name: String, _ label: String, _ verbs: JSON) -> JSON {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": ["name": .string(name), "labels": [label: "true"]],
            "rules": [["verbs": verbs, "apiGroups": ["example.org"], "resources": ["widgets"]]],
        ]
    }

    private static func rules(_ api: TestAPI, _ name: String) async throws -> [JSON] {
        try await api.get("\(path)/\(name)")["rules"]?.array ?? []
    }

    /// Waits until the rules of a role are as they should be.
    private static func settles(_ api: TestAPI, _ name: String, _ isRight: ([JSON]) -> Bool) async throws -> Bool {
        try await api.eventually { isRight(try await rules(api, name)) }
    }

    private static func own(_ rules: [JSON]) -> [JSON] { rules.filter { $0["apiGroups"] == ["example.org"] } }

    @Test("have the rules that are gathered for them, also through one another, and lose them again") func gathered()
        async throws
    {
        try await TestAPI.with { api in
            let before = try await Self.rules(api, "admin")
            #expect(Self.own(before).isEmpty && !before.isEmpty)
            let label = "rbac.authorization.k8s.io/aggregate-to-view"
            try api.must(try await api.post(Self.path, Self.role("widgets", label, ["get"])))
            // What is for viewers is for editors and administrators.
            for name in ["view", "edit", "admin"] {
                let isThere = try await Self.settles(api, name) { Self.own($0).count == 1 }
                #expect(isThere, "\(name)")
            }
            let admin = try await api.get("\(Self.path)/admin")
            let managers = admin["metadata"]?["managedFields"]?.array?.compactMap { $0["manager"]?.string } ?? []
            #expect(managers.contains("clusterrole-aggregation-controller"))
            try api.must(try await api.put("\(Self.path)/widgets", Self.role("widgets", label, ["get", "list"])))
            let isChanged = try await Self.settles(api, "admin") {
                Self.own($0).map { $0["verbs"] } == [["get", "list"]]
            }
            #expect(isChanged)
            // What somebody writes into one does not stay.
            try api.must(
                try await api.patch(
                    "\(Self.path)/view", .merge,
                    ["rules": [["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]]]))
            let isRestored = try await Self.settles(api, "view") { !$0.contains { $0["verbs"] == ["*"] } }
            #expect(isRestored)
            try api.must(try await api.delete("\(Self.path)/widgets"))
            let isAsBefore = try await Self.settles(api, "admin") { $0 == before }
            #expect(isAsBefore)
            let version = try await api.get("\(Self.path)/admin")["metadata.resourceVersion"]
            try await Task.sleep(for: .milliseconds(1500))
            #expect(try await api.get("\(Self.path)/admin")["metadata.resourceVersion"] == version)
        }
    }

    @Test("that were written while no server ran are settled when one starts") func restart() async throws {
        try await RestartTests.with { api in
            try api.must(
                try await api.post(
                    Self.path,
                    [
                        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                        "metadata": ["name": "all"],
                        "aggregationRule": ["clusterRoleSelectors": [["matchLabels": ["part": "true"]]]],
                    ]))
            try api.must(try await api.post(Self.path, Self.role("one", "part", ["get"])))
        } _: { api in
            let isSettled = try await Self.settles(api, "all") { $0.count == 1 }
            #expect(isSettled)
        }
    }

    @Test("are shown by kubectl", .enabled(if: InstalledKubectl.newest != nil, "needs kubectl")) func kubectl()
        async throws
    {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.ok(
                "create -f -", "created",
                input: Self.role("widgets", "rbac.authorization.k8s.io/aggregate-to-admin", ["get"]).text())
            let isThere = try await Self.settles(api, "admin") { Self.own($0).count == 1 }
            #expect(isThere)
            try await kubectl.ok("get clusterrole admin -o yaml", "- example.org")
        }
    }
}
