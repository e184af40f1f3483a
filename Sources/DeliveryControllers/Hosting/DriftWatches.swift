// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesClient
internal import KubernetesControllers
internal import Reconciling

/// Watches what deployers have applied, so that what somebody changes or deletes is put right again.
///
/// Only metadata is read, and only of objects that a deployer has made.
actor DriftWatches {
    private let client: KubernetesClient
    private let discovery: Discovery
    private let notify: @Sendable (ObjectName) async -> Void
    private var followed: [GroupVersionKind: Task<Void, Never>] = [:]

    init(
        _ client: KubernetesClient, _ discovery: Discovery, notify: @escaping @Sendable (ObjectName) async -> Void
    ) {
        (self.client, self.discovery, self.notify) = (client, discovery, notify)
    }

    /// Follows the kinds of what a deployer has applied.
    func follow(_ deployer: KubernetesObject) {
        for entry in deployer.deployed {
            let kind = GroupVersionKind(
                apiVersion: entry["apiVersion"]?.string ?? "", kind: entry["kind"]?.string ?? "")
            guard !kind.kind.isEmpty, followed[kind] == nil else { continue }
            followed[kind] = Task { await watch(kind) }
        }
    }

    func stop() {
        for task in followed.values { task.cancel() }
        followed = [:]
    }

    private func watch(_ kind: GroupVersionKind) async {
        do {
            let resource = try await discovery.resource(of: kind)
            var options = FeedOptions(
                labels: try LabelSelector("app.kubernetes.io/managed-by=\(ManifestDecoration.manager)"))
            options.form = .metadata
            options.reduce = { $0.setMetadata("managedFields", nil) }
            var isSynced = false
            for try await change in client.feed(resource.resource, options) {
                switch change {
                case .synced: isSynced = true
                case .changed(let old, let new):
                    guard isSynced, let old, Self.hasDrifted(old, new) else { continue }
                    await tell(new)
                case .removed(let last): await tell(last)
                }
            }
        } catch {}
        followed[kind] = nil
    }

    /// Whether more than the status has changed.
    private static func hasDrifted(_ old: KubernetesObject, _ new: KubernetesObject) -> Bool {
        guard old.json["metadata"]?["generation"] != nil, new.json["metadata"]?["generation"] != nil else { return true }
        return old.generation != new.generation || old.labels != new.labels || old.annotations != new.annotations
            || old.ownerReferences != new.ownerReferences || old.isBeingDeleted != new.isBeingDeleted
    }

    private func tell(_ object: KubernetesObject) async {
        for owner in object.ownerReferences
        where owner.kind == DeliveryKind.deployer.rawValue && owner.apiVersion == "\(DeliveryKind.groupVersion)" {
            await notify(ObjectName(nil, owner.name))
        }
    }
}
