// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore

/// Who may do what now: by the roles and bindings that are stored.
///
/// Each write of one is taken in before its writer hears of it, so that the next request is decided by it.
final class AccessState: Sendable {
    private static let group = "rbac.authorization.k8s.io"
    private static let kinds = [
        "roles": "Role", "clusterroles": "ClusterRole", "rolebindings": "RoleBinding",
        "clusterrolebindings": "ClusterRoleBinding",
    ]
    private let state: Guarded<RBACAuthorizer>
    private let observer = Guarded<(@Sendable () -> Void)?>(nil)

    /// Reads what is stored.
    init(_ store: ObjectStore) throws {
        var objects: [KubernetesObject] = []
        for plural in Self.kinds.keys.sorted() {
            var position: ObjectPage.Position?
            repeat {
                let page = try store.list(
                    GroupResource(group: Self.group, resource: plural), from: position, limit: 500)
                for stored in page.objects { objects.append(try stored.object()) }
                position = page.next
            } while position != nil
        }
        state = Guarded(RBACAuthorizer(objects))
    }

    /// As it is now.
    var authorizer: RBACAuthorizer { state.withLock { $0 } }

    /// Throws 403 when a request is not allowed.
    @discardableResult func check(_ attributes: RequestAttributes) throws -> AccessVerdict {
        let verdict = authorizer.authorize(attributes)
        guard verdict.isAllowed else { throw verdict.forbidden(attributes) }
        return verdict
    }

    /// Calls something after each change of a ClusterRole, when it is taken in.
    func observeClusterRoles(_ observe: (@Sendable () -> Void)?) { observer.withLock { $0 = observe } }

    /// Takes note of a write.
    func note(_ object: KubernetesObject, _ resource: ServedResource, isGone: Bool) {
        guard resource.storage.group == Self.group, let kind = Self.kinds[resource.plural] else { return }
        state.withLock { state in
            if isGone { state.remove(kind: kind, object.objectName) } else { state.put(object) }
        }
        if kind == "ClusterRole" { observer.withLock { $0 }?() }
    }
}
