// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesAccess
import TestInputs
import Testing

/// Decides as the documentation of roles reads, object by object, with nothing prepared: what the authorizer is compared
/// with.
struct PlainOracle {
    let objects: [KubernetesObject]

    func allows(_ request: RequestAttributes) -> Bool {
        if request.user.groups.contains("system:masters") { return true }
        for binding in objects where ["RoleBinding", "ClusterRoleBinding"].contains(binding.kind) {
            let isLocal = binding.kind == "RoleBinding"
            if isLocal, request.namespace.isEmpty || binding.namespace != request.namespace { continue }
            let subjects = binding.json["subjects"]?.array ?? []
            guard subjects.contains(where: { applies($0, request.user, isLocal ? binding.namespace : nil) }) else {
                continue
            }
            let kind = binding.json["roleRef"]?["kind"]?.string, name = binding.json["roleRef"]?["name"]?.string
            let role = objects.first {
                $0.kind == kind && $0.name == name && (kind == "ClusterRole" || $0.namespace == binding.namespace)
            }
            for rule in role?.json["rules"]?.array ?? [] where allows(rule, request) { return true }
        }
        return false
    }

    private func applies(_ subject: JSON, _ user: UserInfo, _ namespace: String?) -> Bool {
        let name = subject["name"]?.string ?? ""
        switch subject["kind"]?.string {
        case "User": return name == user.name
        case "Group": return user.groups.contains(name)
        default:
            guard let place = subject["namespace"]?.string ?? namespace else { return false }
            return user.name == "system:serviceaccount:\(place):\(name)"
        }
    }

    private func allows(_ rule: JSON, _ request: RequestAttributes) -> Bool {
        func list(_ key: String) -> [String] { (rule[key]?.array ?? []).compactMap(\.string) }
        guard list("verbs").contains("*") || list("verbs").contains(request.verb) else { return false }
        if let path = request.path {
            return list("nonResourceURLs").contains { pattern in
                var bare = pattern
                while bare.hasSuffix("*") { bare.removeLast() }
                return pattern == path || pattern.hasSuffix("*") && path.hasPrefix(bare)
            }
        }
        guard list("apiGroups").contains("*") || list("apiGroups").contains(request.group) else { return false }
        var accepted = ["*"]
        if request.subresource.isEmpty {
            accepted.append(request.resource)
        } else {
            accepted += ["\(request.resource)/\(request.subresource)", "*/\(request.subresource)"]
        }
        guard list("resources").contains(where: accepted.contains) else { return false }
        return list("resourceNames").isEmpty || list("resourceNames").contains(request.name)
    }
}

@Suite("Roles and bindings, at random") struct AuthorizerMatrixTests {
    struct World {
        var generator: SeededGenerator
        let verbs = ["get", "list", "create", "delete", "*"], groups = ["", "apps", "example.org", "*"]
        let resources = ["pods", "pods/log", "deployments", "deployments/scale", "*/scale", "*/log", "*", "secrets"]
        let names = ["a", "b"], namespaces = ["x", "y"], roles = ["r1", "r2", "r3", "missing"]
        let paths = ["/healthz", "/api/*", "/*", "*", "/apis/**", "/a"]
        let users = ["ann", "bob", "system:serviceaccount:x:acc", "system:serviceaccount:y:acc"]
        let userGroups = ["dev", "ops", "system:masters"]
        let subjects = ["User:ann", "User:bob", "Group:dev", "Group:ops", "ServiceAccount:acc", "ServiceAccount:acc/x"]

        mutating func some(_ list: [String], _ most: Int = 2) -> [String] {
            Array(list.shuffled(using: &generator).prefix(Int.random(in: 1...most, using: &generator)))
        }

        mutating func rule() -> RoleRule {
            if Int.random(in: 0..<5, using: &generator) == 0 { return RoleRule(some(verbs), paths: some(paths)) }
            let isNamed = Int.random(in: 0..<3, using: &generator) == 0
            return RoleRule(
                some(verbs), groups: some(groups), resources: some(resources), names: isNamed ? some(names) : [])
        }

        mutating func objects() -> [KubernetesObject] {
            var objects: [KubernetesObject] = []
            for name in roles.dropLast() {
                objects.append(AccessObjects.role(name, [rule(), rule()]))
                for place in namespaces where Bool.random(using: &generator) {
                    objects.append(AccessObjects.role(name, in: place, [rule()]))
                }
            }
            for index in 0..<4 {
                let role = roles.randomElement(using: &generator) ?? "",
                    place = namespaces.randomElement(using: &generator)
                let isLocal = Int.random(in: 0..<3, using: &generator) > 0
                let kind = isLocal && Bool.random(using: &generator) ? "Role" : "ClusterRole"
                objects.append(
                    AccessObjects.binding(
                        "b\(index)", in: isLocal ? place : nil, to: role, kind: kind, some(subjects, 3)))
            }
            return objects.shuffled(using: &generator)
        }

        mutating func request() -> RequestAttributes {
            let user = UserInfo(
                users.randomElement(using: &generator) ?? "",
                groups: Int.random(in: 0..<3, using: &generator) == 0 ? some(userGroups) : [])
            let verb = verbs.dropLast().randomElement(using: &generator) ?? ""
            if Int.random(in: 0..<6, using: &generator) == 0 {
                let path = ["/healthz", "/api", "/api/v1", "/apis/", "/apis/x", "/a", "/ab", ""]
                return RequestAttributes(user, verb, path: path.randomElement(using: &generator) ?? "")
            }
            return RequestAttributes(
                user, verb, group: groups.dropLast().randomElement(using: &generator) ?? "", version: "v1",
                resource: ["pods", "deployments", "secrets"].randomElement(using: &generator) ?? "",
                subresource: ["", "", "log", "scale", "status"].randomElement(using: &generator) ?? "",
                namespace: (namespaces + [""]).randomElement(using: &generator) ?? "",
                name: (names + ["", "c"]).randomElement(using: &generator) ?? "")
        }
    }

    @Test("are decided as their documentation reads, built at once or change by change", arguments: 0..<12)
    func matrix(seed: UInt64) {
        var world = World(generator: SeededGenerator(seed: seed))
        var changing = RBACAuthorizer()
        var allowed = 0
        for _ in 0..<10 {
            let objects = world.objects()
            let built = RBACAuthorizer(objects), oracle = PlainOracle(objects: objects)
            for object in objects { changing.put(object) }
            for _ in 0..<120 {
                let request = world.request()
                let verdict = built.authorize(request)
                #expect(verdict.isAllowed == oracle.allows(request), "\(request)")
                #expect(changing.authorize(request) == verdict, "\(request)")
                #expect(!verdict.isAllowed || request.user.isMaster == verdict.reason.isEmpty)
                allowed += verdict.isAllowed ? 1 : 0
                // What may be done is what the rules of the user say.
                let held = built.rules(of: request.user, in: request.namespace).rules
                let own = AccessObjects.role("own", held),
                    all = AccessObjects.binding("own", to: "own", ["User:\(request.user.name)"])
                #expect(RBACAuthorizer([own, all]).authorize(request).isAllowed == verdict.isAllowed)
            }
            for object in objects { changing.remove(kind: object.kind, object.objectName) }
        }
        #expect((50..<1150).contains(allowed), "\(allowed) of 1200 allowed: the inputs say little")
    }

    @Test("a thousand bindings are found as fast as one is") func manyBindings() {
        let role = AccessObjects.role("r", [RoleRule(["get"], groups: [""], resources: ["pods"])])
        var authorizer = RBACAuthorizer([role])
        for index in 0..<1000 {
            authorizer.put(AccessObjects.binding("b\(index)", in: "n\(index % 50)", to: "r", ["User:u\(index)"]))
        }
        for index in 0..<1000 {
            for place in [index % 50, (index + 1) % 50] {
                let request = RequestAttributes(UserInfo("u\(index)"), "get", resource: "pods", namespace: "n\(place)")
                #expect(authorizer.authorize(request).isAllowed == (place == index % 50))
            }
        }
    }
}
