// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesAccess

/// Writes the rules of aggregated ClusterRoles into them, as the controller `clusterrole-aggregation-controller` does.
///
/// What users may do follows from the roles at once; this is for those who read the objects.
actor AggregationUpkeep {
    private static let kind = GroupVersionKind("rbac.authorization.k8s.io", "v1", "ClusterRole")
    private static let manager = "clusterrole-aggregation-controller"
    private let api: KubernetesAPI
    private var isWaiting = false
    private var isOver = false

    init(_ api: KubernetesAPI) { self.api = api }

    /// Looks at all of them in a moment: roles that come together are gathered together.
    func observe() {
        guard !isWaiting, !isOver else { return }
        isWaiting = true
        Task {
            try? await Task.sleep(for: .milliseconds(20))
            isWaiting = false
            await settle()
        }
    }

    /// Leaves what is not done.
    func end() { isOver = true }

    /// Writes those whose rules are not the ones that count.
    func settle() async {
        guard !isOver, let resource = api.catalogue.resource(of: Self.kind) else { return }
        var options = WriteOptions()
        options.manager = Self.manager
        for role in api.access.authorizer.staleAggregations {
            let name = role.name
            let edit = ObjectEdit { [api] old in
                var json = old.json
                // Decided anew each time: the role may not be aggregated any more.
                if json["aggregationRule"]?["clusterRoleSelectors"] != nil,
                    let rules = api.access.authorizer.clusterRoleRules(name)
                {
                    json["rules"] = .array(rules.map(\.json))
                }
                return ObjectEdit.Edited(json: json)
            }
            // Who has deleted it meanwhile is right, and whoever has changed it is looked at again.
            _ = try? await api.change(resource, namespace: nil, name, edit, options, .server)
        }
    }
}
