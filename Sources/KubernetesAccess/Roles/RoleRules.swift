// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes

/// What a Role or a ClusterRole says.
public struct RoleRules: Sendable {
    /// Its namespace; nil for a ClusterRole.
    public let namespace: String?
    /// Its name.
    public let name: String
    /// Its rules as they stand in it; entries that cannot be read give no rights and are left out.
    public let rules: [RoleRule]
    /// Which ClusterRoles its rules are gathered from; nil when it has rules of its own. Selectors that cannot be read
    /// select nothing.
    public let aggregation: [LabelSelector]?
    /// The object, for selectors.
    let object: KubernetesObject

    /// Reads a role.
    public init(_ object: KubernetesObject) {
        (namespace, name, self.object) = (object.kind == "Role" ? object.namespace ?? "" : nil, object.name, object)
        rules = (object.json["rules"]?.array ?? []).compactMap { RoleRule($0) }
        guard object.kind == "ClusterRole", let aggregation = object.json["aggregationRule"], aggregation != .null
        else {
            self.aggregation = nil
            return
        }
        self.aggregation = (aggregation["clusterRoleSelectors"]?.array ?? []).compactMap(Self.selector)
    }

    /// A selector without requirements selects everything, so one whose parts have other types must not look like one.
    private static func selector(_ json: JSON) -> LabelSelector? {
        guard let members = json.object else { return nil }
        for (key, value) in members {
            switch key {
            case "matchLabels": guard value == .null || value.object != nil else { return nil }
            case "matchExpressions":
                guard value == .null || value.array != nil else { return nil }
                let lists = (value.array ?? []).map { $0["values"] ?? [] }
                guard lists.allSatisfy({ $0 == .null || $0.array?.allSatisfy { $0.string != nil } == true }) else {
                    return nil
                }
            default: return nil
            }
        }
        return try? LabelSelector(json)
    }
}

/// What a RoleBinding or a ClusterRoleBinding says: who gets which role.
public struct RoleBindingRules: Sendable {
    /// Who gets it.
    public struct Subject: Hashable, Sendable {
        /// What kinds of subjects there are.
        public enum Kind: String, Sendable {
            case user = "User"
            case group = "Group"
            case serviceAccount = "ServiceAccount"
        }
        /// User, group or service account.
        public let kind: Kind
        /// The name.
        public let name: String
        /// The namespace of a service account; empty for others.
        public let namespace: String

        /// The user or group that it stands for; nil for an account without a namespace.
        var key: SubjectKey? {
            switch kind {
            case .user: SubjectKey(isGroup: false, name)
            case .group: SubjectKey(isGroup: true, name)
            case .serviceAccount:
                namespace.isEmpty
                    ? nil
                    : SubjectKey(isGroup: false, ServiceAccountIdentity.userName(namespace: namespace, name: name))
            }
        }
    }

    /// Its namespace; nil for a ClusterRoleBinding.
    public let namespace: String?
    /// Its name.
    public let name: String
    /// `Role` or `ClusterRole`.
    public let roleKind: String
    /// The name of the role.
    public let roleName: String
    /// Who gets it; entries that cannot be read are left out.
    public let subjects: [Subject]

    /// Reads a binding.
    public init(_ object: KubernetesObject) {
        let namespace = object.kind == "RoleBinding" ? object.namespace ?? "" : nil
        (self.namespace, name) = (namespace, object.name)
        let role = object.json["roleRef"]
        roleKind = role?["kind"]?.string ?? ""
        roleName = role?["name"]?.string ?? ""
        subjects = (object.json["subjects"]?.array ?? []).compactMap { json in
            guard let kind = json["kind"]?.string.flatMap(Subject.Kind.init), let name = json["name"]?.string,
                !name.isEmpty
            else { return nil }
            let own = json["namespace"]?.string ?? ""
            let isAccount = kind == .serviceAccount
            return Subject(kind: kind, name: name, namespace: isAccount ? own.isEmpty ? namespace ?? "" : own : "")
        }
    }
}

/// A user or a group as bindings are looked up by. Names are the same when their bytes are, whatever Unicode calls
/// equivalent.
struct SubjectKey: Hashable, Sendable {
    let isGroup: Bool
    let name: String

    init(isGroup: Bool, _ name: String) { (self.isGroup, self.name) = (isGroup, name) }

    static func == (a: SubjectKey, b: SubjectKey) -> Bool {
        a.isGroup == b.isGroup && a.name.hasSameScalars(as: b.name)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(isGroup)
        name.hashScalars(into: &hasher)
    }
}
