// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesAccess
import KubernetesKinds
import Testing

@Suite("Roles and bindings") struct AuthorizerTests {
    static let pods = RoleRule(["get"], groups: [""], resources: ["pods"])

    @Test(
        "are named as the reason of what they allow",
        arguments: [
            (
                AccessObjects.binding("x", to: "y", ["Group:other", "User:z"]),
                #"ClusterRoleBinding "x" of ClusterRole "y" to User "z""#
            ),
            (
                AccessObjects.binding("x", to: "y", ["Group:g"]),
                #"ClusterRoleBinding "x" of ClusterRole "y" to Group "g""#
            ),
            (
                AccessObjects.binding("x", in: "n", to: "y", ["User:z"]),
                #"RoleBinding "x/n" of ClusterRole "y" to User "z""#
            ),
            (
                AccessObjects.binding("x", in: "n", to: "y", kind: "Role", ["User:z"]),
                #"RoleBinding "x/n" of Role "y" to User "z""#
            ),
        ])
    func reasons(binding: KubernetesObject, reason: String) {
        let objects = [
            AccessObjects.role("y", [Self.pods]), AccessObjects.role("y", in: "n", [Self.pods]), binding,
        ]
        let request = RequestAttributes(UserInfo("z", groups: ["g"]), "get", resource: "pods", namespace: "n")
        #expect(
            RBACAuthorizer(objects).authorize(request)
                == AccessVerdict(isAllowed: true, reason: "RBAC: allowed by \(reason)"))
    }

    @Test("name service accounts with their namespace, their own or the binding's") func accounts() {
        let role = AccessObjects.role("y", [Self.pods])
        let account = ServiceAccountIdentity(namespace: "n", name: "a", uid: "u").user
        let request = RequestAttributes(account, "get", resource: "pods", namespace: "n")
        for (subject, place, isAllowed) in [
            ("ServiceAccount:a/n", nil, true), ("ServiceAccount:a", nil, false), ("ServiceAccount:a", "n", true),
            ("ServiceAccount:a/other", "n", false), ("Group:system:serviceaccounts:n", nil, true),
            ("Group:system:serviceaccounts:other", nil, false), ("Group:system:serviceaccounts", "n", true),
            ("User:system:serviceaccount:n:a", nil, true),
        ] as [(String, String?, Bool)] {
            let verdict = RBACAuthorizer([role, AccessObjects.binding("x", in: place, to: "y", [subject])]).authorize(
                request)
            #expect(verdict.isAllowed == isAllowed, "\(subject) in \(place ?? "-")")
        }
        let verdict = RBACAuthorizer([role, AccessObjects.binding("x", in: "n", to: "y", ["ServiceAccount:a"])])
            .authorize(request)
        #expect(verdict.reason == #"RBAC: allowed by RoleBinding "x/n" of ClusterRole "y" to ServiceAccount "a/n""#)
    }

    @Test("that name a role that is not there give nothing, and say so") func missingRoles() {
        let user = UserInfo("z")
        let objects = [
            AccessObjects.binding("a", to: "gone", ["User:z"]), AccessObjects.binding("b", to: "gone", ["User:z"]),
        ]
        let request = RequestAttributes(user, "get", resource: "pods", namespace: "n")
        let gone = #"clusterrole.rbac.authorization.k8s.io "gone" not found"#
        #expect(RBACAuthorizer(objects).authorize(request) == AccessVerdict(isAllowed: false, reason: "RBAC: \(gone)"))
        let more = objects + [AccessObjects.binding("c", in: "n", to: "r", kind: "Role", ["User:z"])]
        #expect(
            RBACAuthorizer(more).authorize(request).reason
                == #"RBAC: [\#(gone), role.rbac.authorization.k8s.io "r" not found]"#)
        #expect(RBACAuthorizer(more).rules(of: user, in: "n").problem != nil)
    }

    @Test(
        "refuse in the words of Kubernetes' API server",
        arguments: [
            (
                RequestAttributes(UserInfo("x"), "list", resource: "configmaps", namespace: "y"),
                #"configmaps is forbidden: User "x" cannot list resource "configmaps" in API group "" in the namespace "y""#
            ),
            (
                RequestAttributes(
                    UserInfo("x"), "get", group: "apps", resource: "deployments", subresource: "scale", name: "d"),
                #"deployments.apps "d" is forbidden: User "x" cannot get resource "deployments/scale" in API group "apps" at the cluster scope"#
            ),
            (
                RequestAttributes(UserInfo("a<b>&\"\n"), "get", path: "/metrics"),
                #"forbidden: User "a&lt;b&gt;&amp;\"\n" cannot get path "/metrics""#
            ),
        ])
    func refusals(request: RequestAttributes, message: String) {
        let status = RBACAuthorizer().authorize(request).forbidden(request)
        #expect(status.message == message && status.code == 403 && status.reason == "Forbidden")
        let withReason = AccessVerdict(isAllowed: false, reason: "why").forbidden(request)
        #expect(withReason.message == "\(message): why")
    }

    @Test("entries that cannot be read give no rights") func damaged() throws {
        for rules in [
            #"[{"verbs":["*"],"apiGroups":["*"],"resources":"*"}]"#,
            #"[{"verbs":[1,"*"],"apiGroups":["*"],"resources":["*"]}]"#,
            #"{"verbs":["*"]}"#, #"["*"]"#, "null", #"[{"verbs":["*"]}]"#, #"[{"verbs":["*"],"resources":["*"]}]"#,
            #"[{"verbs":["*"],"apiGroups":["*"]}]"#,
        ] {
            var role = AccessObjects.role("y", [])
            role.json["rules"] = try JSON(parsing: Array(rules.utf8), source: "rules")
            let authorizer = RBACAuthorizer([role, AccessObjects.binding("x", to: "y", ["User:z"])])
            let request = RequestAttributes(UserInfo("z"), "get", resource: "pods", namespace: "n")
            #expect(!authorizer.authorize(request).isAllowed, "\(rules)")
        }
    }

    @Test(
        "selectors that cannot be read gather nothing",
        arguments: [
            #"["x"]"#, "[null]", #"[{"matchLabels":[]}]"#, #"[{"matchLabels":{"a":1}}]"#, #"[{"other":{}}]"#,
            #"[{"matchExpressions":{}}]"#, #"[{"matchExpressions":[{"key":"a","operator":"Near"}]}]"#,
            #"[{"matchExpressions":[{"key":"a","operator":"NotIn","values":["b",1]}]}]"#, "{}", "[]",
        ])
    func badSelectors(selectors: String) throws {
        var role = AccessObjects.aggregated("top", from: [])
        role.json["aggregationRule"] = [
            "clusterRoleSelectors": try JSON(parsing: Array(selectors.utf8), source: "selectors")
        ]
        let authorizer = RBACAuthorizer([role, AccessObjects.role("a", [Self.pods])])
        #expect(authorizer.clusterRoleRules("top") == [])
    }

    @Test("an empty selector gathers all roles, as elsewhere") func emptySelector() {
        var role = AccessObjects.aggregated("top", from: [])
        role.json["aggregationRule"] = ["clusterRoleSelectors": [[:]]]
        let authorizer = RBACAuthorizer([role, AccessObjects.role("a", [Self.pods])])
        #expect(authorizer.clusterRoleRules("top") == [Self.pods])
    }

    @Test("names are the same when their bytes are") func exactNames() {
        let objects = [
            AccessObjects.role("y", [Self.pods]), AccessObjects.binding("x", to: "y", ["User:\u{E9}", "Group:\u{E9}"]),
        ]
        let request = { RequestAttributes($0, "get", resource: "pods") }
        let authorizer = RBACAuthorizer(objects)
        #expect(authorizer.authorize(request(UserInfo("\u{E9}"))).isAllowed)
        #expect(!authorizer.authorize(request(UserInfo("e\u{301}", groups: ["e\u{301}"]))).isAllowed)
    }

    @Test("are gathered by label, over any number of steps and in circles") func aggregation() throws {
        func rule(_ resource: String) -> RoleRule { RoleRule(["get"], groups: [""], resources: [resource]) }
        var objects = [
            AccessObjects.aggregated("top", from: ["to-top"]),
            AccessObjects.aggregated("middle", from: ["to-middle"], labels: ["to-top"]),
            AccessObjects.role("a", [rule("a"), rule("shared")], labels: ["to-middle"]),
            AccessObjects.role("b", [rule("shared"), rule("b")], labels: ["to-top", "to-middle"]),
            AccessObjects.role("c", [rule("c")]),
        ]
        var authorizer = RBACAuthorizer(objects)
        #expect(authorizer.clusterRoleRules("middle")?.map { $0.resources[0] } == ["a", "shared", "b"])
        #expect(authorizer.clusterRoleRules("top")?.map { $0.resources[0] } == ["shared", "b", "a"])
        #expect(authorizer.staleAggregations.map(\.name) == ["middle", "top"])
        for stale in authorizer.staleAggregations { authorizer.put(stale) }
        #expect(authorizer.staleAggregations.isEmpty)
        // What stands in an aggregated role itself does not count.
        objects[0].json["rules"] = [rule("own").json]
        objects[0][label: "to-middle"] = "true"
        let circle = RBACAuthorizer(objects)
        #expect(Set(circle.clusterRoleRules("top") ?? []) == Set(["shared", "b", "a"].map(rule)))
        #expect(Set(circle.clusterRoleRules("middle") ?? []) == Set(["shared", "b", "a"].map(rule)))
        authorizer.put(AccessObjects.role("c", [rule("c")], labels: ["to-middle"]))
        #expect(authorizer.clusterRoleRules("top")?.contains(rule("c")) == true)
        authorizer.remove(kind: "ClusterRole", ObjectName(nil, "c"))
        #expect(authorizer.clusterRoleRules("top")?.contains(rule("c")) == false)
        #expect(authorizer.clusterRoleRules("c") == nil)
    }
}

@Suite("Default roles") struct DefaultRoleTests {
    static let authorizer = RBACAuthorizer(DefaultRoles.objects)

    @Test("are about resources that are served") func served() {
        for object in DefaultRoles.objects where object.kind == "ClusterRole" {
            for rule in RoleRules(object).rules where rule.groups != ["*"] {
                for resource in rule.resources {
                    let plural = String(resource.prefix { $0 != "/" })
                    let isServed = BuiltinKinds.all.contains {
                        $0.plural == plural && rule.groups.contains($0.kind.group)
                    }
                    #expect(isServed, "\(resource) in \(rule.groups) of \(object.name)")
                }
            }
        }
        #expect(Self.authorizer.staleAggregations.isEmpty)
    }

    @Test(
        "give what users expect of them",
        arguments: [
            ("view", "get", "", "pods", "log", true), ("view", "get", "", "secrets", "", false),
            ("view", "create", "", "pods", "", false), ("view", "list", "apps", "deployments", "", true),
            ("view", "list", "rbac.authorization.k8s.io", "roles", "", false),
            ("edit", "get", "", "secrets", "", true), ("edit", "create", "", "pods", "exec", true),
            ("edit", "update", "apps", "deployments", "scale", true), ("edit", "get", "", "pods", "log", true),
            ("edit", "create", "rbac.authorization.k8s.io", "rolebindings", "", false),
            ("edit", "create", "", "serviceaccounts", "token", true),
            ("admin", "create", "rbac.authorization.k8s.io", "rolebindings", "", true),
            ("admin", "delete", "", "secrets", "", true), ("admin", "delete", "", "namespaces", "", false),
            ("admin", "update", "", "resourcequotas", "", false),
            ("cluster-admin", "delete", "example.org", "widgets", "status", true),
        ])
    func roles(role: String, verb: String, group: String, resource: String, subresource: String, isAllowed: Bool) {
        let authorizer = RBACAuthorizer(
            DefaultRoles.objects + [AccessObjects.binding("x", in: "n", to: role, ["User:z"])])
        let request = { (place: String) in
            RequestAttributes(
                UserInfo("z").authenticated, verb, group: group, resource: resource, subresource: subresource,
                namespace: place)
        }
        #expect(authorizer.authorize(request("n")).isAllowed == isAllowed)
        for place in ["", "other"] { #expect(!authorizer.authorize(request(place)).isAllowed) }
    }

    @Test("let everybody who is known see what the API is, and what he may do") func discovery() {
        let user = UserInfo("z").authenticated
        for path in ["/api", "/apis/apps/v1", "/openapi/v3", "/version", "/healthz"] {
            #expect(Self.authorizer.authorize(RequestAttributes(user, "get", path: path)).isAllowed, "\(path)")
        }
        #expect(!Self.authorizer.authorize(RequestAttributes(user, "get", path: "/metrics")).isAllowed)
        #expect(!Self.authorizer.authorize(RequestAttributes(user, "post", path: "/api")).isAllowed)
        #expect(Self.authorizer.authorize(RequestAttributes(.anonymous, "get", path: "/version")).isAllowed)
        #expect(!Self.authorizer.authorize(RequestAttributes(.anonymous, "get", path: "/api")).isAllowed)
        let review = RequestAttributes(
            user, "create", group: "authorization.k8s.io", resource: "selfsubjectaccessreviews")
        #expect(Self.authorizer.authorize(review).isAllowed)
        let other = RequestAttributes(user, "create", group: "authorization.k8s.io", resource: "subjectaccessreviews")
        #expect(!Self.authorizer.authorize(other).isAllowed)
        let master = UserInfo("m", groups: ["system:masters"])
        #expect(Self.authorizer.authorize(RequestAttributes(master, "x", resource: "y")).isAllowed)
        #expect(Self.authorizer.rules(of: master, in: "").rules.count == 2)
    }
}
