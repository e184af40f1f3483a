// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// Decides by roles and bindings (`rbac.authorization.k8s.io/v1`), as Kubernetes' API server does: rights add up, and
/// what no rule gives is not allowed. Members of `system:masters` may do everything.
///
/// A value: whoever decides holds one, whoever keeps it up to date changes a copy, which costs as much as what changes.
/// A change of a ClusterRole gathers the rules of all aggregated ones again.
public struct RBACAuthorizer: Authorizer {
    /// The bindings of a namespace, or of the whole cluster.
    private struct Bindings: Sendable {
        var byName: [String: RoleBindingRules] = [:]
        /// Names of bindings, in their order.
        var bySubject: [SubjectKey: [String]] = [:]

        mutating func put(_ binding: RoleBindingRules) {
            remove(binding.name)
            byName[binding.name] = binding
            for key in Set(binding.subjects.compactMap(\.key)) {
                var names = bySubject[key].take() ?? []
                let place = names.firstIndex { $0 > binding.name } ?? names.count
                names.insert(binding.name, at: place)
                bySubject[key] = names
            }
        }

        mutating func remove(_ name: String) {
            guard let old = byName.removeValue(forKey: name) else { return }
            for key in Set(old.subjects.compactMap(\.key)) {
                let rest = (bySubject[key].take() ?? []).filter { $0 != name }
                bySubject[key] = rest.isEmpty ? nil : rest
            }
        }
    }

    private var clusterRoles: [String: RoleRules] = [:]
    /// The rules of aggregated roles.
    private var gathered: [String: [RoleRule]] = [:]
    private var roles: [String: [String: RoleRules]] = [:]
    private var clusterBindings = Bindings()
    private var bindings: [String: Bindings] = [:]

    /// Reads roles and bindings; objects of other kinds are passed over.
    public init(_ objects: some Sequence<KubernetesObject> = []) {
        for object in objects { insert(object) }
        gather()
    }

    /// Takes a new or changed Role, ClusterRole, RoleBinding or ClusterRoleBinding; passes over other objects.
    public mutating func put(_ object: KubernetesObject) {
        insert(object)
        if object.kind == "ClusterRole" { gather() }
    }

    /// Forgets a Role, ClusterRole, RoleBinding or ClusterRoleBinding.
    public mutating func remove(kind: String, _ name: ObjectName) {
        let namespace = name.namespace ?? ""
        switch kind {
        case "ClusterRole":
            clusterRoles[name.name] = nil
            gather()
        case "Role": roles[namespace]?[name.name] = nil
        case "ClusterRoleBinding": clusterBindings.remove(name.name)
        case "RoleBinding": bindings[namespace]?.remove(name.name)
        default: break
        }
    }

    private mutating func insert(_ object: KubernetesObject) {
        guard object.apiVersion.hasPrefix("rbac.authorization.k8s.io/"),
            object.kind.hasPrefix("Cluster") || object.namespace != nil
        else { return }
        switch object.kind {
        case "ClusterRole": clusterRoles[object.name] = RoleRules(object)
        case "Role": roles[object.namespace ?? "", default: [:]][object.name] = RoleRules(object)
        case "ClusterRoleBinding": clusterBindings.put(RoleBindingRules(object))
        case "RoleBinding": bindings[object.namespace ?? "", default: Bindings()].put(RoleBindingRules(object))
        default: break
        }
    }

    /// Gathers the rules of aggregated ClusterRoles, also from one another.
    private mutating func gather() {
        gathered = [:]
        let aggregated = clusterRoles.values.filter { $0.aggregation != nil }
        guard !aggregated.isEmpty else { return }
        let all = clusterRoles.values.sorted { $0.name < $1.name }
        for role in aggregated {
            var rules: [RoleRule] = []
            var known: Set<RoleRule> = []
            var seen: Set<String> = []
            collect(role, all, &rules, &known, &seen)
            gathered[role.name] = rules
        }
    }

    private func collect(
        _ role: RoleRules, _ all: [RoleRules], _ rules: inout [RoleRule], _ known: inout Set<RoleRule>,
        _ seen: inout Set<String>
    ) {
        guard seen.insert(role.name).inserted else { return }
        guard let selectors = role.aggregation else {
            for rule in role.rules where known.insert(rule).inserted { rules.append(rule) }
            return
        }
        for selector in selectors {
            for other in all where other.name != role.name && selector.matches(other.object) {
                collect(other, all, &rules, &known, &seen)
            }
        }
    }

    /// The rules that count for a ClusterRole; those of an aggregated one are gathered from others, and whoever keeps the
    /// objects writes them into it. Nil when there is no such role.
    public func clusterRoleRules(_ name: String) -> [RoleRule]? {
        clusterRoles[name].map { $0.aggregation == nil ? $0.rules : gathered[name] ?? [] }
    }

    /// Aggregated ClusterRoles whose rules are others than those gathered for them, with the right ones in them.
    public var staleAggregations: [KubernetesObject] {
        clusterRoles.values.sorted { $0.name < $1.name }.compactMap { role in
            guard let rules = gathered[role.name], rules != role.rules else { return nil }
            var object = role.object
            object.json["rules"] = .array(rules.map(\.json))
            return object
        }
    }

    /// The rules of the role that a binding names; an error with upstream's words when there is no such role.
    func rules(ofRole kind: String, _ name: String, in namespace: String) throws(MissingRole) -> [RoleRule] {
        switch kind {
        case "ClusterRole":
            guard let rules = clusterRoleRules(name) else { throw MissingRole(kind: "clusterrole", name: name) }
            return rules
        case "Role":
            guard let role = roles[namespace]?[name] else { throw MissingRole(kind: "role", name: name) }
            return role.rules
        default: throw MissingRole(kind: nil, name: kind)
        }
    }

    public func authorize(_ request: RequestAttributes) -> AccessVerdict {
        if request.user.isMaster { return AccessVerdict(isAllowed: true) }
        var reason: String?
        let problems = visit(request.user, request.namespace) { binding, subject, rules in
            guard rules.contains(where: { $0.allows(request) }) else { return true }
            reason = "RBAC: allowed by \(Self.describe(binding, subject()))"
            return false
        }
        if let reason { return AccessVerdict(isAllowed: true, reason: reason) }
        return AccessVerdict(isAllowed: false, reason: Self.summary(of: problems).map { "RBAC: \($0)" } ?? "")
    }

    public func rules(of user: UserInfo, in namespace: String) -> HeldRules {
        var held = HeldRules([])
        let problems = visit(user, namespace) { _, _, rules in
            held.rules += rules
            return true
        }
        held.problem = Self.summary(of: problems)
        if user.isMaster, !RoleRule.everything.allSatisfy(held.rules.contains) { held.rules += RoleRule.everything }
        return held
    }

    /// Calls `body` with each binding of a user until it returns false; returns what kept bindings from counting.
    private func visit(
        _ user: UserInfo, _ namespace: String,
        _ body: (RoleBindingRules, _ subject: () -> RoleBindingRules.Subject?, [RoleRule]) -> Bool
    ) -> [String] {
        let keys = [SubjectKey(isGroup: false, user.name)] + user.groups.map { SubjectKey(isGroup: true, $0) }
        var problems: [String] = []
        for scope in [clusterBindings, namespace.isEmpty ? nil : bindings[namespace]].compactMap({ $0 }) {
            var seen: Set<String> = []
            for name in keys.flatMap({ scope.bySubject[$0] ?? [] }) where seen.insert(name).inserted {
                guard let binding = scope.byName[name] else { continue }
                do throws(MissingRole) {
                    let rules = try rules(ofRole: binding.roleKind, binding.roleName, in: binding.namespace ?? "")
                    let subject = { binding.subjects.first { $0.key.map(keys.contains) ?? false } }
                    guard body(binding, subject, rules) else { return problems }
                } catch {
                    problems.append(error.description)
                }
            }
        }
        return problems
    }

    /// Several errors in brackets, equal ones once, as Go's aggregates print them.
    private static func summary(of problems: [String]) -> String? {
        var seen: Set<String> = []
        let different = problems.filter { seen.insert($0).inserted }
        return different.count > 1 ? "[\(different.joined(separator: ", "))]" : different.first
    }

    private static func describe(_ binding: RoleBindingRules, _ subject: RoleBindingRules.Subject?) -> String {
        let name = binding.namespace.map { "\(binding.name)/\($0)" } ?? binding.name
        let kind = binding.namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
        let start = "\(kind) \(goQuoted(name)) of \(binding.roleKind) \(goQuoted(binding.roleName))"
        guard let subject else { return start }
        let who = subject.kind == .serviceAccount ? "\(subject.name)/\(subject.namespace)" : subject.name
        return "\(start) to \(subject.kind.rawValue) \(goQuoted(who))"
    }
}

/// A binding names a role that there is not.
struct MissingRole: Error, CustomStringConvertible {
    /// `role` or `clusterrole`; nil when the binding names another kind, which is the name then.
    let kind: String?
    let name: String

    var description: String {
        guard let kind else { return "unsupported role reference kind: \(goQuoted(name))" }
        return "\(kind).rbac.authorization.k8s.io \(goQuoted(name)) not found"
    }
}
