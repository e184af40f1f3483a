// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesAccess
import Testing

@Suite("Escalation") struct EscalationTests {
    static func rule(_ verbs: [String], _ groups: [String], _ resources: [String], names: [String] = []) -> RoleRule {
        RoleRule(verbs, groups: groups, resources: resources, names: names)
    }

    static func status(
        held: [RoleRule], in place: String? = "n", writing object: KubernetesObject, old: KubernetesObject? = nil,
        more: [KubernetesObject] = [], groups: [String] = []
    ) -> APIStatus? {
        let objects = [
            AccessObjects.role("held", held), AccessObjects.binding("own", in: place, to: "held", ["User:z"]),
        ]
        do throws(APIStatus) {
            try EscalationCheck(RBACAuthorizer(objects + more), UserInfo("z", groups: groups)).check(object, old: old)
            return nil
        } catch { return error }
    }

    @Test(
        "giving rules is refused unless each right of them is held",
        arguments: [
            ([rule(["get"], [""], ["pods"])], rule(["get"], [""], ["pods"]), true),
            ([rule(["get", "list"], [""], ["pods", "secrets"])], rule(["list"], [""], ["secrets"]), true),
            ([rule(["get"], [""], ["pods"])], rule(["list"], [""], ["pods"]), false),
            ([rule(["get"], [""], ["pods"])], rule(["*"], [""], ["pods"]), false),
            ([rule(["*"], [""], ["pods"])], rule(["*"], [""], ["pods"]), true),
            ([rule(["*"], [""], ["pods"])], rule(["invented"], [""], ["pods"]), true),
            ([rule(["get"], ["*"], ["*"])], rule(["get"], ["apps"], ["deployments/scale"]), true),
            ([rule(["get"], ["apps"], ["*"])], rule(["get"], ["*"], ["deployments"]), false),
            ([rule(["get"], ["apps"], ["*/scale"])], rule(["get"], ["apps"], ["deployments/scale"]), true),
            ([rule(["get"], ["apps"], ["*/scale"])], rule(["get"], ["apps"], ["deployments"]), false),
            ([rule(["get"], ["apps"], ["deployments/scale"])], rule(["get"], ["apps"], ["*/scale"]), false),
            ([rule(["get"], [""], ["pods"], names: ["a"])], rule(["get"], [""], ["pods"], names: ["a"]), true),
            ([rule(["get"], [""], ["pods"], names: ["a"])], rule(["get"], [""], ["pods"], names: ["a", "b"]), false),
            ([rule(["get"], [""], ["pods"], names: ["a"])], rule(["get"], [""], ["pods"]), false),
            ([rule(["get"], [""], ["pods"])], rule(["get"], [""], ["pods"], names: ["a"]), true),
            (
                [rule(["get"], [""], ["pods"], names: ["a"]), rule(["get"], [""], ["pods"], names: ["b"])],
                rule(["get"], [""], ["pods"], names: ["a", "b"]), true
            ),
            (
                [rule(["get"], [""], ["pods"]), rule(["list"], [""], ["pods"])], rule(["get", "list"], [""], ["pods"]),
                true
            ),
            ([], rule(["get"], [""], ["pods"]), false), ([], rule([], [""], ["pods"]), true),
            ([rule(["escalate"], ["rbac.authorization.k8s.io"], ["roles"])], rule(["*"], ["*"], ["*"]), true),
            ([rule(["escalate"], ["rbac.authorization.k8s.io"], ["clusterroles"])], rule(["*"], ["*"], ["*"]), false),
        ])
    func roles(held: [RoleRule], given: RoleRule, isAllowed: Bool) {
        let role = AccessObjects.role("new", in: "n", [given])
        #expect((Self.status(held: held, writing: role) == nil) == isAllowed)
        // The same by a binding to a role that is there.
        let binding = AccessObjects.binding("new", in: "n", to: "there", ["User:friend"])
        let isEscalated = held.first?.verbs == ["escalate"]
        let status = Self.status(held: held, writing: binding, more: [AccessObjects.role("there", [given])])
        #expect((status == nil) == (isAllowed && !isEscalated))
        // Rights in one namespace are none in another, and none in the cluster.
        if held.first != nil, isAllowed, !given.verbs.isEmpty {
            #expect(Self.status(held: held, writing: AccessObjects.role("new", in: "other", [given])) != nil)
            #expect(Self.status(held: held, writing: AccessObjects.role("new", [given])) != nil)
        }
        #expect(Self.status(held: held, writing: role, groups: ["system:masters"]) == nil)
    }

    @Test(
        "of paths follows their stars",
        arguments: [
            ("/a", "/a", true), ("/a/*", "/a/b", true), ("/a/*", "/a/*", true), ("/a/*", "/a/b/*", true),
            ("/a/b", "/a/*", false),
            ("*", "/x", true), ("/a*", "/ab*", true), ("/ab*", "/a*", false),
        ]) func paths(held: String, given: String, isAllowed: Bool)
    {
        let status = Self.status(
            held: [RoleRule(["get"], paths: [held])], in: nil,
            writing: AccessObjects.role("new", [RoleRule(["get"], paths: [given])]))
        #expect((status == nil) == isAllowed)
    }

    @Test("is refused with what is lacking, in the words of Kubernetes' API server") func message() {
        let role = AccessObjects.role(
            "new", in: "n",
            [
                Self.rule(["get", "list"], [""], ["pods", "secrets"]), Self.rule(["watch"], [""], ["secrets"]),
                Self.rule(["get"], ["apps"], ["deployments"], names: ["d"]),
            ])
        let status = Self.status(held: [Self.rule(["get"], [""], ["pods"])], writing: role, groups: ["g", "h"])
        #expect(
            status?.message == #"""
                roles.rbac.authorization.k8s.io "new" is forbidden: user "z" (groups=["g" "h"]) is attempting to grant RBAC permissions not currently held:
                {APIGroups:[""], Resources:["pods"], Verbs:["list"]}
                {APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "watch"]}
                {APIGroups:["apps"], Resources:["deployments"], ResourceNames:["d"], Verbs:["get"]}
                """#)
        #expect(status?.code == 403)
    }

    @Test("by bindings needs the verb bind for the role, or its rules") func binding() {
        let all = AccessObjects.role("there", RoleRuleTables.everything)
        let bind = { (names: [String]) in
            [Self.rule(["bind"], ["rbac.authorization.k8s.io"], ["clusterroles"], names: names)]
        }
        let local = AccessObjects.binding("new", in: "n", to: "there", ["User:friend"])
        #expect(Self.status(held: bind([]), writing: local, more: [all]) == nil)
        #expect(Self.status(held: bind(["there"]), writing: local, more: [all]) == nil)
        #expect(Self.status(held: bind(["other"]), writing: local, more: [all])?.code == 403)
        let wide = AccessObjects.binding("new", to: "there", ["User:friend"])
        #expect(Self.status(held: bind([]), writing: wide, more: [all])?.code == 403)
        #expect(Self.status(held: bind([]), in: nil, writing: wide, more: [all]) == nil)
        let gone = Self.status(held: [], writing: local)
        #expect(gone?.code == 404 && gone?.message == #"clusterrole.rbac.authorization.k8s.io "there" not found"#)
    }

    @Test("by aggregation needs every right there is") func aggregation() {
        let object = AccessObjects.aggregated("new", from: ["x"])
        let much = [Self.rule(["get", "list", "create"], ["*"], ["*"])]
        let status = Self.status(held: much, in: nil, writing: object)
        #expect(status?.message.hasSuffix("must have cluster-admin privileges to use an aggregationRule") == true)
        #expect(Self.status(held: RoleRuleTables.everything, in: nil, writing: object) == nil)
        // Who takes a rule away or leaves it as it is gives nothing.
        #expect(Self.status(held: much, in: nil, writing: object, old: object) == nil)
        #expect(Self.status(held: much, in: nil, writing: AccessObjects.role("new", []), old: object)?.code == 403)
    }

    @Test("is no matter of finalizers and owners, nor of other kinds") func housekeeping() {
        let old = AccessObjects.role("new", in: "n", RoleRuleTables.resources)
        var new = old
        new.finalizers = ["x"]
        new.resourceVersion = "7"
        #expect(Self.status(held: [], writing: new, old: old) == nil)
        new[label: "a"] = "b"
        #expect(Self.status(held: [], writing: new, old: old)?.code == 403)
        var other = old
        other.apiVersion = "v1"
        #expect(Self.status(held: [], writing: other) == nil)
        var unread = old
        unread.json["rules"] = [["verbs": "*"]]
        #expect(Self.status(held: [Self.rule(["get"], ["*"], ["*"])], writing: unread)?.code == 403)
    }

    @Test("of more rights than can be looked at is refused") func tooMany() {
        let many = (0..<400).map { "r\($0)" }
        let role = AccessObjects.role("new", in: "n", [Self.rule(many, [""], many)])
        #expect(Self.status(held: [Self.rule(["get"], ["*"], ["*"])], writing: role)?.code == 403)
    }
}

enum RoleRuleTables {
    static let resources = [RoleRule(["*"], groups: ["*"], resources: ["*"])]
    static let everything = resources + [RoleRule(["*"], paths: ["*"])]
}
