// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesAccess
import Testing
import Web

@testable import KubernetesServer

/// What is allowed, asked over HTTP: every path to an object must end at the same question.
@Suite("Authorization") struct AuthorizationTests {
    static let cases: [AccessCase] =
        AccessCase.all("", Path.maps, Make.map("one")) + AccessCase.all("", Path.secrets, Make.secret("one"))
        + AccessCase.all("apps", Path.deployments, Make.deployment("one"))
        + AccessCase.all("example.org", Path.widgets, Make.widget("one"))
        + AccessCase.all("", Path.namespaces, Make.namespace("one"), isNamespaced: false)
        + AccessCase.all("coordination.k8s.io", Path.leases, lease)
        + AccessCase.part("status", "apps", Path.deployments, Make.deployment("one"))
        + AccessCase.part("scale", "apps", Path.deployments, scale)
        + AccessCase.part("status", "example.org", Path.widgets, Make.widget("one"))
        + [
            AccessCase(
                verb: "create", group: "", resource: "serviceaccounts/token", isNamespaced: true, method: .post,
                path: "/api/v1/namespaces/default/serviceaccounts/default/token",
                body: ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": [:]]),
            AccessCase(
                verb: "get", group: "", resource: "pods/log", isNamespaced: true, method: .get,
                path: "\(Path.pods)/one/log"),
        ]

    private static let lease: JSON = [
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "one"], "spec": [:],
    ]

    private static let scale: JSON = [
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["name": "one", "namespace": "default"],
        "spec": ["replicas": 2],
    ]

    /// The users have a right each, `user-N` that of the case N; `admin` has all.
    private static func token(_ user: String) -> String { "token-of-\(user)-0123456789" }

    private static func with(_ use: (TestAPI) async throws -> Void) async throws {
        var lines = "\(token("admin")),admin,1,\"system:masters\"\n"
        for index in cases.indices { lines += "\(token("user-\(index)")),user-\(index),\(index + 2)\n" }
        var authenticator = RequestAuthenticator()
        authenticator.tokens = try TokenFile(parsing: Array(lines.utf8), source: "the tokens")
        let api = try await TestAPI(authenticator: authenticator)
        do {
            try await prepare(api)
            try await use(api)
        } catch {
            await api.stop()
            throw error
        }
        await api.stop()
    }

    private static func prepare(_ api: TestAPI) async throws {
        func create(_ path: String, _ object: JSON) async throws {
            try api.must(try await api.post(path, object, headers: ["Authorization": "Bearer \(token("admin"))"]))
        }
        try await create(Path.definitions, Widgets.definition())
        try await create(Path.namespaces, Make.namespace("one"))
        for (path, object) in [
            (Path.maps, Make.map("one")), (Path.secrets, Make.secret("one")),
            (Path.deployments, Make.deployment("one")), (Path.pods, Make.pod("one")),
            (Path.leases, lease),
        ] { try await create(path, object) }
        let admin = ["Authorization": "Bearer \(token("admin"))"]
        #expect(
            try await api.eventually {
                try await api.post(Path.widgets, Make.widget("one"), headers: admin).code == 201
            })
        for (index, item) in cases.enumerated() {
            let access = "/apis/rbac.authorization.k8s.io/v1"
            let kind = item.isNamespaced && index.isMultiple(of: 2) ? "Role" : "ClusterRole"
            let home = "\(access)/namespaces/default"
            let name = "right-\(index)"
            try await create(
                kind == "Role" ? "\(home)/roles" : "\(access)/clusterroles",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(kind),
                    "metadata": ["name": .string(name)],
                    "rules": [
                        [
                            "apiGroups": [.string(item.group)], "resources": [.string(item.resource)],
                            "verbs": [.string(item.verb)],
                        ]
                    ],
                ])
            let binding = item.isNamespaced ? "RoleBinding" : "ClusterRoleBinding"
            try await create(
                item.isNamespaced ? "\(home)/rolebindings" : "\(access)/clusterrolebindings",
                [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(binding),
                    "metadata": ["name": .string(name)],
                    "roleRef": [
                        "apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(name),
                    ],
                    "subjects": [
                        ["apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": .string("user-\(index)")]
                    ],
                ])
        }
    }

    private static func code(_ api: TestAPI, _ item: AccessCase, by user: String?, path: String? = nil) async throws
        -> Int
    {
        var headers: [String: String] = [:]
        if let user { headers["Authorization"] = "Bearer \(token(user))" }
        if item.verb == "watch" {
            return try await api.watch(path ?? item.path, headers: headers).code
        }
        return try await api.send(
            item.method, path ?? item.path, item.body?.encoded(), type: item.body == nil ? nil : item.type,
            headers: headers
        ).code
    }

    @Test("a user does what the one rule that names him says, on one path, and nothing else")
    func matrix() async throws {
        try await Self.with { api in
            let wrong = Guarded<[String]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (user, granted) in Self.cases.enumerated() {
                    if user >= 8 { try await group.next() }
                    group.addTask {
                        for item in Self.cases {
                            let code = try await Self.code(api, item, by: "user-\(user)")
                            let isAllowed =
                                item.verb == granted.verb && item.group == granted.group
                                && item.resource == granted.resource
                            if isAllowed ? code == 403 || code == 401 || code >= 500 : code != 403 {
                                wrong.withLock {
                                    $0.append(
                                        "may \(granted.text); \(item.method.name) \(item.path): \(code)")
                                }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(wrong.withLock { $0 } == [])
        }
    }

    @Test("nobody is let in without a token or with that of nobody, and nobody leaves his namespace")
    func outside() async throws {
        try await Self.with { api in
            for (index, item) in Self.cases.enumerated() {
                let (unnamed, unknown) = (
                    try await Self.code(api, item, by: nil), try await Self.code(api, item, by: "nobody")
                )
                #expect(unnamed == 401 && unknown == 401, "\(item.path)")
                guard item.isNamespaced else { continue }
                var paths = [item.path.replacing("namespaces/default", with: "namespaces/one")]
                if item.verb == "list" || item.verb == "watch" {
                    paths.append(item.path.replacing("namespaces/default/", with: ""))
                }
                for path in paths {
                    let code = try await Self.code(api, item, by: "user-\(index)", path: path)
                    #expect(code == 403, "\(path)")
                }
            }
        }
    }

    @Test("what creates an object takes the right to create, whatever else it is called")
    func creation() async throws {
        try await Self.with { api in
            func headers(_ verb: String, _ resource: String) throws -> [String: String] {
                let user = try #require(Self.cases.firstIndex { $0.verb == verb && $0.resource == resource })
                return ["Authorization": "Bearer \(Self.token("user-\(user)"))"]
            }
            let apply = "application/apply-patch+yaml"
            let patcher = try headers("patch", "configmaps")
            let applied = try await api.send(
                .patch, "\(Path.maps)/new?fieldManager=m", Make.map("new").encoded(), type: apply, headers: patcher)
            #expect(applied.code == 403 && applied.text.contains("cannot create resource"), "\(applied.text)")
            let existing = try await api.send(
                .patch, "\(Path.maps)/one?fieldManager=m&force=true", Make.map("one", ["a": "b"]).encoded(),
                type: apply, headers: patcher)
            #expect(existing.code == 200, "\(existing.text)")
            var lease = Self.lease
            lease["metadata"]?["name"] = "new"
            let put = try await api.send(
                .put, "\(Path.leases)/new", lease.encoded(), type: "application/json",
                headers: try headers("update", "leases"))
            #expect(put.code == 403 && put.text.contains("cannot create resource"), "\(put.text)")
        }
    }

    @Test("who acts for somebody else needs the right to, and then has the rights of that one and none of his own")
    func impersonation() async throws {
        try await Self.with { api in
            let admin = ["Authorization": "Bearer \(Self.token("admin"))"]
            let lister = try #require(Self.cases.firstIndex { $0.verb == "list" && $0.resource == "configmaps" })
            let getter = try #require(Self.cases.firstIndex { $0.verb == "get" && $0.resource == "configmaps" })
            let access = "/apis/rbac.authorization.k8s.io/v1"
            try api.must(
                try await api.post(
                    "\(access)/clusterroles",
                    [
                        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                        "metadata": ["name": "actor"],
                        "rules": [
                            [
                                "apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"],
                                "resourceNames": [.string("user-\(lister)")],
                            ]
                        ],
                    ], headers: admin))
            try api.must(
                try await api.post(
                    "\(access)/clusterrolebindings",
                    [
                        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
                        "metadata": ["name": "actor"],
                        "roleRef": [
                            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "actor",
                        ],
                        "subjects": [
                            [
                                "apiGroup": "rbac.authorization.k8s.io", "kind": "User",
                                "name": .string("user-\(getter)"),
                            ]
                        ],
                    ], headers: admin))
            func code(_ path: String, _ more: [String: String], by user: String = "user-\(getter)") async throws -> Int
            {
                let own = ["Authorization": "Bearer \(Self.token(user))"]
                return try await api.send(.get, path, headers: own.merging(more) { $1 }).code
            }
            let one = "\(Path.maps)/one", other = ["Impersonate-User": "user-\(lister)"]
            let expected: [(String, [String: String], Int)] = [
                (one, [:], 200), (Path.maps, [:], 403), (Path.maps, other, 200), (one, other, 403),
                (Path.maps, ["Impersonate-User": "admin"], 403), (one, ["Impersonate-User": "nobody"], 403),
                (Path.maps, other.merging(["Impersonate-Group": "system:masters"]) { $1 }, 403),
                (Path.maps, other.merging(["Impersonate-Uid": "1"]) { $1 }, 403),
                (Path.maps, other.merging(["Impersonate-Extra-scopes": "all"]) { $1 }, 403),
                (one, ["Impersonate-Group": "system:masters"], 400), (one, ["Impersonate-User": ""], 400),
                (one, ["Impersonate-Unheard-Of": "x"], 400),
            ]
            for (path, headers, wanted) in expected {
                let found = try await code(path, headers)
                #expect(found == wanted, "\(path) \(headers)")
            }
            // An administrator who acts for somebody is no administrator meanwhile.
            #expect(try await code(one, other, by: "admin") == 403)
            #expect(
                try await code(
                    Path.maps, ["Impersonate-User": "x", "Impersonate-Group": "system:masters"], by: "admin") == 200)
        }
    }
}
