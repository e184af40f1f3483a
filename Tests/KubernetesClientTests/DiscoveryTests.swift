// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Testing
import Web
import WebServer

@Suite("Discovery", .timeLimit(.minutes(1))) struct DiscoveryTests {
    static func kind(_ group: String, _ version: String, _ kind: String) -> JSON {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }
    static let verbs: JSON = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"]

    static func aggregated(_ groups: [JSON], _ version: String) -> ServerResponse {
        let json: JSON = [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:],
            "items": .array(groups),
        ]
        return ServerResponse(
            "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList", json.text())
    }
    static let core: JSON = [
        "metadata": [:],
        "versions": [
            [
                "version": "v1", "freshness": "Current",
                "resources": [
                    [
                        "resource": "pods", "responseKind": kind("", "v1", "Pod"), "scope": "Namespaced",
                        "singularResource": "pod", "verbs": verbs, "shortNames": ["po"], "categories": ["all"],
                        "subresources": [
                            ["subresource": "status", "responseKind": kind("", "", "Pod"), "verbs": ["get", "patch"]],
                            ["subresource": "log", "verbs": ["get"]],
                            [
                                "subresource": "eviction", "responseKind": kind("policy", "v1", "Eviction"),
                                "verbs": ["create"],
                            ],
                        ],
                    ],
                    [
                        "resource": "nodes", "responseKind": kind("", "v1", "Node"), "scope": "Cluster",
                        "singularResource": "node", "verbs": verbs, "shortNames": ["no"],
                    ],
                ],
            ]
        ],
    ]
    static let widgets: JSON = [
        "metadata": ["name": "demo.example.io"],
        "versions": [
            [
                "version": "v2",
                "resources": [
                    [
                        "resource": "widgets", "responseKind": kind("demo.example.io", "v2", "Widget"),
                        "scope": "Namespaced", "singularResource": "widget", "verbs": verbs,
                    ]
                ],
            ],
            [
                "version": "v1",
                "resources": [
                    [
                        "resource": "widgets", "responseKind": kind("demo.example.io", "v1", "Widget"),
                        "scope": "Namespaced", "singularResource": "widget", "verbs": verbs, "shortNames": ["po"],
                    ]
                ],
            ],
        ],
    ]
    static let metrics: JSON = [
        "metadata": ["name": "metrics.k8s.io"],
        "versions": [
            [
                "version": "v1beta1", "freshness": "Stale",
                "resources": [
                    [
                        "resource": "pods", "responseKind": kind("metrics.k8s.io", "v1beta1", "PodMetrics"),
                        "scope": "Namespaced", "verbs": ["get"],
                    ], ["resource": "dropped"],
                ],
            ]
        ],
    ]

    /// The same as the aggregated form tells, in the older one.
    static func legacy(_ asked: Asked) -> ServerResponse {
        func resource(_ name: String, _ kind: String, _ isNamespaced: Bool, _ more: JSON = [:]) -> JSON {
            var json: JSON = [
                "name": .string(name), "singularName": "", "kind": .string(kind), "namespaced": .bool(isNamespaced),
                "verbs": verbs,
            ]
            for (key, value) in more.object ?? [:] { json[key] = value }
            return json
        }
        func list(_ version: String, _ resources: [JSON]) -> ServerResponse {
            .json(["kind": "APIResourceList", "groupVersion": .string(version), "resources": .array(resources)])
        }
        switch asked.path {
        case "/api": return .json(["kind": "APIVersions", "versions": ["v1"]])
        case "/apis":
            return .json([
                "kind": "APIGroupList",
                "groups": [
                    [
                        "name": "demo.example.io",
                        "preferredVersion": ["groupVersion": "demo.example.io/v2", "version": "v2"],
                        "versions": [["version": "v1"], ["version": "v2"]],
                    ], ["name": "metrics.k8s.io", "versions": [["version": "v1beta1"]]],
                ],
            ])
        case "/api/v1":
            return list(
                "v1",
                [
                    resource(
                        "pods", "Pod", true, ["singularName": "pod", "shortNames": ["po"], "categories": ["all"]]),
                    resource("pods/status", "Pod", true, ["verbs": ["get", "patch"]]),
                    resource("pods/log", "", true, ["verbs": ["get"]]),
                    resource(
                        "pods/eviction", "Eviction", true, ["group": "policy", "version": "v1", "verbs": ["create"]]),
                    resource("nodes", "Node", false, ["shortNames": ["no"]]),
                ])
        case "/apis/demo.example.io/v1":
            return list("demo.example.io/v1", [resource("widgets", "Widget", true, ["shortNames": ["po"]])])
        case "/apis/demo.example.io/v2": return list("demo.example.io/v2", [resource("widgets", "Widget", true)])
        default: return ServerResponse(status: 503, "text/plain", "no endpoints")
        }
    }

    enum Form: CaseIterable { case v2, v2beta1, legacy }

    static func answer(_ asked: Asked, _ form: Form) -> ServerResponse {
        if asked.path == "/version" {
            return .json(["major": "1", "minor": "32+", "gitVersion": "v1.32.4", "platform": "linux/amd64"])
        }
        guard form != .legacy else { return legacy(asked) }
        return aggregated(asked.path == "/api" ? [core] : [widgets, metrics], form == .v2 ? "v2" : "v2beta1")
    }

    @Test("tells the same in every form", arguments: Form.allCases) func forms(_ form: Form) async throws {
        try await ScriptedServer.with {
            Self.answer($0, form)
        } _: { server in
            let client = try server.client()
            let catalogue = try await client.discover()
            #expect(catalogue.versions.map(\.group) == ["", "demo.example.io", "metrics.k8s.io"])
            #expect(catalogue.versions[1].versions == ["v2", "v1"])
            #expect(catalogue.missing.keys.map(\.description) == ["metrics.k8s.io/v1beta1"])
            let pods = try #require(catalogue.resource(of: GroupVersionKind("", "v1", "Pod")))
            #expect(
                pods.resource == GroupVersionResource("", "v1", "pods") && pods.isNamespaced && pods.singular == "pod")
            #expect(pods.shortNames == ["po"] && pods.categories == ["all"] && pods.verbs.count == 8)
            #expect(pods.subresources.keys.sorted() == ["eviction", "log", "status"])
            #expect(pods.subresources["eviction"]?.kind == GroupVersionKind("policy", "v1", "Eviction"))
            #expect(pods.subresources["status"]?.kind == pods.kind && pods.subresources["log"]?.kind == nil)
            #expect(catalogue.resource(of: GroupVersionKind("", "v1", "Node"))?.isNamespaced == false)
            #expect(
                catalogue.preferred(group: "demo.example.io", kind: "Widget")?.resource.groupVersion.version == "v2")
            #expect(
                catalogue.preferred(GroupResource(group: "demo.example.io", resource: "widgets"))?.kind.version == "v2")
            #expect(catalogue.resource(GroupVersionResource("demo.example.io", "v1", "widgets")) != nil)
            for (name, found) in [
                ("pods", "v1/pods"), ("PO", "v1/pods"), ("Pod", "v1/pods"), ("widget", "demo.example.io/v2/widgets"),
                ("widgets.demo.example.io", "demo.example.io/v2/widgets"),
                ("widgets.v1.demo.example.io", "demo.example.io/v1/widgets"), ("pods.v1.", "v1/pods"),
                ("no", "v1/nodes"),
                ("po.demo.example.io", "demo.example.io/v1/widgets"), ("gadgets", ""), ("", ""), ("pods.v2.", ""),
            ] {
                let first =
                    catalogue.find(name).first.map { "\($0.resource.groupVersion)/\($0.resource.resource)" } ?? ""
                #expect(first == found, "\(name)")
            }
            #expect(try await client.version().gitVersion == "v1.32.4")
            #expect(server.asked.count == (form == .legacy ? 7 : 3))
            #expect(
                server.asked[0].headers["Accept"]
                    == "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
            )
        }
    }

    @Test("asks again for a kind that is not known, but not at any rate") func unknown() async throws {
        let hasWidgets = Guarded(false)
        let clock = Guarded(ContinuousClock.now)
        try await ScriptedServer.with { asked in
            Self.aggregated(asked.path == "/api" ? [Self.core] : hasWidgets.withLock { $0 } ? [Self.widgets] : [], "v2")
        } _: { server in
            let discovery = Discovery(try server.client(), now: { clock.withLock { $0 } })
            let kind = GroupVersionKind("demo.example.io", "v1", "Widget")
            for _ in 0..<20 {
                await #expect { try await discovery.resource(of: kind) } throws: { ($0 as? Fault)?.code == .notFound }
            }
            #expect(server.asked.count == 2)
            hasWidgets.withLock { $0 = true }
            clock.withLock { $0 += .seconds(6) }
            #expect(try await discovery.resource(of: kind).resource.resource == "widgets")
            #expect(try await discovery.find("po").kind.kind == "Pod")
            #expect(try await discovery.preferred(group: "", kind: "Pod").kind.kind == "Pod")
            #expect(server.asked.count == 4)
            let node = try await discovery.address(
                of: KubernetesObject(GroupVersionKind("", "v1", "Node"), namespace: "x", name: "n"))
            #expect(node.name == ObjectName(nil, "n"))
            let widget = try await discovery.address(of: KubernetesObject(kind, name: "w"))
            #expect(widget.name == ObjectName("default", "w"))
            clock.withLock { $0 += .seconds(700) }
            try await withThrowingTaskGroup { group in
                for _ in 0..<10 { group.addTask { _ = try await discovery.catalogue() } }
                try await group.waitForAll()
            }
            #expect(server.asked.count <= 8)
        }
    }

    @Test("half of it is better than nothing, nothing is an error") func halves() async throws {
        let answers = Guarded(["/api": ServerResponse.status(.forbidden(Maps.resource.groupResource, nil, "no"))])
        try await ScriptedServer.with { asked in
            answers.withLock { $0[asked.path] } ?? Self.aggregated([Self.widgets], "v2")
        } _: { server in
            let client = try server.client()
            #expect(try await client.discover().resources.count == 2)
            answers.withLock { $0["/apis"] = .status(.noResource()) }
            await #expect(throws: APIStatus.self) { try await client.discover() }
            answers.withLock { $0["/apis"] = .json(["kind": "Pod"]) }
            await #expect(throws: Fault.self) { try await client.discover() }
        }
    }
}
