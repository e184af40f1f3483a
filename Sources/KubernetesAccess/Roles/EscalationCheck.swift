// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// Nobody gives away rights that he does not have: whoever writes a role must hold its rules or have the verb `escalate`,
/// whoever writes a binding must hold the rules of its role or have the verb `bind`.
public struct EscalationCheck: Sendable {
    private let authorizer: RBACAuthorizer
    private let user: UserInfo
    private static let group = "rbac.authorization.k8s.io"

    /// Checks what a user writes.
    public init(_ authorizer: RBACAuthorizer, _ user: UserInfo) { (self.authorizer, self.user) = (authorizer, user) }

    /// Checks a Role, ClusterRole, RoleBinding or ClusterRoleBinding that the user may create or change otherwise; objects
    /// of other kinds pass. Throws what the server answers: 403 for an escalation, 404 for a role that is not there.
    ///
    /// - Parameter old: what is changed; nil for a new object.
    public func check(_ object: KubernetesObject, old: KubernetesObject? = nil) throws(APIStatus) {
        guard object.apiVersion.hasPrefix("\(Self.group)/"), !user.isMaster, !isHousekeeping(object, old) else {
            return
        }
        switch object.kind {
        case "Role", "ClusterRole": try checkRole(object, old)
        case "RoleBinding", "ClusterRoleBinding": try checkBinding(object)
        default: return
        }
    }

    /// Whether only fields change that the garbage collector changes to remove the object.
    private func isHousekeeping(_ object: KubernetesObject, _ old: KubernetesObject?) -> Bool {
        guard let old else { return false }
        return bare(object) == bare(old)
    }

    private func bare(_ object: KubernetesObject) -> JSON {
        var object = object
        for key in ["finalizers", "ownerReferences", "managedFields", "resourceVersion", "generation"] {
            object.setMetadata(key, nil)
        }
        return object.json
    }

    private func checkRole(_ object: KubernetesObject, _ old: KubernetesObject?) throws(APIStatus) {
        let isCluster = object.kind == "ClusterRole"
        let resource = isCluster ? "clusterroles" : "roles"
        let namespace = isCluster ? "" : object.namespace ?? ""
        let request = RequestAttributes(
            user, "escalate", group: Self.group, version: "*", resource: resource, namespace: namespace,
            name: old == nil ? "" : object.name)
        guard !authorizer.authorize(request).isAllowed else { return }
        let refused = { (why: String) in
            APIStatus.forbidden(GroupResource(group: Self.group, resource: resource), object.name, why)
        }
        // An entry that cannot be read gives nothing here, but it must not give more to others who read it.
        let entries = object.json["rules"]?.array ?? []
        let rules = entries.compactMap { RoleRule($0) }
        guard rules.count == entries.count else { throw refused("a rule of it cannot be read") }
        if let why = problem(granting: rules, in: namespace) { throw refused(why) }
        let aggregation = object.json["aggregationRule"], before = old?.json["aggregationRule"]
        guard isCluster, isSet(aggregation) || isSet(before), aggregation != before else { return }
        // It could gather any rule, now or later.
        if problem(granting: RoleRule.everything, in: "") != nil {
            throw refused("must have cluster-admin privileges to use an aggregationRule")
        }
    }

    private func isSet(_ aggregation: JSON?) -> Bool { aggregation?["clusterRoleSelectors"]?.array?.isEmpty == false }

    private func checkBinding(_ object: KubernetesObject) throws(APIStatus) {
        let binding = RoleBindingRules(object)
        let namespace = binding.namespace ?? ""
        let request = RequestAttributes(
            user, "bind", group: object.json["roleRef"]?["apiGroup"]?.string ?? "", version: "*",
            resource: binding.roleKind == "ClusterRole" ? "clusterroles" : "roles", namespace: namespace,
            name: binding.roleName)
        guard !authorizer.authorize(request).isAllowed else { return }
        let rules: [RoleRule]
        do throws(MissingRole) {
            rules = try authorizer.rules(ofRole: binding.roleKind, binding.roleName, in: namespace)
        } catch {
            guard let kind = error.kind else { throw .badRequest(error.description) }
            throw .notFound(GroupResource(group: Self.group, resource: kind), error.name)
        }
        guard let why = problem(granting: rules, in: namespace) else { return }
        let resource = binding.namespace == nil ? "clusterrolebindings" : "rolebindings"
        throw .forbidden(GroupResource(group: Self.group, resource: resource), object.name, why)
    }

    /// Why the user may not give rules in a namespace; nil when he holds all of them.
    private func problem(granting rules: [RoleRule], in namespace: String) -> String? {
        let held = authorizer.rules(of: user, in: namespace)
        let start =
            "user \(goQuoted(user.name)) (groups=\(goQuotedList(user.groups))) is attempting to grant RBAC permissions"
            + " not currently held:"
        guard let missing = RoleRule.missing(rules, from: held.rules) else {
            return "\(start)\nmore than \(RoleRule.rightLimit) rights at once"
        }
        guard !missing.isEmpty else { return nil }
        let texts = Set(RoleRule.compacted(missing).map(\.compactText)).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        let errors = held.problem.map { "; resolution errors: [\($0)]" } ?? ""
        return "\(start)\n\(texts.joined(separator: "\n"))\(errors)"
    }
}
