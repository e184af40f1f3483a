// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

/// An object that is about to be created or changed, for those who may still complete or refuse it.
struct ObjectChange: Sendable {
    let resource: ServedResource
    let part: ObjectPart
    /// The object as it was; nil when it is created.
    let old: KubernetesObject?
    var new: KubernetesObject
    let options: WriteOptions

    var isCreation: Bool { old == nil }
    /// Group and resource, as `apps/deployments`.
    var resourceName: String { "\(resource.kind.group)/\(resource.plural)" }
}
